"""What leads a page and what ends it: its largest photo, its title, its small print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.cutting import (
    Branch,
    Leaf,
    Node,
    Way,
    captioned,
    flattened,
    leaves,
    mirrored,
)
from foveate.design.resizing.parts import Kind
from foveate.design.scene.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.resizing.parts import Unit

PAIR: Final = 0.7
"""Of the largest photo, that others are which are as good: then none stands for itself."""
MOSTLY: Final = 0.5
"""Of a part, that a photo has whose part it is."""
KEPT: Final = 0.3
"""What it costs, that what is first or last keeps its place across all others."""
OTHER: Final = {Way.ACROSS: Way.DOWN, Way.DOWN: Way.ACROSS}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A way in which units may stand."""

    node: Node
    changes: float
    """How far it is from that of the design."""
    turned: bool = False
    """Whether bands of the top and the bottom are at the sides, or the other way round."""


def with_hero(given: Arrangement, *, from_right: bool) -> Iterator[Arrangement]:
    """Yield a page as it is, and with its largest photo beside all else, or above it."""
    yield given
    root = given.node
    if isinstance(root, Leaf):
        return
    parts = _of_rows(root, from_right=from_right)
    photos = [part for part in parts if _is_photo(part)]
    if not photos or len(parts) < 3:  # noqa: PLR2004 - of two, each is beside the other
        return
    hero = max(photos, key=_area)
    if any(part is not hero and _area(part) >= PAIR * _area(hero) for part in photos):
        return
    rest = _less(root, hero)
    # What is read first still is: a photo comes before the rest if it did.
    way = OTHER[root.way]
    order = (hero, rest) if parts.index(hero) == 0 else (rest, hero)
    standing = mirrored(way, order, from_right=from_right)
    yield Arrangement(Branch(way, standing), given.changes + 1)


def _of_rows(root: Branch, *, from_right: bool) -> list[Node]:
    """Return the parts of a page as they are read, those of its rows or columns instead of them."""
    return [
        each
        for part in mirrored(root.way, root.parts, from_right=from_right)
        for each in (
            mirrored(part.way, part.parts, from_right=from_right)
            if isinstance(part, Branch) and not _whole(part)
            else (part,)
        )
    ]


def _whole(part: Branch) -> bool:
    """Return whether a part is taken as one: a photo with its line, or several photos."""
    return captioned(part) or (_is_photo(part) and len(_photos(part)) > 1)


def _photos(part: Node) -> list[Unit]:
    return [unit for unit in leaves(part) if unit.kind is Kind.PHOTO]


def _is_photo(part: Node) -> bool:
    """Return whether a part is a photo, or most of it is photos."""
    if isinstance(part, Leaf):
        return part.unit.kind is Kind.PHOTO
    return sum(_area(Leaf(unit)) for unit in _photos(part)) >= MOSTLY * _area(part)


def _area(part: Node) -> float:
    return part.box.width * part.box.height


def _less(branch: Branch, hero: Node) -> Node:
    """Return a part without one of its own, or of its rows' and columns'."""
    parts = [
        _less(part, hero) if isinstance(part, Branch) and hero in part.parts else part
        for part in branch.parts
        if part is not hero
    ]
    return parts[0] if len(parts) == 1 else flattened(Branch(branch.way, tuple(parts)))


def with_ends(given: Arrangement) -> Iterator[tuple[Arrangement, int, int]]:
    """Yield how many of a column's first and last parts stay across all that is parted."""
    yield given, 0, 0
    root = given.node
    if isinstance(root, Leaf) or root.way is not Way.DOWN:
        return
    heads, feet = _heads_of(root.parts), _feet_of(root.parts)
    for first, last in ((heads, 0), (0, feet), (heads, feet)):
        if (first or last) and first + last < len(root.parts) - 1:
            cost = KEPT * (bool(first) + bool(last))
            yield Arrangement(root, given.changes + cost), first, last


def _heads_of(parts: Sequence[Node]) -> int:
    """Return how many of a column's first parts are its title, or a row of small things."""
    row = isinstance(parts[0], Branch) and not any(
        unit.kind is Kind.PHOTO for unit in leaves(parts[0])
    )
    roles = [part.unit.main.role if isinstance(part, Leaf) else Role.NONE for part in parts]
    count = int(row)
    while count < len(parts) and roles[count] in {Role.TITLE, Role.SUBTITLE, Role.LOGO}:
        count += 1
    return count


def _feet_of(parts: Sequence[Node]) -> int:
    """Return how many of a column's last parts are small print, and the rule over it."""
    count = 0
    while count < len(parts) and _is_foot(parts[-1 - count]):
        count += 1
    return count if any(_legal(part) for part in parts[len(parts) - count :]) else 0


def _is_foot(part: Node) -> bool:
    return _legal(part) or (isinstance(part, Leaf) and part.unit.kind is Kind.RULE)


def _legal(part: Node) -> bool:
    return any(unit.main.role is Role.LEGAL for unit in leaves(part)) and not any(
        unit.main.role in {Role.TITLE, Role.BUTTON, Role.PRICE} or unit.kind is Kind.PHOTO
        for unit in leaves(part)
    )
