"""Brightness, as the option `brightness` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.linear import through

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def brightness(image: Image, factor: float, _: Scene) -> Image:
    """Return a picture whose numbers are `factor` times as large."""
    levels = (np.arange(256) * factor).round().clip(0, 255)
    return through(image, levels.astype(np.uint8))
