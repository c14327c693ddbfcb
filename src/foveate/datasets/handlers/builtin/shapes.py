"""What a mask covers, as outlines or as pixels: cut, and moved by a matrix."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np

from foveate.datasets.areas import covered
from foveate.datasets.masks import area_of, clipped, columns_of, runs_of
from foveate.datasets.sample import Bitmap, Polygons
from foveate.geometry.affine import Affine, around
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.datasets.sample import Mask, Ring
    from foveate.geometry.box import Size

    Floats = NDArray[np.floating[Any]]

STILL: Final = Affine()
TIE: Final = 1e-6
"""A middle so near to the line between two pixels is on it, and of the second one."""


class Shape(Protocol):
    """What a mask covers; of two that are compared, both are moved by one matrix."""

    def around(self, matrix: Affine = STILL) -> Box:
        """Return the box around it where a matrix moves it, in a picture or beyond."""

    def cut(self, part: Box) -> Shape | None:
        """Return what of it lies in a part of its picture; None where nothing does."""

    def whole(self, matrix: Affine) -> float:
        """Return how much it is."""

    def seen(self, matrix: Affine, size: Size) -> float:
        """Return how much of it lies in a picture of `size`."""

    def moved(self, matrix: Affine, size: Size) -> Mask | None:
        """Return it as a mask in a picture of `size`; None where nothing of it is there."""


def shape_of(mask: Mask) -> Shape | None:
    """Return what a mask covers; None where that is nothing."""
    if isinstance(mask, Polygons):
        return Outlines(mask.rings) if any(mask.rings) else None
    return _patch_of(mask)


class Outlines(NamedTuple):
    """A mask as outlines."""

    rings: tuple[Ring, ...]

    def around(self, matrix: Affine = STILL) -> Box:
        """Return the box around it where a matrix moves it, in a picture or beyond."""
        return around(corner for ring in self._rings(matrix) for corner in ring)

    def cut(self, part: Box) -> Outlines | None:
        """Return what of it lies in a part of its picture; None where nothing does."""
        rings = (clipped(ring, part) for ring in self.rings)
        left = tuple(ring for ring in rings if area_of(ring) > 0)
        return Outlines(left) if left else None

    def whole(self, matrix: Affine) -> float:
        """Return how much it is."""
        return covered(self._rings(matrix))

    def seen(self, matrix: Affine, size: Size) -> float:
        """Return how much of it lies in a picture of `size`."""
        return covered([clipped(ring, Box.of(size)) for ring in self._rings(matrix)])

    def moved(self, matrix: Affine, size: Size) -> Polygons | None:
        """Return it as a mask in a picture of `size`; None where nothing of it is there."""
        shown = Outlines(self._rings(matrix)).cut(Box.of(size))
        return Polygons(shown.rings) if shown else None

    def _rings(self, matrix: Affine) -> tuple[Ring, ...]:
        return tuple(tuple(matrix(*corner) for corner in ring) for ring in self.rings)


class Patch(NamedTuple):
    """A mask as pixels, without what lies around them."""

    pixels: NDArray[np.bool_]
    left: int
    top: int
    """Where the first of them lies in its picture."""
    box: Box
    """What is seen of them: where a picture is cut, that need not be between pixels."""

    def around(self, matrix: Affine = STILL) -> Box:
        """Return the box around it where a matrix moves it, in a picture or beyond."""
        return matrix.box(self.box) if matrix.is_straight else self._around_rows(matrix)

    def _around_rows(self, matrix: Affine) -> Box:
        """Return the box around the first and the last pixel of each row."""
        rows = np.flatnonzero(self.pixels.any(axis=1))
        first = self.pixels[rows].argmax(axis=1)
        last = self.pixels.shape[1] - self.pixels[rows, ::-1].argmax(axis=1)
        x = self.left + np.concatenate([first, first, last, last])
        y = self.top + np.concatenate([rows, rows + 1, rows, rows + 1])
        across, down = _places(matrix, x, y)
        left, top = float(across.min()), float(down.min())
        return Box(left, top, float(across.max()) - left, float(down.max()) - top)

    def cut(self, part: Box) -> Patch | None:
        """Return what of it lies in a part of its picture; None where nothing does."""
        box = self.box.overlap(part)
        if box is None:
            return None
        rows, columns = _slices(box.moved(-self.left, -self.top))
        pixels = self.pixels[rows, columns]
        left, top = self.left + columns.start, self.top + rows.start
        return Patch(pixels, left, top, box) if pixels.any() else None

    def whole(self, matrix: Affine) -> float:  # noqa: ARG002 - outlines are asked the same
        """Return how much it is: pixels, wherever they go."""
        return float(np.count_nonzero(self.pixels))

    def seen(self, matrix: Affine, size: Size) -> float:
        """Return how many of its pixels have their middle in a picture of `size`."""
        near = self._before(matrix, Box.of(size))
        if near is None:
            return 0.0
        height, width = near.pixels.shape
        x, y = near.left + np.arange(width) + 0.5, (near.top + np.arange(height) + 0.5)[:, None]
        inside = _within(near.box, x, y) & _within(Box.of(size), *_places(matrix, x, y))
        return float(np.count_nonzero(near.pixels & inside))

    def _before(self, matrix: Affine, box: Box) -> Patch | None:
        """Return all of it that may come to lie in a box, and little else: masks may be large."""
        part = matrix.inverse().box(box)
        return self.cut(Box(part.left - 1, part.top - 1, part.width + 2, part.height + 2))

    def moved(self, matrix: Affine, size: Size) -> Bitmap | None:
        """Return it as a mask in a picture of `size`; None where nothing of it is there."""
        shown = matrix.box(self.box).overlap(Box.of(size))
        if shown is None:
            return None
        rows, columns = _slices(shown)
        pixels = np.zeros((columns.stop - columns.start, size.height), np.bool_).T
        pixels[rows] = self._shown(matrix, rows, columns)
        return _widened(runs_of(pixels), columns.start, size) if pixels.any() else None

    def _shown(self, matrix: Affine, rows: slice, columns: slice) -> NDArray[np.bool_]:
        """Return which pixels of a window show it; nothing is lost for being small or thin."""
        sampled = self._sampled(matrix.inverse(), rows, columns)
        # What hangs together has as many pixels as it is long, and the most of what does not.
        if 2 * np.count_nonzero(sampled) >= max(sampled.shape):
            return sampled
        met = self._met(matrix, rows, columns)
        return met if 2 * np.count_nonzero(sampled) < np.count_nonzero(met) else sampled

    def _sampled(self, back: Affine, rows: slice, columns: slice) -> NDArray[np.bool_]:
        """Return which pixels of a window are in it: a pixel is the one that its middle was in."""
        x, y = np.arange(columns.start, columns.stop) + 0.5, np.arange(rows.start, rows.stop) + 0.5
        across, down = (each + TIE for each in _places(back, x, y[:, None]))
        height, width = self.pixels.shape
        row = (np.floor(down).astype(np.int64) - self.top).clip(0, height - 1)
        column = (np.floor(across).astype(np.int64) - self.left).clip(0, width - 1)
        return np.asarray(self.pixels[row, column] & _within(self.box, across, down))

    def _met(self, matrix: Affine, rows: slice, columns: slice) -> NDArray[np.bool_]:
        """Return which pixels of a window it falls into: those that get half as much as any."""
        edges = [np.arange(each.start, each.stop + 1) for each in (rows, columns)]
        met, *_ = np.histogram2d(*self._middles(matrix, rows, columns), edges)
        return np.asarray((2 * met >= met.max()) & (met > 0))

    def _middles(self, matrix: Affine, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        """Return where middles of pixels come to lie, down and across: all of those in a window."""
        window = Box(columns.start, rows.start, *(e.stop - e.start for e in (columns, rows)))
        near = self._before(matrix, window)
        if near is None:
            return np.zeros(0), np.zeros(0)
        row, column = np.nonzero(near.pixels)
        x, y = near.left + column + 0.5, near.top + row + 0.5
        seen = _within(near.box, x, y)
        across, down = _places(matrix, x[seen], y[seen])
        return down + TIE, across + TIE


def _patch_of(mask: Bitmap) -> Patch | None:
    """Return the pixels of a mask: only the columns that have some are looked at."""
    edges = np.cumsum(mask.counts)
    covered = np.flatnonzero(mask.counts[1::2])
    if not len(covered):
        return None
    height = mask.size.height
    first = int(edges[2 * covered[0]]) // height
    end = -(-int(edges[2 * covered[-1] + 1]) // height)
    pixels = columns_of(mask, first, end)
    rows = np.flatnonzero(pixels.any(axis=1))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    return Patch(pixels[top:bottom], first, top, Box(first, top, end - first, bottom - top))


def _places(matrix: Affine, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return where points come to lie: a row and a column of them, where each is one of these."""
    # What is not turned goes across and down on its own.
    across = matrix.a * x + (matrix.b and matrix.b * y) + matrix.left
    down = (matrix.c and matrix.c * x) + matrix.d * y + matrix.top
    return across, down


def _within(box: Box, x: Floats, y: Floats) -> NDArray[np.bool_]:
    across, down = (x >= box.left) & (x < box.right), (y >= box.top) & (y < box.bottom)
    return np.asarray(across & down)


def _slices(box: Box) -> tuple[slice, slice]:
    """Return the rows and the columns of the pixels that a box is in."""
    top, left = math.floor(box.top), math.floor(box.left)
    bottom, right = (math.ceil(edge - TIE) for edge in (box.bottom, box.right))
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _widened(mask: Bitmap, left: int, size: Size) -> Bitmap:
    """Return a mask of some columns, the first of which is `left`, as one of a whole picture."""
    before, after = left * size.height, (size.width - left - mask.size.width) * size.height
    counts = [before + mask.counts[0], *mask.counts[1:]]
    if not after:
        return Bitmap(size, tuple(counts))
    # An even number of runs ends with one that is inside.
    last = [after] if len(counts) % 2 == 0 else [counts.pop() + after]
    return Bitmap(size, (*counts, *last))
