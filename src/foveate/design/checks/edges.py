"""Edges: nothing goes beyond its page that did not; what does is moved in, or made smaller."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.checks.model import Found
from foveate.design.scaling import scaled
from foveate.design.scene.model import Group, Role
from foveate.design.tree import STILL, Spot, extent, mapped, spots, within
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.design.checks.model import Case
    from foveate.design.scene.model import Block, Page, Scene
    from foveate.design.tree import Matrix

SLACK: Final = 0.5
"""Pixels by which something may be beyond, and nobody says so."""
BLEEDS: Final = frozenset({Role.BACKGROUND, Role.DECORATION})
"""What may be cut by the page, as long as some of it is seen."""
_SHAPE: Final = ("x", "y", "width", "height", "rotation")


def check(case: Case) -> Iterator[Found]:
    """Return blocks that are beyond their page by more than they were."""
    for spot, by in _beyond(case):
        whole = "is not on its page" if by == float("inf") else f"is {by:.0f} px beyond its page"
        page = spot.page
        sentence = (
            f"{spot.block.id} {whole}: expected it within {page.width:.0f} x {page.height:.0f}."
        )
        yield Found(spot.block.id, sentence)


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with those blocks moved in, those too large shrunk about their middle."""
    del found
    moved = {spot.block.id: _brought_in(spot) for spot, _ in _beyond(case)}
    return mapped(case.after, lambda block: moved.get(block.id, block))


def _beyond(case: Case) -> Iterator[tuple[Spot, float]]:
    old = spots(case.before)
    sizes = {page.id: (page.width, page.height) for page in case.before.pages}
    for page in case.after.pages:
        same = sizes.get(page.id) == (page.width, page.height)
        yield from _of(page.blocks, page, (), STILL, old if same else {})


def _of(
    blocks: Iterable[Block],
    page: Page,
    groups: tuple[Group, ...],
    plane: Matrix,
    old: dict[str, Spot],
) -> Iterator[tuple[Spot, float]]:
    for block in blocks:
        spot, was = Spot(block, page, groups, plane), old.get(block.id)
        if block.hidden:
            continue
        if isinstance(block, Group) and was is not None and _stays(block, was.block):
            yield from _of(block.blocks, page, (*groups, block), within(plane, block), old)
            continue
        by = beyond(spot)
        before = beyond(was) if was is not None else 0.0
        if by > before + SLACK:
            yield spot, by


def _stays(one: Block, other: Block) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SHAPE)


def beyond(spot: Spot) -> float:
    """Return by how many pixels a block is beyond its page; infinity for all of it."""
    box, page = extent(spot.block, spot.plane), spot.page
    if box.left >= page.width or box.top >= page.height or box.right <= 0 or box.bottom <= 0:
        return float("inf")
    if spot.block.role in BLEEDS:
        return 0.0
    return max(0.0, -box.left, -box.top, box.right - page.width, box.bottom - page.height)


def _brought_in(spot: Spot) -> Block:
    block, page = spot.block, spot.page
    box = extent(block, spot.plane)
    less = min(1.0, page.width / max(box.width, 1e-9), page.height / max(box.height, 1e-9))
    if less < 1:
        block = shrunk(block, less)
        box = extent(block, spot.plane)
    inside = clamped(box, page)
    return shifted(block, spot.plane, inside.left - box.left, inside.top - box.top)


def shrunk(block: Block, by: float) -> Block:
    """Return a block made smaller about the middle of its box, with its letters and strokes."""
    made = scaled(block, by)
    return replace(
        made,
        x=block.x + (block.width - made.width) / 2,
        y=block.y + (block.height - made.height) / 2,
    )


def shifted(block: Block, plane: Matrix, x: float, y: float) -> Block:
    """Return a block moved by pixels of the page; planes are turned, never stretched."""
    a, b, c, d, *_ = plane
    return replace(block, x=block.x + a * x + b * y, y=block.y + c * x + d * y)


def clamped(box: Box, page: Page) -> Box:
    """Return a box moved into a page, as far as it can be."""
    left = min(max(box.left, 0.0), max(page.width - box.width, 0.0))
    top = min(max(box.top, 0.0), max(page.height - box.height, 0.0))
    return Box(left, top, box.width, box.height)
