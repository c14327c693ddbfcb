"""Faint detail taken out of a picture, so that it takes fewer bytes; edges stay as they are."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from foveate.imaging.decode import to_memory
from foveate.imaging.engine import Image
from foveate.imaging.gaussian import gaussian
from foveate.imaging.guard import guard
from foveate.imaging.matte import ALPHA

_RGB: Final = 3
_FULL: Final = 255
"""The highest level."""


@guard()
def softened(image: Image, where: Image, *, sigma: float, faint: float) -> Image:
    """Return an RGB or RGBA picture under a small gaussian, by as much as `where` says. Lazy.

    What that would change by up to `faint` levels is changed, by twice as many not at all: those
    are edges. `where` is one band of 0..255 of the picture's size; alpha stays.
    """
    kept = to_memory(image)
    colours = kept.extract_band(0, n=_RGB)
    off = (gaussian(colours, sigma) - colours + _FULL).cast("ushort")
    soft = (colours + off.maplut(_table(faint))).cast("uchar")
    soft = where.ifthenelse(soft, colours, blend=True)
    soft = soft.bandjoin(kept.extract_band(ALPHA)) if kept.hasalpha() else soft
    return soft.copy(interpretation=kept.interpretation)


@lru_cache(maxsize=4)
def _table(faint: float) -> Image:
    """Return by how many levels one changes in full, for each difference of -255..255."""
    off = np.arange(-_FULL, _FULL + 1)
    change = (off * (2 - np.abs(off) / faint).clip(0, 1)).round().astype(np.int16)
    return Image.new_from_memory(change.tobytes(), len(change), 1, 1, "short")
