"""A design on pages of another size."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.banding import banded, bands, likely_ways
from foveate.design.resizing.bleeding import bled
from foveate.design.resizing.cutting import lacking
from foveate.design.resizing.formats import legible_dpi, page_size
from foveate.design.resizing.hiding import going, least_needed
from foveate.design.resizing.lettering import Lettering, texts_of
from foveate.design.resizing.margins import room
from foveate.design.resizing.parts import Kind, parts, without
from foveate.design.resizing.pins import held
from foveate.design.resizing.placing import Placing, hidden
from foveate.design.resizing.solving import solved
from foveate.design.resizing.tables import with_tables
from foveate.design.resizing.wishes import Asking
from foveate.design.resizing.worth import Judge
from foveate.design.scaling import scaled
from foveate.design.scene.model import DPI, Fit, Group, Text
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.ports import Measures
    from foveate.design.resizing.cutting import Node
    from foveate.design.resizing.leading import Arrangement
    from foveate.design.resizing.margins import Room
    from foveate.design.resizing.parts import Parts, Unit
    from foveate.design.scene.model import Block, Page, Scene

SAME: Final = 0.003
"""Of a ratio, that is the same shape: all is made larger or smaller."""
LEAST: Final = 0.12
MOST: Final = 2.0
"""How many times as large letters are at least and at most, to the square root of the areas."""
WANTED: Final = 0.6
"""What they are at least before anything is hidden."""
HELPS: Final = 1.05
"""Times as large as they are, that letters may be if what is hidden stood in their way."""
READ: Final = 0.9
"""Of the least size, that letters have which are not hidden."""
STEPS: Final = 128
"""Sizes of letters that are tried, between both."""
SMALLER: Final = (0.87, 0.76, 0.66, 0.57)
"""Of the largest letters that there is room for: smaller ones leave more of it to photos."""
GAP: Final = 0.032
"""Between two parts, of the square root of a page's area."""


@dataclass(frozen=True, slots=True)
class Resized:
    """A design of another size, and what could not be kept, a sentence each."""

    scene: Scene
    remarks: tuple[str, ...] = ()


def resize(scene: Scene, to: str, measures: Measures) -> Resized:
    """Return a design with its pages in the size of a name, a ratio or two lengths.

    The same blocks by the same ids; what there is no room for is hidden, and said so. Raises
    BadRequest for a size that there is not, and what `measures` raises.
    """
    dpi = legible_dpi(to, scene.dpi)
    return resize_to(scene, page_size(to, scene.dpi), measures, dpi=dpi)


def resize_to(
    scene: Scene, size: tuple[float, float], measures: Measures, *, dpi: float = DPI
) -> Resized:
    """Return a design with its pages in a size in pixels, that are read at so many to the inch."""
    lettering = Lettering(measures, scene.lang, dpi)
    made = [_Sizer(page, *size, lettering).made() for page in scene.pages]
    pages = tuple(page for page, _ in made)
    remarks = tuple(remark for _, said in made for remark in said)
    return Resized(replace(scene, pages=pages), remarks)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where units are."""

    boxes: dict[str, Box]
    room: Room
    by: float
    worth: float
    turned: bool = False
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class _Sizer:
    """Brings one page to a size."""

    page: Page
    width: float
    height: float
    lettering: Lettering

    def made(self) -> tuple[Page, tuple[str, ...]]:
        """Return the page, and what is to be said of it."""
        page, width, height = self.page, self.width, self.height
        same = abs(page.width / page.height / (width / height) - 1) <= SAME
        if same and self._stays_legible(width / page.width):
            return self._alike(), ()
        found, gone = with_tables(parts(page, self.lettering)), []
        layout = self._layout(found)
        while (unit := self._too_many(found, layout)) is not None:
            for each in going(found, unit):
                gone.append(each)
                found = without(found, each)
            layout = self._layout(found) or layout
            if layout and not found.units:
                break
        return self._placed(found, layout, gone)

    def _too_many(self, found: Parts, layout: _Layout | None) -> Unit | None:
        """Return what is to be hidden next, so that the others have room; None where all have."""
        if layout is None:
            return least_needed(found, found.units)
        unread = [unit for unit in found.units if not self._legible(unit, layout)]
        if layout.by < WANTED * self._usual:
            # What does not stand in the way of larger letters has its room.
            helping = [unit for unit in found.units if self._helps(unit, found, layout)]
            return least_needed(found, helping) or least_needed(found, unread)
        return least_needed(found, unread)

    def _helps(self, unit: Unit, found: Parts, layout: _Layout) -> bool:
        """Return whether letters may be larger without a unit."""
        if layout.node is None:
            return True
        node = lacking(layout.node, unit)
        by = HELPS * layout.by
        return node is not None and solved(node, self._asking(found, by), self._gap) is not None

    def _legible(self, unit: Unit, layout: _Layout) -> bool:
        """Return whether the largest letters of a unit are large enough to be read."""
        whole = unit.kind not in {Kind.WORDS, Kind.PHOTO}
        by = self.lettering.scale(unit.blocks, layout.by) if whole else layout.by
        if unit.kind is Kind.TABLE:
            by = min(by, layout.boxes[unit.main.id].width / unit.box.width)
        sizes = [
            (by * self.lettering.extent(text).size if whole else self._size(text, by))
            / min(self.lettering.least(text), text.size)
            for text in texts_of(unit.blocks)
        ]
        return max(sizes, default=1.0) > READ

    def _stays_legible(self, by: float) -> bool:
        """Return whether all letters can still be read on the page as it is, so much larger."""
        return all(
            text.size * by >= READ * min(self.lettering.least(text), text.size)
            for text in texts_of(b for b in self.page.blocks if not b.hidden)
        )

    def _size(self, text: Text, by: float) -> float:
        return self.lettering.fitted(text, by).size

    def _alike(self) -> Page:
        """Return the page in the shape that it has; texts that left their boxes shrink."""
        by = self.width / self.page.width
        blocks = tuple(self._fitting(scaled(block, by)) for block in self.page.blocks)
        return replace(self.page, width=self.width, height=self.height, blocks=blocks)

    def _fitting(self, block: Block) -> Block:
        if isinstance(block, Group):
            return replace(block, blocks=tuple(map(self._fitting, block.blocks)))
        if isinstance(block, Text) and any(self.lettering.extent(block).over):
            return replace(block, fit=Fit.SHRINK)
        return block

    def _placed(
        self, found: Parts, layout: _Layout | None, gone: Sequence[Unit]
    ) -> tuple[Page, tuple[str, ...]]:
        alike = layout is None
        layout = layout or self._shrunk(found)
        placing = Placing(
            self.page, self.width, self.height, layout.by, self.lettering, alike=alike
        )
        size = (self.width, self.height)
        on = bands(found, self.page)
        own, lying = banded(on, layout.boxes, layout.room.new, size, turned=layout.turned)
        boxes = bled(found, own, layout.room, self.page, size)
        made = placing.page(found, {**layout.room.frames, **lying}, boxes)
        names = {block.id for unit in gone for block in unit.blocks}
        unseen = {b.id: b for b in hidden(b for b in made.blocks if b.id in names)}
        blocks = tuple(unseen.get(block.id, block) for block in made.blocks)
        said = tuple(
            f"There is no room for {unit.name} on {self.width:.0f} x "
            f"{self.height:.0f}: it is hidden."
            for unit in gone
        )
        return replace(made, blocks=blocks), said

    def _shrunk(self, found: Parts) -> _Layout:
        """Return all as it stood, as small as the page needs: there is room for nothing else."""
        by = min(self.width / self.page.width, self.height / self.page.height)
        space = self._room(found, by)
        left = (self.width - by * self.page.width) / 2
        top = (self.height - by * self.page.height) / 2
        boxes = {
            unit.main.id: Box(
                left + by * unit.box.left,
                top + by * unit.box.top,
                by * unit.box.width,
                by * unit.box.height,
            )
            for unit in found.units
        }
        return _Layout(boxes, space, by, 0.0)

    @property
    def _usual(self) -> float:
        """How many times as large lengths are if all stays as it is."""
        return math.sqrt(self.width * self.height / (self.page.width * self.page.height))

    def _layout(self, found: Parts) -> _Layout | None:
        """Return the best of the likely arrangements; None where there is room for none."""
        if not found.units:
            return _Layout({}, self._room(found, self._usual), self._usual, 0.0)
        from_right = self.lettering.lang.split("-")[0] in {"ar", "he", "fa", "ur"}
        gap = GAP * math.sqrt(self.page.width * self.page.height)
        new = self._room(found, self._usual).new
        likely = likely_ways(found, self.page, new, gap, from_right=from_right)
        best: _Layout | None = None
        for each in likely:
            made = self._solved(found, each, best)
            best = made if made and (best is None or made.worth > best.worth) else best
        return best

    def _room(self, found: Parts, by: float) -> Room:
        return room(found, self.page, self.width, self.height, by)

    def _solved(
        self, found: Parts, arrangement: Arrangement, best: _Layout | None
    ) -> _Layout | None:
        """Return an arrangement with letters as large as there is room for.

        None where there is no room, or where it cannot be better than the best.
        """
        low, high, least = 0, STEPS, LEAST
        if best is not None:
            least = self._judge(found, self._usual).least(best.worth, arrangement.changes)
            low = math.ceil(STEPS * math.log(max(least / LEAST, 1.0)) / math.log(MOST / LEAST))
        if low >= high or self._boxes(found, arrangement, self._step(low)) is None:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            fits = self._boxes(found, arrangement, self._step(middle)) is not None
            low, high = (middle, high) if fits else (low, middle)
        sizes = [self._step(low) * less for less in (1.0, *SMALLER)]
        layouts = [
            self._at(found, arrangement, by)
            for by in sizes
            if by == sizes[0] or by >= self._usual * max(least, WANTED)
        ]
        return max(filter(None, layouts), key=lambda each: each.worth)

    def _step(self, number: int) -> float:
        """Return one of the sizes that letters may have: the same for all arrangements."""
        larger: float = (MOST / LEAST) ** (number / STEPS)
        return self._usual * LEAST * larger

    def _boxes(self, found: Parts, arrangement: Arrangement, by: float) -> dict[str, Box] | None:
        return solved(arrangement.node, self._asking(found, by), self._gap)

    def _asking(self, found: Parts, by: float) -> Asking:
        space = self._room(found, by)
        return Asking(self.lettering, space.new, space.old, by)

    def _judge(self, found: Parts, by: float) -> Judge:
        return Judge(self.page, (self.width, self.height), found, self._asking(found, by))

    @property
    def _gap(self) -> float:
        return GAP * math.sqrt(self.width * self.height)

    def _at(self, found: Parts, arrangement: Arrangement, by: float) -> _Layout | None:
        solved_boxes = self._boxes(found, arrangement, by)
        if solved_boxes is None:
            return None
        boxes = held(found.units, solved_boxes, self.page, (self.width, self.height), by)
        worth = self._judge(found, by).worth(boxes, by / self._usual, arrangement.changes)
        space = self._room(found, by)
        return _Layout(boxes, space, by, worth, arrangement.turned, arrangement.node)
