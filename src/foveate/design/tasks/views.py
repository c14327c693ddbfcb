"""A scene flat, for judges: every block by its id, where it lies on its page."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from foveate.design.scene.model import Block, Group, Page, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, its page, and its top left corner on that."""

    block: Block
    page: Page
    parent: str
    x: float
    y: float
    painted: int
    """How many of its siblings are painted before it."""

    @property
    def middle(self) -> tuple[float, float]:
        """Return its middle on its page."""
        return self.x + self.block.width / 2, self.y + self.block.height / 2

    def holds(self, point: tuple[float, float]) -> bool:
        """Return whether a point of the page lies in its box."""
        inside = self.x <= point[0] <= self.x + self.block.width
        return inside and self.y <= point[1] <= self.y + self.block.height

    def inside_page(self) -> bool:
        """Return whether nothing of its box is beyond its page."""
        right, bottom = self.x + self.block.width, self.y + self.block.height
        slack = 0.5
        return (
            self.x >= -slack
            and self.y >= -slack
            and right <= self.page.width + slack
            and bottom <= self.page.height + slack
        )


def view(scene: Scene) -> dict[str, Placed]:
    """Return every block of a scene by its id, in document order."""
    placed: dict[str, Placed] = {}
    for page in scene.pages:
        placed.update(_inside(page, page, page.id, 0.0, 0.0))
    return placed


def _inside(
    parent: Page | Group, page: Page, name: str, x: float, y: float
) -> Iterator[tuple[str, Placed]]:
    order = sorted(range(len(parent.blocks)), key=lambda at: parent.blocks[at].z)
    for at, block in enumerate(parent.blocks):
        left, top = x + block.x, y + block.y
        yield block.id, Placed(block, page, name, left, top, order.index(at))
        if isinstance(block, Group):
            yield from _inside(block, page, block.id, left, top)


def under(views: Mapping[str, Placed], name: str) -> set[str]:
    """Return a block's id and those of all within it."""
    found = {name}
    for each, placed in views.items():
        if placed.parent in found:
            found.add(each)
    return found


def changed_fields(before: Block, after: Block) -> set[str]:
    """Return the names of the fields that differ, but for what stands inside a group."""
    if type(before) is not type(after):
        return {"element"}
    names = [each.name for each in fields(before) if each.name != "blocks"]
    return {name for name in names if _value(before, name) != _value(after, name)}


def _value(block: Block, name: str) -> Any:  # noqa: ANN401 - of any field
    return getattr(block, name)
