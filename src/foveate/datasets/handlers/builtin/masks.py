"""Masks as pixels and as runs of them, and outlines that end where a picture does."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from foveate.datasets.sample import Bitmap
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.datasets.sample import Ring
    from foveate.geometry.affine import Affine

    Point = tuple[float, float]

CORNERS = 3
"""The least that an outline has."""
TIE = 1e-6
"""A middle so near to the line between two pixels is on it, and of the second one."""


def pixels_of(mask: Bitmap) -> NDArray[np.bool_]:
    """Return a mask as (height, width)."""
    values = np.arange(len(mask.counts)) % 2 == 1
    flat = np.repeat(values, mask.counts)
    return flat.reshape(mask.size.width, mask.size.height).T


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


def warped_mask(pixels: NDArray[np.bool_], matrix: Affine, size: Size) -> NDArray[np.bool_]:
    """Return (height, width) as a matrix moves it: each pixel is the one that its middle was in.

    Nothing lies beyond the picture.
    """
    back = matrix.inverse()
    x, y = np.arange(size.width) + 0.5, (np.arange(size.height) + 0.5)[:, None]
    across = np.floor(back.a * x + back.b * y + back.left + TIE).astype(np.int64)
    down = np.floor(back.c * x + back.d * y + back.top + TIE).astype(np.int64)
    height, width = pixels.shape
    inside = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    seen = pixels[down.clip(0, height - 1), across.clip(0, width - 1)]
    return np.asarray(seen & inside)


def is_inside(shape: tuple[int, ...], matrix: Affine, size: Size) -> NDArray[np.bool_]:
    """Return which pixels of (height, width) have their middle in a picture of `size` then."""
    height, width = shape
    x, y = np.arange(width) + 0.5, (np.arange(height) + 0.5)[:, None]
    across = matrix.a * x + matrix.b * y + matrix.left
    down = matrix.c * x + matrix.d * y + matrix.top
    inside = (across >= 0) & (across < size.width) & (down >= 0) & (down < size.height)
    return np.asarray(inside)


def bounds_of(pixels: NDArray[np.bool_]) -> Box | None:
    """Return the smallest box around a mask, None around an empty one."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def edges_of(pixels: NDArray[np.bool_]) -> list[Point]:
    """Return the outer corners of the first and last pixel of each row of a mask."""
    rows = np.flatnonzero(pixels.any(axis=1))
    left = pixels[rows].argmax(axis=1)
    right = pixels.shape[1] - pixels[rows, ::-1].argmax(axis=1)
    sides = zip(rows.tolist(), left.tolist(), right.tolist(), strict=True)
    return [(x, y) for row, *both in sides for x in both for y in (row, row + 1)]


def clipped(ring: Ring, size: Size) -> Ring:
    """Return the part of an outline that lies in a picture; empty where none does.

    Sutherland and Hodgman, "Reentrant polygon clipping" (1974).

    >>> clipped(((-5, 0), (5, 0), (5, 5), (-5, 5)), Size(10, 10))
    ((0.0, 0.0), (5, 0), (5, 5), (0.0, 5.0))
    """
    if all(0 <= x <= size.width and 0 <= y <= size.height for x, y in ring):
        return ring
    points = list(ring)
    for axis, edge, sign in ((0, 0.0, 1), (0, size.width, -1), (1, 0.0, 1), (1, size.height, -1)):
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
    """Return the pixels within an outline.

    >>> area_of(((0, 0), (4, 0), (4, 3), (0, 3)))
    12.0
    """
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x * after_y - after_x * y for (x, y), (after_x, after_y) in pairs)) / 2
