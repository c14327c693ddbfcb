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
    def seen(self) -> bool:
        """Return whether neither it nor a group around it is hidden or without opacity."""
        return all(not each.hidden and each.opacity > 0 for each in (self.block, *self.groups))

    @property
    def box(self) -> Box:
        """Return the least upright box on the page that holds its own."""
        return on_page(
            Box(0, 0, self.block.width, self.block.height), within(self.plane, self.block)
        )


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


def replaced(scene: Scene, blocks: Mapping[str, Block]) -> Scene:
    """Return the scene with other blocks in the places of some, by their ids."""
    return mapped(scene, lambda block: blocks.get(block.id, block))


def mapped(scene: Scene, change: Callable[[Block], Block]) -> Scene:
    """Return the scene with every block changed."""
    pages = (
        replace(page, blocks=tuple(_mapped(b, change) for b in page.blocks)) for page in scene.pages
    )
    return replace(scene, pages=tuple(pages))


def _mapped(block: Block, change: Callable[[Block], Block]) -> Block:
    found = change(block)
    if isinstance(found, Group):
        return replace(found, blocks=tuple(_mapped(each, change) for each in found.blocks))
    return found


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
