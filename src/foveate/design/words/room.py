"""Room on a page: how far a block may grow or move, not over the page's edge or its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.words.answer import CannotBe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.design.scene.model import Block
    from foveate.design.tree import Spot

MARGIN: Final = 0.04
"""Of a page's shorter side, that stays free at its edges where it is free now."""
_TOUCHING: Final = 0.5
"""Pixels by which boxes may lie over each other, and not be said to."""
_ANCHORS: Final = tuple((x, y) for x in (0.5, 0.0, 1.0) for y in (0.5, 1.0, 0.0))
"""Shares of a block's box that stay where they are while it grows, the best first."""
_STEPS: Final = 12
_LEAST: Final = 0.04
"""Of its size, by which a block grows or is not said to have grown."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in the plane of a block's parent."""

    x: float
    y: float
    width: float
    height: float

    def over(self, other: Area) -> bool:
        """Return whether two lie over each other."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        along = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return across > _TOUCHING and along > _TOUCHING

    def within(self, other: Area) -> bool:
        """Return whether nothing of it is outside of another."""
        slack = 1e-6
        return (
            self.x >= other.x - slack
            and self.y >= other.y - slack
            and self.x + self.width <= other.x + other.width + slack
            and self.y + self.height <= other.y + other.height + slack
        )


def area(block: Block) -> Area:
    """Return the box of a block."""
    return Area(block.x, block.y, block.width, block.height)


def neighbours(spot: Spot) -> list[Area]:
    """Return the boxes of what lies beside a block, and neither over nor under it."""
    mine = area(spot.block)
    boxes = [
        area(each)
        for each in spot.parent.blocks
        if each.id != spot.block.id and not each.hidden
    ]  # fmt: skip
    return [box for box in boxes if not box.over(mine)]


def bounds(spot: Spot, *, margin: bool = True) -> Area:
    """Return the page as its parent sees it, without the margin that the block leaves now."""
    page, box = spot.page, spot.block
    edge = MARGIN * min(page.width, page.height) if margin else 0.0
    left, top = spot.dx + box.x, spot.dy + box.y
    right, bottom = page.width - left - box.width, page.height - top - box.height
    free = [min(edge, side) for side in (left, top, right, bottom)]
    return Area(
        free[0] - spot.dx,
        free[1] - spot.dy,
        page.width - free[0] - free[2],
        page.height - free[1] - free[3],
    )


def grown(
    spot: Spot, factor: float, boxes: Callable[[float], Sequence[tuple[float, float]]]
) -> tuple[float, Area]:
    """Return by how much a block can grow, at most by `factor`, and where it lies then.

    `boxes` says what sizes of box a growth may have, the best first. Raises CannotBe.
    """
    page, others, mine = bounds(spot), neighbours(spot), area(spot.block)
    for step in range(_STEPS, 0, -1):
        share = 1 + (factor - 1) * step / _STEPS
        if share < 1 + _LEAST * (factor > 1 + _LEAST):
            break
        for size in boxes(share):
            for box in _placed(mine, *size):
                if box.within(page) and not any(box.over(other) for other in others):
                    return share, box
    raise CannotBe("There is no room for it to grow: it would go over its neighbours or the page.")


def _placed(mine: Area, width: float, height: float) -> Iterator[Area]:
    for x, y in _ANCHORS:
        left = mine.x - (width - mine.width) * x
        top = mine.y - (height - mine.height) * y
        yield Area(left, top, width, height)


def clamped(box: Area, page: Area) -> Area:
    """Return a box moved so that it lies within a page, as far as it can."""
    x = min(max(box.x, page.x), max(page.x, page.x + page.width - box.width))
    y = min(max(box.y, page.y), max(page.y, page.y + page.height - box.height))
    return Area(x, y, box.width, box.height)


def free_along(box: Area, others: Sequence[Area], x: float, y: float) -> Area:
    """Return a box moved by x and y, or as far as it does not go over others; all the way if none.

    Who is told to move a little where there is no room at all moves nevertheless.
    """
    for step in range(_STEPS, _STEPS // 3, -1):
        share = step / _STEPS
        moved = Area(box.x + x * share, box.y + y * share, box.width, box.height)
        if not any(moved.over(other) for other in others):
            return moved
    return Area(box.x + x, box.y + y, box.width, box.height)
