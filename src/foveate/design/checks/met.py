"""What of a page meets a part of it: nothing else has to be drawn there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.deadline import current
from foveate.design.drawing.layers import extent, shown
from foveate.design.drawing.text import measure
from foveate.design.scene.model import Group, Text
from foveate.design.tree import STILL, Matrix, on_page, within
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Block, Page

AIR: Final = 2.0
"""Pixels around a part, whose edges are mixed with what is beyond."""
MOST: Final = 8192
"""Boxes that are kept."""


@dataclass(frozen=True, slots=True)
class Met:
    """Leaves out of pages what is not seen in a part of them.

    Where blocks are painted is reckoned once: a design that is looked at has the same ones, the
    very same objects, again and again with one of them taken out.
    """

    typefaces: Typefaces
    _boxes: dict[tuple[int, Matrix, str], tuple[Block, Box]] = field(default_factory=dict)

    def __call__(self, page: Page, language: str, box: Box, pixel: float) -> Page:
        """Return a page with what meets a box. Raises UnknownFont, FontsMissing."""
        air = AIR * max(pixel, 1.0)
        wide = Box(box.left - air, box.top - air, box.width + 2 * air, box.height + 2 * air)
        return replace(page, blocks=self._inside(page.blocks, STILL, language, wide))

    def _inside(
        self, blocks: tuple[Block, ...], plane: Matrix, language: str, box: Box
    ) -> tuple[Block, ...]:
        made = (self._of(block, plane, language, box) for block in filter(shown, blocks))
        return tuple(each for each in made if each is not None)

    def _of(self, block: Block, plane: Matrix, language: str, box: Box) -> Block | None:
        if not isinstance(block, Group):
            return block if _meet(self._box(block, plane, language), box) else None
        inside = self._inside(block.blocks, within(plane, block), language, box)
        if len(inside) == len(block.blocks):
            inside = block.blocks
        return replace(block, blocks=inside) if inside else None

    def _box(self, block: Block, plane: Matrix, language: str) -> Box:
        """Return the box on its page of all that a block paints."""
        key = id(block), plane, language
        if (found := self._boxes.get(key)) is not None:
            return found[1]
        measured = None
        if isinstance(block, Text):
            current().check()
            measured = measure(block, self.typefaces, language)
        part = extent(block, measured)
        inner = Box(part.left(), part.top(), part.width(), part.height())
        if len(self._boxes) >= MOST:
            self._boxes.clear()
        box = on_page(inner, within(plane, block))
        self._boxes[key] = block, box  # with the block, whose number is not given to another then
        return box


def _meet(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across >= 0 and down >= 0
