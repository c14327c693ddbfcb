"""A scene's blocks, where they lie on their page, and the scene with some of them replaced."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Block, Group, Page, Scene
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: x and y become a x + c y + e and b x + d y + f, as in SVG."""
STILL: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A block, the groups that it is in, and how their plane lies on the page."""

    block: Block
    page: Page
    groups: tuple[Group, ...] = ()
    plane: Matrix = STILL

    @property
    def parent(self) -> Page | Group:
        """Return in what it is."""
        return self.groups[-1] if self.groups else self.page

    @property
    def locked(self) -> bool:
        """Return whether it or a group around it is not to be changed."""
        return self.block.locked or any(each.locked for each in self.groups)

    @property
    def fixed(self) -> bool:
        """Return whether it, a group around it, or a block in it is not to be changed."""
        return self.locked or _any_locked(self.block)

    @property
    def dx(self) -> float:
        """Return where the left of its parent's plane is on the page."""
        return self.plane[4]

    @property
    def dy(self) -> float:
        """Return where the top of its parent's plane is on the page."""
        return self.plane[5]

    @property
    def middle(self) -> tuple[float, float]:
        """Return its middle on the page."""
        box = self.box
        return box.left + box.width / 2, box.top + box.height / 2

    @property
    def seen(self) -> bool:
        """Return whether neither it nor a group around it is hidden or without opacity."""
        return all(not each.hidden and each.opacity > 0 for each in (self.block, *self.groups))

    @property
    def box(self) -> Box:
        """Return the least upright box on the page that holds its own."""
        return on_page(
            Box(0, 0, self.block.width, self.block.height), within(self.plane, self.block)
        )


def _any_locked(block: Block) -> bool:
    inside = block.blocks if isinstance(block, Group) else ()
    return block.locked or any(map(_any_locked, inside))


def within(plane: Matrix, block: Block) -> Matrix:
    """Return how the plane of a block's own box lies, from how that of its parent does."""
    turn = math.radians(block.rotation)
    cos, sin = (math.cos(turn), math.sin(turn)) if block.rotation else (1.0, 0.0)
    middle_x, middle_y = block.width / 2, block.height / 2
    e = block.x + middle_x - cos * middle_x + sin * middle_y
    f = block.y + middle_y - sin * middle_x - cos * middle_y
    return product(plane, (cos, sin, -sin, cos, e, f))


def product(outer: Matrix, inner: Matrix) -> Matrix:
    """Return one plane that lies in another.

    >>> product((1, 0, 0, 1, 10, 20), (2, 0, 0, 2, 1, 1))
    (2, 0, 0, 2, 11, 21)
    """
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (
        a * p + c * q, b * p + d * q,
        a * r + c * s, b * r + d * s,
        a * t + c * u + e, b * t + d * u + f,
    )  # fmt: skip


def on_page(box: Box, plane: Matrix) -> Box:
    """Return the least upright box that holds one of a plane."""
    a, b, c, d, e, f = plane
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x in (box.left, box.right)
        for y in (box.top, box.bottom)
    ]
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    right, bottom = (max(corner[axis] for corner in corners) for axis in (0, 1))
    return Box(left, top, right - left, bottom - top)


def spots(scene: Scene) -> dict[str, Spot]:
    """Return every block by its id, in the order in which they are written."""
    return {spot.block.id: spot for page in scene.pages for spot in spots_of(page)}


def spots_of(page: Page) -> Iterator[Spot]:
    """Yield every block of a page."""
    yield from _spots(page.blocks, page, (), STILL)


def _spots(
    blocks: Iterable[Block], page: Page, groups: tuple[Group, ...], plane: Matrix
) -> Iterator[Spot]:
    for block in blocks:
        yield Spot(block, page, groups, plane)
        if isinstance(block, Group):
            yield from _spots(block.blocks, page, (*groups, block), within(plane, block))


def extent(block: Block, plane: Matrix = STILL) -> Box:
    """Return the box on its page of all that a block shows: of a group, of what is in it."""
    inner = within(plane, block)
    shown = [each for each in block.blocks if not each.hidden] if isinstance(block, Group) else []
    if shown:
        return Box.covering([extent(each, inner) for each in shown])
    return on_page(Box(0, 0, block.width, block.height), inner)


def replaced(scene: Scene, blocks: Mapping[str, Block | None]) -> Scene:
    """Return the scene with other blocks in the places of some, by their ids; None takes one out.

    What is in a group that another one replaces is as that one has it.
    """

    def change(block: Block) -> tuple[Block, ...]:
        new = blocks.get(block.id, block)
        if new is block and isinstance(block, Group):
            new = replace(block, blocks=tuple(_each(block.blocks, change)))
        return () if new is None else (new,)

    return _with_blocks(scene, change)


def mapped(scene: Scene, change: Callable[[Block], Block]) -> Scene:
    """Return the scene with every block changed, groups before what is in them."""

    def changed(block: Block) -> tuple[Block]:
        found = change(block)
        if isinstance(found, Group):
            found = replace(found, blocks=tuple(_each(found.blocks, changed)))
        return (found,)

    return _with_blocks(scene, changed)


def after(scene: Scene, name: str, new: Block) -> Scene:
    """Return the scene with a new block behind another one, in document order."""

    def followed(block: Block) -> tuple[Block, ...]:
        if isinstance(block, Group):
            block = replace(block, blocks=tuple(_each(block.blocks, followed)))
        return (block, new) if block.id == name else (block,)

    return _with_blocks(scene, followed)


def with_page(scene: Scene, page: Page) -> Scene:
    """Return the scene with a page in the place of that of its id."""
    return replace(scene, pages=tuple(page if each.id == page.id else each for each in scene.pages))


def _with_blocks(scene: Scene, change: Callable[[Block], tuple[Block, ...]]) -> Scene:
    pages = (replace(page, blocks=tuple(_each(page.blocks, change))) for page in scene.pages)
    return replace(scene, pages=tuple(pages))


def _each(blocks: Iterable[Block], change: Callable[[Block], tuple[Block, ...]]) -> Iterator[Block]:
    return (new for block in blocks for new in change(block))


def painted(page: Page) -> list[Spot]:
    """Return what is seen of a page, groups aside, in the order in which it is painted."""
    return list(_painted(page.blocks, page, (), STILL))


def _painted(
    blocks: Iterable[Block], page: Page, groups: tuple[Group, ...], plane: Matrix
) -> Iterator[Spot]:
    for block in sorted(blocks, key=lambda each: each.z):
        if block.hidden or block.opacity <= 0:
            continue
        if isinstance(block, Group):
            yield from _painted(block.blocks, page, (*groups, block), within(plane, block))
        else:
            yield Spot(block, page, groups, plane)


def over(one: Box, other: Box, slack: float = 0.5) -> bool:
    """Return whether two boxes lie over each other by more than a few pixels.

    >>> over(Box(0, 0, 10, 10), Box(9, 9, 10, 10)), over(Box(0, 0, 10, 10), Box(10, 0, 10, 10))
    (True, False)
    """
    across = min(one.right, other.right) - max(one.left, other.left)
    along = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > slack and along > slack
