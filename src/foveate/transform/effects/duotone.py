"""Two colours in place of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.colour import in_gamut
from foveate.imaging.linear import greys, through

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.options.effects import Duotone
    from foveate.transform.effects.scene import Scene


def duotone(image: Image, inks: Duotone, scene: Scene) -> Image:
    """Return a picture in the colours between two: its black is the one, its white the other."""
    dark, light = (np.array(in_gamut(c, scene.gamut).rgb) for c in (inks.shadows, inks.lights))
    levels = np.linspace(dark, light, 256).round().astype(np.uint8)
    return through(greys(image), levels).copy(interpretation="srgb")
