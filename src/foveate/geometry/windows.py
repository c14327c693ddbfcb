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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a window shall keep whole, whatever else it holds. Earlier wishes come first."""

    whole: Sequence[Box] = ()
    """Boxes that lie inside; one that cannot is no reason to leave out a later one."""
    uncut: Sequence[Sequence[Box]] = ()
    """Groups of boxes that lie inside or outside: the fewer edges go through them, the better."""
    dear: Sequence[tuple[Box, float]] = ()
    """Boxes through which an edge costs such a share of the whole map: no more than that."""

    @property
    def boxes(self) -> list[Box]:
        """Return all of them."""
        groups = (self.whole, *self.uncut, [box for box, _ in self.dear])
        return [box for group in groups for box in group]


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
    boxes = wishes.boxes
    lefts = _places(
        (within.left, within.right),
        window.width,
        [*values.columns, *(edge for box in boxes for edge in (box.left, box.right))],
    )
    tops = _places(
        (within.top, within.bottom),
        window.height,
        [*values.rows, *(edge for box in boxes for edge in (box.top, box.bottom))],
    )
    open_places = np.ones((len(tops), len(lefts)), bool)
    for box in wishes.whole:
        held = _crossed(_holds, [box], lefts, tops, window) > 0
        open_places &= held | ~held[open_places].any()
    for group in wishes.uncut:
        cut = cut_counts(group, lefts, tops, window)
        open_places &= cut == cut[open_places].min()
    sums = values.sums(lefts, tops, window)
    for box, cost in wishes.dear:
        sums -= cost * values.table[-1, -1] * cut_counts([box], lefts, tops, window)
    sums = np.where(open_places, sums, -np.inf)
    far = np.hypot(
        tops[:, None] - (within.top + within.bottom - window.height) / 2,
        lefts - (within.left + within.right - window.width) / 2,
    )
    tied = sums >= sums.max() - TIE * values.table[-1, -1]
    row, column = divmod(int(np.where(tied, far, np.inf).argmin()), len(lefts))
    return Box(float(lefts[column]), float(tops[row]), window.width, window.height)


def _places(ends: tuple[float, float], length: float, edges: Sequence[float]) -> Numbers:
    """Return where a window may begin so that one of its edges lies on an edge, and the centre."""
    low, high = ends[0], ends[1] - length
    at = np.asarray(edges, np.float64)
    places = np.concatenate([at, at - length, [low, high, (low + high) / 2]])
    return np.unique(places.clip(low, high))


def cut_counts(
    boxes: Sequence[Box], lefts: Numbers, tops: Numbers, window: Window
) -> NDArray[np.intp]:
    """Return, (tops, lefts), through how many of the boxes an edge of the window goes there."""
    # A box that is held is touched too, so these are the touched ones that are not held.
    touched, whole = (_crossed(test, boxes, lefts, tops, window) for test in (_meets, _holds))
    return (touched - whole).round().astype(np.intp)


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
