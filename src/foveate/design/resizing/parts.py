"""What a page is made of, to whoever lays it out anew: what lies behind, and what stands before.

Blocks that lie over each other are one unit, so that they still do. A unit's box is that of what is
seen of it: of a text, of its letters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Block, Group, Line, Picture, Rectangle, Role, Stretch, Text
from foveate.design.tree import extent, over
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.resizing.lettering import Lettering
    from foveate.design.scene.model import Page

WHOLE: Final = 0.97
"""Of a page's side, that a block has which covers it."""
HELD: Final = 0.7
"""Of what stands before: a shape that holds so much of it is a frame."""
THIN: Final = 0.02
"""Of a page's shorter side: a shape thinner than that is a rule."""
LONG: Final = 0.12
HEADS: Final = 1.15
"""Times the letters below it, that those of a heading are large."""
CLOSE: Final = 1.5
"""Times its own height, within which a heading stands over what it heads."""
TOUCH: Final = 1.0
"""Pixels from an edge at which a block keeps to it."""


class Kind(StrEnum):
    """How a unit may change its shape."""

    WORDS = "words"
    """As wide as its place; as high as its lines are then."""
    PHOTO = "photo"
    """Of any shape: it is cropped anew."""
    RULE = "rule"
    """As long as its place, and as thick as it was."""
    TABLE = "table"
    """Of the shape that it has, and smaller where it has no room."""
    RIGID = "rigid"
    """Of the shape that it has."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is placed as one: a block, and what lies over or under it."""

    main: Block
    kind: Kind
    box: Box
    """Of all of it, on the page as it was."""
    own: Box
    """Of its main block alone."""
    beside: tuple[Block, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return all of it."""
        return (self.main, *self.beside)

    @property
    def grows(self) -> Stretch:
        """Return in which direction it takes the room that is left: as its main block says."""
        main = self.main
        fixed = main.keep_aspect or main.rotation or self.kind is not Kind.RIGID
        return Stretch.NONE if fixed or isinstance(main, Group) else main.stretch

    @property
    def name(self) -> str:
        """Return what people call it."""
        mine = self.main.name or self.main.id
        return f"{mine} and its table" if self.kind is Kind.TABLE else mine

    @property
    def locked(self) -> bool:
        """Return whether any of it is."""
        return any(block.locked for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Parts:
    """A page taken apart."""

    behind: tuple[Block, ...]
    """What covers the page, or keeps to its edges below all else."""
    frames: tuple[Block, ...]
    """What holds nearly all that stands before, the outermost first."""
    units: tuple[Unit, ...]
    unseen: tuple[Block, ...]


def parts(page: Page, lettering: Lettering) -> Parts:
    """Return what a page is made of."""
    shown = [block for block in page.blocks if not block.hidden and block.opacity > 0]
    unseen = tuple(block for block in page.blocks if block not in shown)
    behind = [block for block in shown if _behind(block, page, shown)]
    front = [block for block in shown if block not in behind]
    boxes = {block.id: seen(block, lettering) for block in front}
    frames = [block for block in front if _frames(block, boxes)]
    units = _units([block for block in front if block not in frames], boxes, page)
    frames.sort(key=lambda block: -block.width * block.height)
    return Parts(tuple(behind), tuple(frames), tuple(units), unseen)


def seen(block: Block, lettering: Lettering) -> Box:
    """Return the box of what is seen of a block on its page."""
    if not isinstance(block, Text) or block.rotation or block.fill or block.stroke:
        return extent(block)
    # Letters that leave their box say that it is too small, not that they belong to its neighbours.
    return within(lettering.ink(block), extent(block))


def spans(whole: Box, one: Box) -> tuple[bool, bool]:
    """Return whether a box lies along the whole of another one, across and down."""
    across = one.left <= whole.left + TOUCH and one.right >= whole.right - TOUCH
    return across, one.top <= whole.top + TOUCH and one.bottom >= whole.bottom - TOUCH


def within(one: Box, other: Box) -> Box:
    """Return the part of a box that lies in another one; at least a pixel of it."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Box(left, top, max(right - left, 1.0), max(bottom - top, 1.0))


def _behind(block: Block, page: Page, shown: Sequence[Block]) -> bool:
    """Return whether a block covers its page, or lies along an edge under what stands there."""
    if isinstance(block, Text | Group):
        return False
    box = extent(block)
    across = box.width >= WHOLE * page.width
    down = box.height >= WHOLE * page.height
    if block.role is Role.BACKGROUND or (across and down):
        return True
    if block.role is Role.PHOTO or isinstance(block, Line):
        return False
    if _on_photo(block, page, shown):
        return False
    outside = box.left < -TOUCH or box.top < -TOUCH
    outside |= box.right > page.width + TOUCH or box.bottom > page.height + TOUCH
    edges = sum(edges_of(box, page))
    under = any(
        each is not block and over(extent(each), box)
        for each in shown
        if _above(each, block, shown)
    )
    return outside or edges > 2 or (edges > 0 and (across or down) and under)  # noqa: PLR2004 - sides


def _on_photo(block: Block, page: Page, shown: Sequence[Block]) -> bool:
    """Return whether a block lies on a photo that does not cover the page, and goes with it."""
    return any(
        each is not block
        and each.role is Role.PHOTO
        and _above(block, each, shown)
        and inside(extent(block), extent(each))
        and not _behind(each, page, shown)
        for each in shown
    )


def _above(one: Block, other: Block, shown: Sequence[Block]) -> bool:
    if one.role is Role.BACKGROUND:
        return False
    return (one.z, shown.index(one)) > (other.z, shown.index(other))


def edges_of(box: Box, page: Page) -> tuple[bool, bool, bool, bool]:
    """Return which edges of its page a box keeps to: left, top, right, bottom."""
    return (
        box.left <= TOUCH,
        box.top <= TOUCH,
        box.right >= page.width - TOUCH,
        box.bottom >= page.height - TOUCH,
    )


def _frames(block: Block, boxes: dict[str, Box]) -> bool:
    if isinstance(block, Text | Group | Line) or len(boxes) < 3:  # noqa: PLR2004 - two are a unit
        return False
    mine = boxes[block.id]
    held = sum(inside(box, mine) for name, box in boxes.items() if name != block.id)
    return held >= HELD * (len(boxes) - 1)


def inside(one: Box, other: Box) -> bool:
    """Return whether a box lies in another one."""
    return (
        one.left >= other.left - TOUCH
        and one.top >= other.top - TOUCH
        and one.right <= other.right + TOUCH
        and one.bottom <= other.bottom + TOUCH
    )


def _units(front: Sequence[Block], boxes: dict[str, Box], page: Page) -> list[Unit]:
    """Return what lies over each other together, in the order in which it is written."""
    heaps: list[list[Block]] = []
    for block in front:
        met = [heap for heap in heaps if any(over(boxes[b.id], boxes[block.id]) for b in heap)]
        heaps = [heap for heap in heaps if heap not in met]
        heaps.append([each for heap in met for each in heap] + [block])
    found = [_unit(sorted(heap, key=front.index), boxes, page) for heap in heaps]
    return sorted(found, key=lambda unit: front.index(unit.main))


def _unit(heap: list[Block], boxes: dict[str, Box], page: Page) -> Unit:

    def large(block: Block) -> tuple[float, bool, str]:
        # Of a photo and the veil over all of it, the photo: it is cropped, and the veil with it.
        box = boxes[block.id]
        return box.width * box.height, isinstance(block, Picture), block.id

    main = max(heap, key=large)
    others = tuple(block for block in heap if block is not main)
    whole = Box.covering([boxes[block.id] for block in heap])
    kind = _kind(main, page, alone=not others)
    return Unit(main, kind, whole, boxes[main.id], others)


def _kind(block: Block, page: Page, *, alone: bool) -> Kind:
    if block.rotation:
        return Kind.RIGID
    if isinstance(block, Picture) and _crops(block, page):
        return Kind.PHOTO
    if isinstance(block, Text) and not block.fill and not block.stroke and alone:
        return Kind.WORDS
    thin = min(block.width, block.height) <= THIN * min(page.width, page.height)
    if alone and thin and isinstance(block, Line | Rectangle):
        long = max(block.width, block.height) >= LONG * min(page.width, page.height)
        return Kind.RULE if long and block.width >= block.height else Kind.RIGID
    return Kind.RIGID


def _crops(block: Picture, page: Page) -> bool:
    """Return whether a picture may be cropped to another shape."""
    if block.keep_aspect or block.role is Role.LOGO:
        return False
    if block.role is Role.PHOTO:
        return True
    vector = block.src.lower().split("?")[0].endswith(".svg")
    large = block.width * block.height >= 0.12 * page.width * page.height
    return large and not vector and block.role is not Role.DECORATION


def without(found: Parts, unit: Unit) -> Parts:
    """Return a page without a unit, which is not seen any more."""
    left = tuple(each for each in found.units if each is not unit)
    return replace(found, units=left, unseen=(*found.unseen, *unit.blocks))


def headed(one: Unit, other: Unit) -> bool:
    """Return whether words are the heading of others: larger, or as large and bold, close above."""
    heading, words = one.main, other.main
    if not (isinstance(heading, Text) and isinstance(words, Text)) or one.kind is not other.kind:
        return False
    if one.kind is not Kind.WORDS or words.role not in {Role.BODY, Role.NONE}:
        return False
    larger = heading.size >= HEADS * words.size
    larger |= heading.weight > words.weight and heading.size >= words.size
    between = other.box.top - one.box.bottom
    across = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    return larger and across > 0 and 0 <= between <= CLOSE * one.box.height
