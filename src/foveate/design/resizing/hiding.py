"""What is hidden where there is no room for all, and what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.resizing.cutting import captions
from foveate.design.resizing.parts import Kind, headed
from foveate.design.scene.model import Group, Role, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.design.resizing.parts import Parts, Unit
    from foveate.design.scene.model import Block

WEIGHTS: Final = {
    Role.DECORATION: 0,
    Role.NONE: 2,
    Role.BODY: 3,
    Role.LEGAL: 4,
    Role.SUBTITLE: 5,
    Role.PHOTO: 7,
    Role.LOGO: 8,
    Role.PRICE: 8,
    Role.BUTTON: 9,
    Role.TITLE: 10,
}
"""What stays longest where there is no room for all."""
PLAIN: Final = frozenset({Role.NONE, Role.BODY})
"""Headings that go with what they head; a title stays."""
NEEDED: Final = 7
"""From which weight on a unit is never hidden."""


def going(found: Parts, unit: Unit) -> list[Unit]:
    """Return what is hidden with a unit: what stood in its row and is like it, and headings."""
    row = [unit, *(each for each in found.units if each is not unit and _alike(unit, each))]
    heads = [head for each in row for head in _heading(found, each)]
    return list({each.main.id: each for each in (*row, *heads)}.values())


def _alike(one: Unit, other: Unit) -> bool:
    """Return whether words stand in one row with others that look the same."""
    mine, its = one.main, other.main
    if not (isinstance(mine, Text) and isinstance(its, Text)) or its.locked:
        return False
    if one.kind is not Kind.WORDS or other.kind is not Kind.WORDS or mine.role not in PLAIN:
        return False
    same = mine.role is its.role and mine.size == its.size and mine.weight == its.weight
    return same and one.box.top < other.box.bottom and other.box.top < one.box.bottom


def _heading(found: Parts, unit: Unit) -> list[Unit]:
    """Return the heading of a unit, that heads nothing else, and says nothing of an icon."""
    free = [each for each in found.units if not each.locked and each.main.role in PLAIN]
    heads = [each for each in free if headed(each, unit)]
    others = [each for each in found.units if each is not unit]
    return [
        head
        for head in heads
        if not any(headed(head, other) or captions((other, head)) for other in others)
    ]


def least_needed(found: Parts, units: Iterable[Unit]) -> Unit | None:
    """Return which of some units is hidden first; None where all of them are needed."""
    free = [unit for unit in units if not unit.locked and _weight(unit.blocks) < NEEDED]
    if not free or len(found.units) == 1:
        return None
    order = {unit.main.id: place for place, unit in enumerate(found.units)}
    return min(free, key=lambda u: (WEIGHTS.get(u.main.role, 2), -order[u.main.id]))


def _weight(blocks: Iterable[Block]) -> int:
    """Return how long the weightiest of some blocks stays, and of what is in their groups."""
    found = [WEIGHTS.get(block.role, 2) for block in blocks]
    inside = [_weight(block.blocks) for block in blocks if isinstance(block, Group)]
    return max(found + inside, default=0)
