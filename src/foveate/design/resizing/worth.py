"""What a layout is worth: large letters and photos, titles on few lines, little that is empty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import Kind
from foveate.design.resizing.pins import astray
from foveate.design.scene.model import Role, Text
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.resizing.parts import Parts, Unit
    from foveate.design.resizing.wishes import Asking
    from foveate.design.scene.model import Page

LARGER: Final = 0.25
"""What letters that are larger than they were count, of what they count up to there."""
PHOTOS: Final = 0.7
"""What it is worth that photos have as much of the page as before."""
CROPPED: Final = 0.5
"""What it costs, that photos have another shape, by the logarithm of what it is to theirs."""
CROPS: Final = 0.55
CUTS: Final = 0.3
"""Of it, what is no matter of a photo, and of what was cut out of one, whose outline ends there."""
OUTLINES: Final = 1.8
"""Times as much as another photo, that a cut-out counts."""
CUT_OUT: Final = "segment"
LINES: Final = 0.15
"""What a line more of a title costs."""
OTHERS: Final = 0.25
"""Of it, what one of other words does."""
LOGOS: Final = 0.3
"""What it costs that a logo is as far as a page is wide from where it was."""
PINS: Final = 1.5
"""What it costs that something is as far as a page is wide from where it is pinned to."""
EMPTY: Final = 0.4
CELLS: Final = 14
"""What emptiness costs, and into how many rows and columns a page is parted to see it."""
CHANGE: Final = 0.3
STEEP: Final = 2.6
"""What a change of the arrangement costs, and how much less where the shape changes."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges layouts of one page in one size."""

    page: Page
    size: tuple[float, float]
    parts: Parts
    asking: Asking

    def worth(self, boxes: Mapping[str, Box], larger: float, changes: float) -> float:
        """Return what a layout is worth, whose letters are so many times as large as usual."""
        letters = math.log(larger)
        return (
            min(letters, 0.0)
            + LARGER * max(letters, 0.0)
            - self._change * changes
            + PHOTOS * self._photos(boxes)
            - CROPPED * self._cropped(boxes)
            - LINES * self._broken(boxes)
            - EMPTY * self._empty(boxes)
            - LOGOS * self._moved(boxes)
            - PINS * astray(self.parts.units, boxes, self.page, self.size, self.asking.by)
        )

    def least(self, worth: float, changes: float) -> float:
        """Return how large letters are at least, to the usual, for a layout to be worth so much."""
        letters = worth - PHOTOS + self._change * changes
        return math.exp(letters if letters < 0 else letters / LARGER)

    @property
    def _change(self) -> float:
        """What a change of the arrangement costs: less, the more the shape of the page changes."""
        old, new = self.page.width / self.page.height, self.size[0] / self.size[1]
        return CHANGE / (1 + (STEEP * math.log(new / old)) ** 2)

    def _photos(self, boxes: Mapping[str, Box]) -> float:
        """Return how much of the page photos have, to what they had; 1 at most."""
        photos = [unit for unit in self.parts.units if unit.kind is Kind.PHOTO]
        if not photos:
            return 1.0
        was = sum(unit.box.width * unit.box.height for unit in photos)
        now = sum(boxes[unit.main.id].width * boxes[unit.main.id].height for unit in photos)
        before = was / (self.page.width * self.page.height)
        return min(now / (self.size[0] * self.size[1]) / before, 1.0)

    def _cropped(self, boxes: Mapping[str, Box]) -> float:
        """Return how far the shapes of photos are from those that they had, the larger the more."""
        found = weighed = 0.0
        for unit in self.parts.units:
            if unit.kind is Kind.PHOTO:
                box, area = boxes[unit.main.id], unit.box.width * unit.box.height
                shape = math.log(box.width / box.height * unit.box.height / unit.box.width)
                cut_out = CUT_OUT in getattr(unit.main, "options", "")
                free, counts = (CUTS, OUTLINES) if cut_out else (CROPS, 1.0)
                found += area * counts * max(abs(shape) - free, 0.0)
                weighed += area
        return found / weighed if weighed else 0.0

    def _moved(self, boxes: Mapping[str, Box]) -> float:
        """Return how far logos are from the corner or the middle where they were, in sides."""
        found = 0.0
        for unit in self.parts.units:
            if unit.main.role is Role.LOGO:
                box, was, (width, height) = boxes[unit.main.id], unit.box, self.size
                before = _middle(was, self.page.width, self.page.height)
                now = _middle(box, width, height)
                found += abs(now[0] - before[0]) + abs(now[1] - before[1])
        return found

    def _empty(self, boxes: Mapping[str, Box]) -> float:
        """Return the share of a page's room in which nothing stands, by a coarse grid."""
        room, filled = self.asking.room, set()
        across, down = room.width / CELLS, room.height / CELLS
        for unit in self.parts.units:
            box = self._shown(unit, boxes[unit.main.id])
            columns = range(*_cells(box.left - room.left, box.width, across))
            rows = range(*_cells(box.top - room.top, box.height, down))
            filled |= {(column, row) for column in columns for row in rows}
        return 1 - len(filled) / CELLS**2

    def _shown(self, unit: Unit, box: Box) -> Box:
        """Return the part of a unit's place in which it is seen: letters may need less."""
        if unit.kind is not Kind.WORDS or not isinstance(unit.main, Text):
            return box
        wide = min(self.asking.across(unit).wanted, box.width)
        left = box.left + (box.width - wide) * self.asking.lettering.across(unit.main)
        return Box(left, box.top, wide, box.height)

    def _broken(self, boxes: Mapping[str, Box]) -> float:
        """Return how many lines more titles have than they had; those of others count less."""
        more = 0.0
        for unit in self.parts.units:
            if unit.kind is Kind.WORDS and isinstance(unit.main, Text):
                line = unit.main.line_height * self.asking.text(unit).size
                had = self.asking.lettering.ink(unit.main).height * self.asking.by / max(line, 1e-6)
                counts = 1.0 if unit.main.role is Role.TITLE else OTHERS
                more += counts * max(boxes[unit.main.id].height / max(line, 1e-6) - had, 0.0)
        return more


def _middle(box: Box, width: float, height: float) -> tuple[float, float]:
    return (box.left + box.width / 2) / width, (box.top + box.height / 2) / height


def _cells(start: float, size: float, cell: float) -> tuple[int, int]:
    """Return the first cell that something is in, and the one after the last."""
    first = min(max(int(start / cell), 0), CELLS - 1)
    return first, min(math.ceil((start + size) / cell), CELLS)
