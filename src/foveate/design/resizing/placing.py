"""A page of another size, from where its units are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import TOUCH, Kind, edges_of, inside
from foveate.design.resizing.pictures import in_box
from foveate.design.scaling import details, filling, scaled
from foveate.design.scene.model import Fit, Group, Picture, Role, Stretch, Text
from foveate.design.tree import STILL, extent, on_page, within
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from foveate.design.resizing.lettering import Lettering
    from foveate.design.resizing.parts import Parts, Unit
    from foveate.design.scene.model import Block, Page

DIGITS: Final = 4
THIRD: Final = 1 / 3
MARGIN: Final = 0.03
"""Of the shorter side of a page, that letters on a photo are from its edges at least."""
ALONG: Final = 0.6
"""Of a photo's width, that letters have which stand along it."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Makes the blocks of a page of another size."""

    old: Page
    width: float
    height: float
    by: float
    """How many times as large letters and lengths are."""
    lettering: Lettering
    alike: bool = False
    """Whether all is as small as the page needs, buttons as well."""

    def page(self, parts: Parts, frames: Mapping[str, Box], boxes: Mapping[str, Box]) -> Page:
        """Return the page, its blocks in the order in which they were; `frames` has bands, too."""
        made = {block.id: self._behind(block) for block in parts.behind}
        framed = [each for each in (*parts.behind, *parts.frames) if each.id in frames]
        made |= {block.id: self._in(block, frames[block.id]) for block in framed}
        for unit in parts.units:
            made |= {block.id: block for block in self._unit(unit, boxes[unit.main.id])}
        made |= {block.id: self._unseen(block) for block in parts.unseen}
        blocks = tuple(_rounded(made[block.id]) for block in self.old.blocks)
        return replace(self.old, width=self.width, height=self.height, blocks=blocks)

    def _behind(self, block: Block) -> Block:
        """Return what covers the page, or keeps to its edges."""
        # By what is seen: a block that is turned lies elsewhere than its box.
        seen = on_page(Box(0, 0, block.width, block.height), within(STILL, block))
        left, top, right, bottom = edges_of(seen, self.old)
        x, width = _along(
            (seen.left, seen.width), self.old.width, self.width, self.by, (left, right)
        )
        y, height = _along(
            (seen.top, seen.height), self.old.height, self.height, self.by, (top, bottom)
        )
        return self._in(block, filling(block, seen, Box(x, y, width, height), self.by))

    def _in(self, block: Block, box: Box) -> Block:
        """Return a block that may be of any shape in another box."""
        if isinstance(block, Group):
            return replace(scaled(block, self.by), x=box.left, y=box.top)
        made = replace(block, x=box.left, y=box.top, width=box.width, height=box.height)
        if isinstance(block, Picture):
            made = in_box(replace(block, x=box.left, y=box.top), box.width, box.height)
        return replace(made, **details(block, self.by))

    def _unit(self, unit: Unit, box: Box) -> Iterator[Block]:
        if unit.kind is Kind.WORDS:
            yield self._words(unit.main, box)
        elif unit.kind is Kind.PHOTO or (unit.grows is not Stretch.NONE and not self.alike):
            yield from self._photo(unit, box)
        elif unit.kind is Kind.RULE:
            rule = scaled(unit.main, self.by)
            yield replace(rule, x=box.left, y=box.top, width=box.width)
        else:
            yield from self._rigids(unit, box)

    def _words(self, text: Block, box: Box) -> Block:
        assert isinstance(text, Text)  # noqa: S101 - of its kind
        made = self.lettering.fitted(text, self.by)
        return replace(
            made,
            x=box.left,
            y=box.top,
            width=box.width,
            height=box.height,
            padding=text.padding * self.by,
            fit=Fit.SHRINK,
        )

    def _rigids(self, unit: Unit, box: Box) -> Iterator[Block]:
        by = self.by if self.alike else self.lettering.scale(unit.blocks, self.by)
        if unit.kind is Kind.TABLE:
            by = min(by, box.width / unit.box.width)
        if unit.beside:
            yield from (self._rigid(block, unit.box, box, by) for block in unit.blocks)
            return
        made = self._rigid(unit.main, unit.box, box, by)
        # A button may be less wide than it was; what is of one shape has the width that it wants.
        narrower = isinstance(made, Text) and not made.rotation and made.width > box.width
        yield replace(made, width=box.width) if narrower else made

    def _rigid(self, block: Block, old: Box, new: Box, by: float) -> Block:
        x = new.left + (block.x - old.left) * by
        y = new.top + (block.y - old.top) * by
        made = self._legible(replace(scaled(block, by), x=x, y=y))
        return self._cut(made) if isinstance(made, Text) and inside(old, self._sheet) else made

    @property
    def _sheet(self) -> Box:
        return Box(0, 0, self.old.width, self.old.height)

    def _cut(self, text: Text) -> Text:
        """Return a text whose box ends at the page's edges: its letters are on it all the same."""
        if text.rotation or text.fill or text.stroke:
            return text
        at = self.lettering.across(text)
        before, after = max(-text.x, 0.0), max(text.x + text.width - self.width, 0.0)
        if at not in {0.0, 1.0}:
            before = after = max(before, after)
        left, right = (0.0 if at == 0 else before), (0.0 if at == 1 else after)
        width = max(text.width - left - right, 1.0)
        return replace(text, x=text.x + left, width=width)

    def _legible(self, block: Block) -> Block:
        """Return a block whose letters shrink rather than leave their box."""
        if isinstance(block, Group):
            return replace(block, blocks=tuple(map(self._legible, block.blocks)))
        if isinstance(block, Text) and block.fit is Fit.NONE:
            return replace(block, fit=Fit.SHRINK)
        return block

    def _photo(self, unit: Unit, box: Box) -> Iterator[Block]:
        """Yield what is of another shape, and what lies over it as far from the nearest edges."""
        own, whole = unit.own, unit.box
        left, top = (own.left - whole.left) * self.by, (own.top - whole.top) * self.by
        right, bottom = (whole.right - own.right) * self.by, (whole.bottom - own.bottom) * self.by
        width = max(box.width - left - right, 1.0)
        height = max(box.height - top - bottom, 1.0)
        photo = Box(box.left + left, box.top + top, width, height)
        yield self._legible(self._in(unit.main, photo))
        yield from (self._on_photo(block, own, photo) for block in unit.beside)

    def _on_photo(self, block: Block, old: Box, new: Box) -> Block:
        """Return what lies on a photo: along a whole side of it if it did, as a veil does."""
        across = (block.x, block.width), (old.left, old.width), (new.left, new.width)
        down = (block.y, block.height), (old.top, old.height), (new.top, new.height)
        made = self._legible(scaled(block, self.by))
        if isinstance(block, Text) and not block.fill and not block.rotation:
            return self._kept_in(self._written(block, old, new), block)
        x, width = _spanned(*across, self.by) or (_kept(*across, self.by), made.width)
        y, height = _spanned(*down, self.by) or (_kept(*down, self.by), made.height)
        if _one_shape(block) or (width, height) == (made.width, made.height):
            made = replace(made, x=_kept(*across, self.by), y=_kept(*down, self.by))
            return self._kept_in(made, block)
        return self._legible(self._in(block, Box(x, y, width, height)))

    def _written(self, text: Text, old: Box, new: Box) -> Block:
        """Return letters on a photo; those along it keep to the edge that they are aligned to."""
        before, after = text.x - old.left, old.right - text.x - text.width
        margin = max(min(before, after), 0.0) * self.by
        width = min(text.width * self.by, max(new.width - 2 * margin, 1.0))
        x = _kept((text.x, text.width), (old.left, old.width), (new.left, new.width), self.by)
        if text.width >= ALONG * old.width:
            free = new.width - 2 * margin - width
            x = new.left + margin + free * self.lettering.across(text)
        y = _kept((text.y, text.height), (old.top, old.height), (new.top, new.height), self.by)
        return self._legible(replace(scaled(text, self.by), x=x, y=y, width=width))

    def _kept_in(self, made: Block, was: Block) -> Block:
        """Return a block on its page that was all on it; letters, within its margins."""
        box = extent(made)
        if not inside(extent(was), self._sheet):
            return made
        air = MARGIN * min(self.width, self.height) if isinstance(made, Text) else 0.0
        left = min(max(box.left, air), max(self.width - air - box.width, 0.0))
        top = min(max(box.top, air), max(self.height - air - box.height, 0.0))
        return replace(made, x=made.x + left - box.left, y=made.y + top - box.top)

    def _unseen(self, block: Block) -> Block:
        across, down = self.width / self.old.width, self.height / self.old.height
        made = scaled(block, min(across, down))
        return replace(made, x=block.x * across, y=block.y * down)


def _along(
    was: tuple[float, float], old: float, new: float, by: float, edges: tuple[bool, bool]
) -> tuple[float, float]:
    """Return where something lies along a side, and how long it is, by the edges that it keeps."""
    start, size = was
    if all(edges):
        # As far beyond either edge as before.
        beyond = (start * by, (start + size - old) * by)
        return beyond[0], new + beyond[1] - beyond[0]
    if edges[0]:
        return start * by, size * by
    if edges[1]:
        return new - (old - start) * by, size * by
    middle = (start + size / 2) / old * new
    return middle - size * by / 2, size * by


def _spanned(
    was: tuple[float, float], old: tuple[float, float], new: tuple[float, float], by: float
) -> tuple[float, float] | None:
    """Return where what covers a side is on one of another length; None where it covers none."""
    before, after = old[0] - was[0], was[0] + was[1] - old[0] - old[1]
    if before < -TOUCH or after < -TOUCH:
        return None
    return new[0] - before * by, new[1] + (before + after) * by


def _one_shape(block: Block) -> bool:
    turned = bool(block.rotation) or block.keep_aspect
    return turned or isinstance(block, Group) or block.role is Role.LOGO


def _kept(
    was: tuple[float, float], old: tuple[float, float], new: tuple[float, float], by: float
) -> float:
    """Return where something begins that lies over a photo: as far from the nearer edge."""
    start, size = was
    middle = (start + size / 2 - old[0]) / max(old[1], 1.0)
    if middle < THIRD:
        return new[0] + (start - old[0]) * by
    if middle > 1 - THIRD:
        return new[0] + new[1] - (old[0] + old[1] - start) * by
    return new[0] + middle * new[1] - size * by / 2


def _rounded(block: Block) -> Block:
    """Return a block with numbers that people can read."""
    said = {name: round(getattr(block, name), DIGITS) for name in ("x", "y", "width", "height")}
    if isinstance(block, Group):
        return replace(block, **said, blocks=tuple(map(_rounded, block.blocks)))
    if isinstance(block, Text):
        runs = tuple(
            replace(run, size=None if run.size is None else round(run.size, DIGITS))
            for run in block.runs
        )
        return replace(block, **said, size=round(block.size, DIGITS), runs=runs)
    return replace(block, **said)


def hidden(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks that are not painted."""
    for block in blocks:
        yield replace(block, hidden=True)
