"""Places of a mask that hang together, and the smallest rectangle around each, turned or not.

All of a picture's regions are worked on at once, as runs of cells: a page has hundreds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.intp]

COARSE: Final = np.radians(np.arange(0.0, 90.0, 3.0))
"""Turns at which a rectangle is tried first."""
FINE: Final = np.radians(np.arange(-3.0, 3.01, 0.2))
"""And then around the best one: a line of 600 cells is 2 cells too high for 0.2 degrees."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Set cells of a mask as runs along its rows: where each begins and ends, and its region."""

    rows: Places
    starts: Places
    ends: Places
    """The first cell behind it."""
    regions: Places
    """Numbers from 0 on."""

    @property
    def count(self) -> int:
        """Return how many regions there are."""
        return int(self.regions.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class Rectangles:
    """Rectangles around regions, one a row, in cells: the middle of the first one is at 0, 0."""

    middles: Numbers
    """(n, 2) x and y."""
    sides: Numbers
    """(n, 2) along its own x axis and y axis."""
    turns: Numbers
    """(n,) radians clockwise, over -45 to 45 degrees."""

    def corners(self, sides: Numbers) -> Numbers:
        """Return (n, 4, 2) corners of these with other sides, clockwise from the upper left one."""
        across = np.stack([np.cos(self.turns), np.sin(self.turns)], axis=1) * sides[:, :1] / 2
        down = np.stack([-np.sin(self.turns), np.cos(self.turns)], axis=1) * sides[:, 1:] / 2
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        places = [self.middles + x * across + y * down for x, y in signs]
        corners: Numbers = np.stack(places, axis=1)
        return corners


def runs_of(mask: NDArray[np.bool_]) -> Runs:
    """Return the runs of a (rows, columns) mask; cells that touch, if by a corner, are a region."""
    width = mask.shape[1] + 1  # no run goes on in the next row
    flat = np.pad(mask, ((0, 0), (0, 1))).ravel()
    edges = np.flatnonzero(np.diff(flat, prepend=False, append=False))
    rows = edges[::2] // width
    starts, ends = edges[::2] - rows * width, edges[1::2] - rows * width
    return Runs(rows, starts, ends, _joined(len(rows), *_touching(rows, starts, ends)))


def _touching(rows: Places, starts: Places, ends: Places) -> tuple[Places, Places]:
    """Return the pairs of runs that touch, of which the second is in the next row."""
    stride = int(ends.max(initial=0)) + 2
    begin, end = rows * stride + starts, rows * stride + ends
    first = np.searchsorted(end, begin + stride, side="left")
    last = np.searchsorted(begin, end + stride, side="right")
    counts = (last - first).clip(0)
    upper = np.repeat(np.arange(len(rows)), counts)
    nth = np.arange(len(upper)) - np.repeat(counts.cumsum() - counts, counts)
    return upper, first[upper] + nth


def _joined(count: int, one: Places, other: Places) -> Places:
    """Return the number of the group of each thing, given the pairs that belong together.

    Shiloach and Vishkin, "An O(log n) parallel connectivity algorithm" (1982).
    """
    names = np.arange(count)
    while True:
        fresh = names.copy()
        least = np.minimum(names[one], names[other])
        np.minimum.at(fresh, names[one], least)
        np.minimum.at(fresh, names[other], least)
        fresh = fresh[fresh]
        if np.array_equal(fresh, names):
            break
        names = fresh
    groups: Places = np.unique(names, return_inverse=True)[1].reshape(count)
    return groups


def means(runs: Runs, values: NDArray[np.floating]) -> Numbers:
    """Return the mean of a (rows, columns) map over each region."""
    sums = np.concatenate([[0.0], values.ravel().cumsum(dtype=np.float64)])
    begin = runs.rows * values.shape[1]
    totals = sums[begin + runs.ends] - sums[begin + runs.starts]
    cells = np.bincount(runs.regions, runs.ends - runs.starts, runs.count)
    over: Numbers = np.bincount(runs.regions, totals, runs.count) / cells
    return over


def rectangles(runs: Runs) -> Rectangles:
    """Return the smallest rectangle around the middles of each region's cells, to 0.1 degrees."""
    order = np.argsort(runs.regions, kind="stable")
    x = np.concatenate([runs.starts[order, None], runs.ends[order, None] - 1], axis=1).ravel()
    y = np.repeat(runs.rows[order], 2)
    first = 2 * np.searchsorted(runs.regions[order], np.arange(runs.count))
    regions = np.repeat(runs.regions[order], 2)
    near = COARSE[_extent(x, y, first, np.broadcast_to(COARSE, (len(x), len(COARSE)))).best]
    tried = near[:, None] + FINE
    found = _extent(x, y, first, tried[regions])
    return _upright(found, tried[np.arange(runs.count), found.best])


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far regions reach, (regions, turns, 2), along both axes of each turn."""

    low: Numbers
    high: Numbers

    @property
    def best(self) -> Places:
        """Return the number of the turn, for each region, with the least area."""
        sides = self.high - self.low + 1
        best: Places = sides.prod(axis=2).argmin(axis=1)
        return best


def _extent(x: Places, y: Places, first: Places, turns: Numbers) -> _Extent:
    """Return how far the places of each region reach; `first` says where its places begin.

    `turns` is (places, tried).
    """
    cosine, sine = np.cos(turns), np.sin(turns)
    along = x[:, None] * cosine + y[:, None] * sine
    over = y[:, None] * cosine - x[:, None] * sine
    both = np.stack([along, over], axis=2)
    if not len(first):
        return _Extent(both[:0], both[:0])
    return _Extent(np.minimum.reduceat(both, first), np.maximum.reduceat(both, first))


def _upright(found: _Extent, turns: Numbers) -> Rectangles:
    """Return the best rectangles, their x axis nearer to that of the picture than to its y axis."""
    each = np.arange(len(turns))
    low, high = found.low[each, found.best], found.high[each, found.best]
    across, down = ((low + high) / 2).T
    cosine, sine = np.cos(turns), np.sin(turns)
    middles = np.stack([across * cosine - down * sine, across * sine + down * cosine], axis=1)
    steep = turns > np.pi / 4
    sides = np.where(steep[:, None], (high - low)[:, ::-1], high - low)
    return Rectangles(middles, sides, np.where(steep, turns - np.pi / 2, turns))
