"""Masks as pixels, drawn as `pycocotools` draws them.

https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c says how: an outline is walked
in fifths of a pixel, and where it crosses the middle of a column, all pixels from there on turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.datasets.masks import clipped, pixels_of
from foveate.datasets.sample import Bitmap
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.datasets.sample import Mask, Ring
    from foveate.geometry.box import Size

    Ints = NDArray[np.int64]

FINE: Final = 5
LEAST_FAR: Final = 1000
MIDDLE: Final = 2
"""Of five fifths, counted from 0."""


def drawn(mask: Mask, size: Size) -> NDArray[np.bool_]:
    """Return a mask of a picture of that size as (height, width)."""
    if isinstance(mask, Bitmap):
        return pixels_of(mask)
    shown = np.zeros((size.height, size.width), np.bool_)
    for ring in mask.rings:
        if ring:
            shown |= _filled(_near(ring, size), size)
    return shown


def _near(ring: Ring, size: Size) -> Ring:
    """Return an outline of which nothing is so far off that to walk there would not end."""
    far = max(size.long_side, LEAST_FAR)
    frame = Box(0, 0, size.width + 2 * far, size.height + 2 * far)
    moved = tuple((x + far, y + far) for x, y in ring)
    kept = clipped(moved, frame)
    return ring if kept is moved else tuple((x - far, y - far) for x, y in kept)


def _filled(ring: Ring, size: Size) -> NDArray[np.bool_]:
    x, y = np.trunc(np.array(ring, np.float64).reshape(-1, 2).T * FINE + 0.5).astype(np.int64)
    across, down = _walked(x, y, np.roll(x, -1), np.roll(y, -1))
    seen = (across % FINE == MIDDLE) & (across >= 0) & (across < size.width * FINE)
    column = across[seen] // FINE
    row = np.clip(-((MIDDLE - down[seen]) // FINE), 0, size.height)
    turns = np.bincount(column * size.height + row, minlength=size.area + 1)[: size.area]
    inside: NDArray[np.bool_] = np.cumsum(turns) % 2 == 1
    return inside.reshape(size.width, size.height).T


def _walked(x: Ints, y: Ints, next_x: Ints, next_y: Ints) -> tuple[Ints, Ints]:
    """Return where each edge goes on to another fifth across: the lesser of both sides, and down.

    Fifths are whole along the longer side of an edge, and rounded along the other.
    """
    wide = np.abs(next_x - x) >= np.abs(next_y - y)
    back = np.where(wide, next_x < x, next_y < y)
    x, next_x = np.where(back, next_x, x), np.where(back, x, next_x)
    y, next_y = np.where(back, next_y, y), np.where(back, y, next_y)
    long = np.where(wide, next_x - x, next_y - y)
    slope = np.where(wide, next_y - y, next_x - x) / np.maximum(long, 1)
    edge = np.repeat(np.arange(len(x)), long + 1)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(long + 1) - long - 1, long + 1)
    along = np.where(wide, x, y)[edge] + step
    beside = np.trunc(np.where(wide, y, x)[edge] + slope[edge] * step + 0.5).astype(np.int64)
    across, down = np.where(wide[edge], along, beside), np.where(wide[edge], beside, along)
    turns = (across[1:] != across[:-1]) & (edge[1:] == edge[:-1])
    return _lesser(across, turns), _lesser(down, turns)


def _lesser(places: Ints, turns: Any) -> Ints:  # noqa: ANN401 - an array of bool
    lesser: Ints = np.minimum(places[1:], places[:-1])[turns]
    return lesser
