"""Where the pictures of a gallery go: rows of one height that fill the width. No pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.drawing.lettering import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

_TALLEST_ROW: Final = 1.5
"""How much higher than the one above it the last row may become to fill the width."""
_LOOSE: Final = 0.4
"""How much less it matters in the last row than in others that it does not fill the width."""
_MOST_LINES: Final = 2
"""Lines for a name, and as many for a caption."""
_NARROWEST_EM: Final = 6.5
"""A cell is never narrower, in the size of a name: a sliver needs room for its caption."""


@dataclass(frozen=True, slots=True)
class Typography:
    """The sizes of letters and gaps, in pixels."""

    name: float

    @classmethod
    def on(cls, width: float) -> Typography:
        """Return what reads well in a gallery of that width."""
        return cls(max(12.0, min(20.0, width / 80)))

    @property
    def caption(self) -> float:
        """Return the size of the caption below a name."""
        return max(12.0, 0.84 * self.name)

    @property
    def line(self) -> float:
        """Return the distance between two baselines."""
        return 1.35 * self.name

    @property
    def gap(self) -> float:
        """Return the distance between two pictures."""
        return 1.3 * self.name


@dataclass(frozen=True, slots=True)
class Item:
    """What is written below a picture of that size."""

    name: str
    caption: str
    size: Size


@dataclass(frozen=True, slots=True)
class Figure:
    """The cell of a picture, and the lines below it."""

    cell: Box
    picture: Box
    """In the middle of the cell, as large as fits, on whole pixels."""
    names: tuple[str, ...]
    captions: tuple[str, ...]
    typography: Typography

    @property
    def bottom(self) -> float:
        """Return where the last line ends, tails of letters included."""
        lines = len(self.names) + len(self.captions)
        return self.cell.bottom + self.typography.line * (lines + 0.3)


def arranged(
    items: Sequence[Item], width: float, height: float, at: tuple[float, float] = (0.0, 0.0)
) -> list[Figure]:
    """Return a figure for each, in order, in rows about `height` pixels high that fill `width`."""
    typography = Typography.on(width)
    narrow = _NARROWEST_EM * typography.name / height
    wide = max(width / height, narrow)
    aspects = [max(narrow, min(item.size.aspect, wide)) for item in items]
    figures: list[Figure] = []
    left, top = at
    tall = _TALLEST_ROW * height
    for first, last in rows(aspects, width, height, typography.gap):
        full = _full_height(aspects[first:last], width, typography.gap)
        # A last row that cannot fill the width is as high as the one above it, and ends early.
        tall = tall if last == len(items) and full > _TALLEST_ROW * tall else full
        widths = [aspect * tall for aspect in aspects[first:last]]
        figures += _row(items[first:last], widths, Box(left, top, width, tall), typography)
        top = bottom_of(figures[first:last]) + typography.gap
    return figures


def _row(
    items: Sequence[Item], widths: list[float], room: Box, typography: Typography
) -> list[Figure]:
    """Return figures side by side, no higher than the highest picture among them needs."""
    needed = (width / item.size.aspect for item, width in zip(items, widths, strict=True))
    height = min(room.height, max(needed))
    lefts = accumulate((width + typography.gap for width in widths), initial=room.left)
    cells = (Box(x, room.top, w, height) for x, w in zip(lefts, widths, strict=False))
    return [placed(item, cell, typography) for item, cell in zip(items, cells, strict=True)]


def bottom_of(figures: Sequence[Figure]) -> float:
    """Return where the lowest line ends."""
    return max(figure.bottom for figure in figures)


def rows(
    aspects: Sequence[float], width: float, height: float, gap: float
) -> list[tuple[int, int]]:
    """Return the first and the last (exclusive) of each row, so that all are about `height` high.

    The best of all ways to break the rows, not the first that fits.

    >>> rows([1.0, 1.0, 1.0, 1.0], 200, 100, 0)
    [(0, 2), (2, 4)]
    """
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
    for last in range(1, len(aspects) + 1):
        ways = []
        for first, (cost, before) in enumerate(best):
            off = math.log(_full_height(aspects[first:last], width, gap) / height)
            # Only the last row may end early without looking torn.
            off = off * _LOOSE if last == len(aspects) and off > 0 else off
            ways.append((cost + off * off, [*before, (first, last)]))
        best.append(min(ways))
    return best[-1][1]


def _full_height(aspects: Sequence[float], width: float, gap: float) -> float:
    return max(1.0, width - gap * (len(aspects) - 1)) / sum(aspects)


def placed(item: Item, cell: Box, typography: Typography) -> Figure:
    """Return the figure of a picture in a cell."""
    return Figure(
        cell,
        _within(cell, item.size),
        tuple(wrapped(item.name, typography.name, cell.width, _MOST_LINES)),
        tuple(wrapped(item.caption, typography.caption, cell.width, _MOST_LINES)),
        typography,
    )


def _within(cell: Box, size: Size) -> Box:
    scale = min(cell.width / size.width, cell.height / size.height)
    width, height = nearest(size.width * scale), nearest(size.height * scale)
    x, y = cell.middle
    return Box(round(x - width / 2), round(y - height / 2), width, height)
