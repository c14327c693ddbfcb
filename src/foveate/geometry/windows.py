"""The window that holds the most of a map, exactly, and through nothing that must stay whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box
from foveate.geometry.crop import SLACK
from foveate.geometry.fit import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

    Numbers = NDArray[np.float64]

TIE: Final = 1e-9
"""Sums that differ by less than this share of the whole map are the same."""


@dataclass(frozen=True, slots=True)
class SummedMap:
    """A (rows, columns) map over a picture of `size`, spread evenly within each of its cells."""

    table: Numbers
    """Sums of all that lies above and to the left of each corner of a cell."""
    size: Size

    @classmethod
    def of(cls, values: NDArray[np.floating], size: Size) -> SummedMap:
        """Return the summed-area table of a map (Crow, 1984)."""
        rows, columns = values.shape
        table = np.zeros((rows + 1, columns + 1))
        table[1:, 1:] = values.cumsum(0, dtype=np.float64).cumsum(1)
        return cls(table, size)

    @property
    def columns(self) -> Numbers:
        """Return where columns of cells begin and the last one ends, in pixels."""
        return np.linspace(0, self.size.width, self.table.shape[1])

    @property
    def rows(self) -> Numbers:
        """Return where rows of cells begin and the last one ends, in pixels."""
        return np.linspace(0, self.size.height, self.table.shape[0])

    def sums(self, lefts: Numbers, tops: Numbers, window: Window) -> Numbers:
        """Return what the window holds at each place, (tops, lefts).

        Between corners of cells the table is bilinear, so this is exact for any fraction.
        """
        across = _weights(self.columns, lefts + window.width) - _weights(self.columns, lefts)
        down = _weights(self.rows, tops + window.height) - _weights(self.rows, tops)
        held: Numbers = down @ self.table @ across.T
        return held

    @property
    def total(self) -> float:
        """Return the sum of the whole map."""
        return float(self.table[-1, -1])

    def held(self, box: Box) -> float:
        """Return the sum inside of a box in pixels."""
        window = Window(box.width, box.height)
        sums = self.sums(np.array([box.left]), np.array([box.top]), window)
        return float(sums[0, 0])


def _weights(edges: Numbers, places: Numbers) -> Numbers:
    """Return, (places, edges), how much each edge of a cell counts in a linear interpolation."""
    cell = edges[1] - edges[0]
    near = 1 - np.abs(places[:, None] - edges) / cell
    weights: Numbers = np.maximum(near, 0)
    return weights


@dataclass(frozen=True, slots=True)
class Kept:
    """What a window holds whole where it shows any of `seen`: a part of that, or all of it."""

    held: Box
    seen: Box

    @classmethod
    def whole(cls, box: Box) -> Kept:
        """Return the wish that no edge goes through a box."""
        return cls(box, box)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a window shall keep whole, whatever else it holds. Earlier wishes come first."""

    whole: Sequence[Box] = ()
    """Boxes that lie inside; one that cannot is no reason to leave out a later one."""
    uncut: Sequence[Sequence[Kept]] = ()
    """Groups of what is kept or not shown at all: the fewer are neither, the better."""
    dear: Sequence[tuple[Kept, float]] = ()
    """What costs such a share of the whole map where it is neither: no more than that."""

    @property
    def boxes(self) -> list[Box]:
        """Return all of them."""
        kept = [one for group in (*self.uncut, [one for one, _ in self.dear]) for one in group]
        return [*self.whole, *(box for one in kept for box in {one.held, one.seen})]


def best_window(
    values: SummedMap, within: Box, window: Window, wishes: Wishes | None = None
) -> Box:
    """Return the place of `window` inside `within` that holds the most; ties go to its centre.

    Wishes are kept where that can be had, in their order, and only then the sum counts. The
    answer is exact: as long as no edge crosses an edge of a cell or of a box, the sum is bilinear
    in the place of the window and the cuts stay the same, so the best place has such edges on
    each other.
    """
    wishes = wishes or Wishes()
    window = Window(min(window.width, within.width), min(window.height, within.height))
    columns = [*values.columns, *(edge for box in wishes.boxes for edge in (box.left, box.right))]
    rows = [*values.rows, *(edge for box in wishes.boxes for edge in (box.top, box.bottom))]
    lefts = _places((within.left, within.right), window.width, columns)
    tops = _places((within.top, within.bottom), window.height, rows)
    granted = _granted(wishes, lefts, tops, window)
    worth = np.where(granted, _worths(values, wishes, lefts, tops, window), -np.inf)
    far = np.hypot(
        tops[:, None] - (within.top + within.bottom - window.height) / 2,
        lefts - (within.left + within.right - window.width) / 2,
    )
    tied = worth >= worth.max() - TIE * values.total
    row, column = divmod(int(np.where(tied, far, np.inf).argmin()), len(lefts))
    return Box(float(lefts[column]), float(tops[row]), window.width, window.height)


def worth_of(values: SummedMap, box: Box, wishes: Wishes) -> float:
    """Return what a window holds, less what it cuts of what is dear: what `best_window` weighs."""
    at = np.array([box.left]), np.array([box.top])
    return float(_worths(values, wishes, *at, Window(box.width, box.height))[0, 0])


def nearest_window(
    within: Box, start: Box, uncut: Sequence[Sequence[Kept]], held: Sequence[Box] = ()
) -> Box:
    """Return `start` shifted inside `within` by the least that leaves the fewest cut.

    The fewest of the first group, then of the next. All of `held`, which `start` holds, it holds
    as well. Exact: the nearest such place has an edge on that of a box, or that of `start`.
    """
    window = Window(start.width, start.height)
    every = [one for group in uncut for one in group]
    if not cut_counts(every, np.array([start.left]), np.array([start.top]), window).any():
        return start
    boxes = [*(box for one in every for box in {one.held, one.seen}), *held]
    columns = [start.left, *(edge for box in boxes for edge in (box.left, box.right))]
    rows = [start.top, *(edge for box in boxes for edge in (box.top, box.bottom))]
    lefts = _places((within.left, within.right), start.width, columns)
    tops = _places((within.top, within.bottom), start.height, rows)
    allowed = _crossed(_holds, held, lefts, tops, window) == len(held)
    allowed = _granted(Wishes(uncut=uncut), lefts, tops, window, allowed)
    far = np.hypot(tops[:, None] - start.top, lefts - start.left)
    row, column = divmod(int(np.where(allowed, far, np.inf).argmin()), len(lefts))
    return Box(float(lefts[column]), float(tops[row]), start.width, start.height)


def _granted(
    wishes: Wishes,
    lefts: Numbers,
    tops: Numbers,
    window: Window,
    places: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Return, (tops, lefts), those places, or of all, at which the most of what must be is."""
    places = np.ones((len(tops), len(lefts)), bool) if places is None else places
    for box in wishes.whole:
        held = _crossed(_holds, [box], lefts, tops, window) > 0
        places &= held | ~held[places].any()
    for group in wishes.uncut:
        cut = cut_counts(group, lefts, tops, window)
        places &= cut == cut[places].min()
    return places


def _worths(
    values: SummedMap, wishes: Wishes, lefts: Numbers, tops: Numbers, window: Window
) -> Numbers:
    """Return, (tops, lefts), what the window holds there, less what it cuts of what is dear."""
    lost = values.total * _costs(wishes, lefts, tops, window)
    worths: Numbers = values.sums(lefts, tops, window) - lost
    return worths


def _costs(wishes: Wishes, lefts: Numbers, tops: Numbers, window: Window) -> Numbers:
    """Return, (tops, lefts), what is cut there of what is dear, as a share of the whole map."""
    costs = np.zeros((len(tops), len(lefts)))
    for kept, cost in wishes.dear:
        costs += cost * cut_counts([kept], lefts, tops, window)
    return costs


def _places(ends: tuple[float, float], length: float, edges: Sequence[float]) -> Numbers:
    """Return where a window may begin so that one of its edges lies on an edge, and the centre."""
    low, high = ends[0], ends[1] - length
    at = np.asarray(edges, np.float64)
    places = np.concatenate([at, at - length, [low, high, (low + high) / 2]])
    return np.unique(places.clip(low, high))


def cut_counts(
    kept: Sequence[Kept], lefts: Numbers, tops: Numbers, window: Window
) -> NDArray[np.intp]:
    """Return, (tops, lefts), how many the window shows there without holding what it must."""
    # What is held is shown too, so these are the shown ones that are not held.
    shown = _crossed(_meets, [one.seen for one in kept], lefts, tops, window)
    held = _crossed(_holds, [one.held for one in kept], lefts, tops, window)
    return (shown - held).round().astype(np.intp)


def _crossed(
    test: Callable[[Numbers, Numbers, Numbers, Numbers], NDArray[np.bool_]],
    boxes: Sequence[Box],
    lefts: Numbers,
    tops: Numbers,
    window: Window,
) -> Numbers:
    """Return, (tops, lefts), for how many boxes the test is true both across and down."""
    sides = np.array([(b.left, b.right, b.top, b.bottom) for b in boxes]).reshape(-1, 4).T
    down, across = (
        test(starts[:, None], starts[:, None] + length, low, high).astype(np.float64)
        for starts, length, low, high in (
            (tops, window.height, *sides[2:]),
            (lefts, window.width, *sides[:2]),
        )
    )
    count: Numbers = down @ across.T
    return count


def _meets(start: Numbers, end: Numbers, low: Numbers, high: Numbers) -> NDArray[np.bool_]:
    meets: NDArray[np.bool_] = np.minimum(end, high) - np.maximum(start, low) > SLACK
    return meets


def _holds(start: Numbers, end: Numbers, low: Numbers, high: Numbers) -> NDArray[np.bool_]:
    holds: NDArray[np.bool_] = (low >= start - SLACK) & (high <= end + SLACK)
    return holds & (high - low > SLACK)
