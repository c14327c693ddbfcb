"""Whether a frame of an animation shows anything that frames beside it do not: numpy only."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Planes = NDArray[np.int16]
    """(3, height, width)."""

SIDE: Final = 200
"""Long side in pixels at which frames are compared: the smallest face that is found, of 10 px in
1280, is more than one of them."""
REACH: Final = 3
"""How many of these pixels a thing may have moved and still be taken for the same."""
NEW: Final = 8
"""Mean distance, in 0..255, from all colours around a place. Of things that move by less than
`REACH`, under noise and dithering, 1 to 8 were measured; of faces of 3 % of the long side that
appear with two fifths of their contrast, 14 and more."""

_SHIFTS: Final = [(2, 2), *((y, x) for y in (0, 2, 4) for x in (0, 2, 4) if (y, x) != (2, 2))]
"""From the middle of a margin of two: with the neighbours of each place, all within `REACH`."""
_MARGIN: Final = ((0, 0), (2, 2), (2, 2))
_SQUARE: Final = 2 * 2 * 3
"""Numbers in a place."""

CELL: Final = 3
"""Side in pixels of the squares that `is_changed` compares."""
CHANGED: Final = 6
"""Mean distance, in 0..255 of the channel that differs most, above which a cell counts there. In
each of 146 lines, as low and faint as the detector finds them on photos of 640 and 1280 px, some
cell had 12 and more; noise with a deviation of 2 gives at most 5."""


def is_changed(picture: NDArray[np.uint8], others: Sequence[NDArray[np.uint8]]) -> bool:
    """Return whether some cell of a picture is unlike the same one in each of the others.

    All are (height, width, 3) RGB of one size. Nothing may move, which `is_new` allows: in a busy
    place thin letters are like something near.
    """
    apart = [_cells(picture, other) for other in others]
    return bool((reduce(np.minimum, apart) > CHANGED * CELL**2).any()) if apart else True


def _cells(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return by how much each cell differs, summed; at the right and below they are smaller."""
    apart = (np.maximum(one, other) - np.minimum(one, other)).max(axis=2)
    rows, columns = (np.arange(0, side, CELL) for side in apart.shape)
    down = np.add.reduceat(apart, rows, axis=0, dtype=np.intp)
    cells: NDArray[np.intp] = np.add.reduceat(down, columns, axis=1)
    return cells


def is_new(picture: NDArray[np.uint8], others: Sequence[NDArray[np.uint8]]) -> bool:
    """Return whether some place of a picture is like no place near it in any of the others.

    All are (height, width, 3) RGB of one size, and a place is a square of 2 x 2 pixels. A pixel
    that has moved by a fraction lies between those that were its neighbours, so what counts is by
    how much it is outside of their range.
    """
    planes = _planes(picture)
    _, height, width = planes.shape
    ranges = [_range(_planes(other)) for other in others]
    least = np.full((height - 1, width - 1), np.iinfo(np.int16).max, np.int16)
    for down, across in _SHIFTS:
        part = np.s_[:, down : down + height, across : across + width]
        for low, high in ranges:
            outside = np.maximum(planes - high[part], low[part] - planes).clip(0)
            np.minimum(least, _summed(outside), out=least)
        if least.max(initial=0) <= NEW * _SQUARE:
            return False
    return True


def _planes(picture: NDArray[np.uint8]) -> Planes:
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.int16)


def _range(planes: Planes) -> tuple[Planes, Planes]:
    """Return the least and the most of the 3 x 3 pixels around each, with a margin around all."""
    edged = np.pad(planes, ((0, 0), (1, 1), (1, 1)), "edge")
    height, width = planes.shape[1:]
    ends = []
    for most in (np.minimum, np.maximum):
        tall = reduce(most, (edged[:, step : step + height] for step in range(3)))
        ends.append(reduce(most, (tall[:, :, step : step + width] for step in range(3))))
    low, high = (np.pad(end, _MARGIN, "edge") for end in ends)
    return low, high


def _summed(outside: Planes) -> NDArray[np.int16]:
    """Return (height - 1, width - 1) sums over squares and channels."""
    whole = outside[0] + outside[1] + outside[2]
    pairs = whole[1:] + whole[:-1]
    sums: NDArray[np.int16] = pairs[:, 1:] + pairs[:, :-1]
    return sums
