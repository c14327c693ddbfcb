"""Shades of one colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.colour import in_gamut
from foveate.imaging.linear import greys, through
from foveate.imaging.rounding import rounded
from foveate.transform.steps.adjust import LUMA

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.options.colours import Colour
    from foveate.transform.effects.scene import Scene


def tint(image: Image, ink: Colour, scene: Scene) -> Image:
    """Return a picture in shades of a colour, from black over it to white.

    As much of its own colours is left as the colour is transparent.
    """
    shades = through(greys(image), shades_of(in_gamut(ink, scene.gamut).rgb))
    shades = shades.copy(interpretation="srgb")
    if ink.alpha >= 1:
        return shades
    return rounded(image + (shades - image) * ink.alpha)


def shades_of(rgb: list[float]) -> NDArray[np.uint8]:
    """Return (256, 3) uint8: a colour for each grey, the colour itself at its own grey.

    >>> [shades_of([255.0, 0.0, 0.0])[level].tolist() for level in (0, 54, 255)]
    [[0, 0, 0], [255, 0, 0], [255, 255, 255]]
    """
    # Black and white have no shades between them and an end: they keep away from both.
    own = min(max(round(float(np.dot(LUMA, rgb))), 1), 254)
    levels = [np.interp(range(256), [0, own, 255], [0, channel, 255]) for channel in rgb]
    return np.stack(levels, 1).round().astype(np.uint8)
