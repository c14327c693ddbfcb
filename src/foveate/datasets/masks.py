"""Masks as pixels and as runs of them, and outlines that end where a picture does."""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from foveate.datasets.sample import Bitmap
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.datasets.sample import Ring

    Point = tuple[float, float]

CORNERS = 3
"""The least that an outline has."""


def pixels_of(mask: Bitmap) -> NDArray[np.bool_]:
    """Return a mask as (height, width).

    >>> pixels_of(Bitmap(Size(2, 2), (2, 2))).tolist()
    [[False, True], [False, True]]
    """
    return columns_of(mask, 0, mask.size.width)


def columns_of(mask: Bitmap, first: int, end: int) -> NDArray[np.bool_]:
    """Return the columns of a mask from the first one to before the end, as (height, columns)."""
    height = mask.size.height
    edges = np.cumsum((0, *mask.counts)).clip(first * height, end * height)
    values = np.arange(len(mask.counts)) % 2 == 1
    return np.repeat(values, np.diff(edges)).reshape(end - first, height).T


def runs_of(pixels: NDArray[np.bool_]) -> Bitmap:
    """Return (height, width) as a mask.

    >>> runs_of(np.array([[False, True], [False, True]]))
    Bitmap(size=Size(width=2, height=2), counts=(2, 2))
    """
    flat = pixels.T.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = [0, *([0] if flat[0] else []), *changes.tolist(), len(flat)]
    height, width = pixels.shape
    return Bitmap(Size(width, height), tuple(after - before for before, after in pairwise(edges)))


def bounds_of(pixels: NDArray[np.bool_]) -> Box | None:
    """Return the smallest box around a mask, None around an empty one."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def bounds_of_runs(mask: Bitmap) -> Box | None:
    """Return the same of a mask whose pixels nobody needs.

    >>> bounds_of_runs(Bitmap(Size(4, 3), (5, 2, 5)))
    Box(left=1, top=0, width=2, height=3)
    >>> bounds_of_runs(Bitmap(Size(4, 3), (4, 2, 6)))
    Box(left=1, top=1, width=1, height=2)
    """
    height = mask.size.height
    edges = np.cumsum((0, *mask.counts))
    begins, ends = edges[1:-1:2], edges[2::2]
    begins, ends = begins[begins < ends], ends[begins < ends] - 1
    if not len(begins):
        return None
    left, right = int(begins[0]) // height, int(ends[-1]) // height + 1
    top, bottom = int((begins % height).min()), int((ends % height).max()) + 1
    if (begins // height != ends // height).any():  # from one column into the next
        top, bottom = 0, height
    return Box(left, top, right - left, bottom - top)


def clipped(ring: Ring, frame: Box) -> Ring:
    """Return the part of an outline that lies in a box; empty where none does.

    Sutherland and Hodgman, "Reentrant polygon clipping" (1974).

    >>> clipped(((-5, 0), (5, 0), (5, 5), (-5, 5)), Box(0, 0, 10, 10))
    ((0.0, 0.0), (5, 0), (5, 5), (0.0, 5.0))
    """
    left, top, right, bottom = frame.left, frame.top, frame.right, frame.bottom
    if all(left <= x <= right and top <= y <= bottom for x, y in ring):
        return ring
    points = list(ring)
    for axis, edge, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        points = _cut(points, axis, edge, lambda at, e=edge, s=sign: s * (at - e) >= 0)  # type: ignore[misc]
    return tuple(points) if len(points) >= CORNERS and area_of(tuple(points)) > 0 else ()


def _cut(points: list[Point], axis: int, edge: float, kept: Callable[[float], bool]) -> list[Point]:
    made: list[Point] = []
    for before, after in zip([*points[-1:], *points[:-1]], points, strict=True):
        if kept(before[axis]) != kept(after[axis]):
            made.append(_crossing(before, after, axis, edge))
        if kept(after[axis]):
            made.append(after)
    return made


def _crossing(before: Point, after: Point, axis: int, edge: float) -> Point:
    share = (edge - before[axis]) / (after[axis] - before[axis])
    other = before[1 - axis] + share * (after[1 - axis] - before[1 - axis])
    return (float(edge), float(other)) if axis == 0 else (float(other), float(edge))


def area_of(ring: Ring) -> float:
    """Return the pixels within an outline, by the shoelace formula.

    >>> area_of(((0, 0), (4, 0), (4, 3), (0, 3)))
    12.0
    """
    # Not by `sum`, which rounds otherwise from Python 3.12 on.
    return abs(fsum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, *ring[:1]]))) / 2
