"""A scene's blocks where they lie, and the scene with some of them replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foveate.design.scene.model import Block, Group, Page, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Parent = Page | Group


@dataclass(frozen=True, slots=True)
class Spot:
    """A block, where its parent's corner lies on the page, and in what groups it is."""

    block: Block
    page: Page
    groups: tuple[Group, ...]
    dx: float
    dy: float

    @property
    def locked(self) -> bool:
        """Return whether it, or a group in which it is, or a block in it is not to be changed."""
        return any(each.locked for each in self.groups) or _any_locked(self.block)

    @property
    def parent(self) -> Parent:
        """Return in what it is."""
        return self.groups[-1] if self.groups else self.page

    @property
    def middle(self) -> tuple[float, float]:
        """Return its middle on the page."""
        block = self.block
        return self.dx + block.x + block.width / 2, self.dy + block.y + block.height / 2


def _any_locked(block: Block) -> bool:
    inside = block.blocks if isinstance(block, Group) else ()
    return block.locked or any(map(_any_locked, inside))


def spots(scene: Scene) -> dict[str, Spot]:
    """Return every block by its id, in document order."""
    return {
        spot.block.id: spot
        for page in scene.pages
        for spot in _spots(page, page, (), 0.0, 0.0)
    }  # fmt: skip


def _spots(
    parent: Parent, page: Page, groups: tuple[Group, ...], dx: float, dy: float
) -> Iterator[Spot]:
    for block in parent.blocks:
        yield Spot(block, page, groups, dx, dy)
        if isinstance(block, Group):
            yield from _spots(block, page, (*groups, block), dx + block.x, dy + block.y)


def replaced(scene: Scene, blocks: Mapping[str, Block | None]) -> Scene:
    """Return the scene with other blocks in the places of some; None takes one out."""
    pages = (replace(page, blocks=_replaced(page.blocks, blocks)) for page in scene.pages)
    return replace(scene, pages=tuple(pages))


def _replaced(inside: tuple[Block, ...], blocks: Mapping[str, Block | None]) -> tuple[Block, ...]:
    found = []
    for block in inside:
        new = blocks.get(block.id, block)
        if isinstance(new, Group) and new is block:
            new = replace(new, blocks=_replaced(new.blocks, blocks))
        if new is not None:
            found.append(new)
    return tuple(found)


def after(scene: Scene, name: str, new: Block) -> Scene:
    """Return the scene with a new block behind another one, in document order."""
    pages = (replace(page, blocks=_after(page.blocks, name, new)) for page in scene.pages)
    return replace(scene, pages=tuple(pages))


def _after(inside: tuple[Block, ...], name: str, new: Block) -> tuple[Block, ...]:
    found: list[Block] = []
    for block in inside:
        deeper = isinstance(block, Group)
        found.append(
            replace(block, blocks=_after(block.blocks, name, new)) if deeper else block  # type: ignore[attr-defined,call-arg]
        )
        if block.id == name:
            found.append(new)
    return tuple(found)


def with_page(scene: Scene, page: Page) -> Scene:
    """Return the scene with a page in the place of that of its id."""
    return replace(scene, pages=tuple(page if each.id == page.id else each for each in scene.pages))
