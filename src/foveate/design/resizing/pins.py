"""Units that are pinned to edges of their page, and keep as far from them on another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.resizing.cutting import Branch, Leaf, Node, Way
from foveate.design.resizing.parts import Kind
from foveate.design.scene.model import Pin
from foveate.design.tree import over
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.design.resizing.parts import Unit
    from foveate.design.scene.model import Page

UPRIGHT: Final = (Pin.TOP, Pin.BOTTOM)
SIDES: Final = frozenset({Pin.LEFT, Pin.TOP, Pin.RIGHT, Pin.BOTTOM})


def pinned(units: Sequence[Unit]) -> list[Unit]:
    """Return what is pinned to the top or the bottom, and may have a row for itself there."""
    found = [unit for unit in units if _edge(unit) and unit.kind is not Kind.PHOTO]
    return found if len(found) < len(units) else []


def _edge(unit: Unit) -> Pin | None:
    pins = [pin for pin in UPRIGHT if pin in unit.main.pin]
    return pins[0] if len(pins) == 1 else None


def edged(node: Node, units: Sequence[Unit]) -> Node:
    """Return all else with what is pinned in a row above it, and in one below."""
    above, below = (_row([u for u in units if _edge(u) is pin]) for pin in UPRIGHT)
    return Branch(Way.DOWN, tuple(part for part in (above, node, below) if part is not None))


def _row(units: Sequence[Unit]) -> Node | None:
    order = [Leaf(unit) for unit in sorted(units, key=lambda unit: (unit.box.left, unit.main.id))]
    if len(order) < 2:  # noqa: PLR2004 - one is no row
        return order[0] if order else None
    return Branch(Way.ACROSS, tuple(order))


def held(
    units: Sequence[Unit],
    boxes: Mapping[str, Box],
    page: Page,
    size: tuple[float, float],
    by: float,
) -> dict[str, Box]:
    """Return boxes of units, those that are pinned as far from their edges as there is room."""
    made = dict(boxes)
    for unit in units:
        others = [box for name, box in made.items() if name != unit.main.id]
        for box in _ways(unit, made[unit.main.id], page, size, by):
            if not any(over(box, other) for other in others):
                made[unit.main.id] = box
                break
    return made


def astray(
    units: Sequence[Unit],
    boxes: Mapping[str, Box],
    page: Page,
    size: tuple[float, float],
    by: float,
) -> float:
    """Return how far what is pinned is from where it should be, in sides of the page."""
    found = 0.0
    for unit in units:
        box = boxes[unit.main.id]
        for wanted in _ways(unit, box, page, size, by)[:1]:
            found += abs(wanted.left - box.left) / size[0] + abs(wanted.top - box.top) / size[1]
    return found


def _ways(unit: Unit, box: Box, page: Page, size: tuple[float, float], by: float) -> list[Box]:
    """Return where a unit may stand by its pins, the best first: by both, or by one of them."""
    if not SIDES & set(unit.main.pin):
        return []
    was, pins = unit.box, unit.main.pin
    left = _along((was.left, page.width - was.right), (box.left, box.width), size[0], by, (
        Pin.LEFT in pins, Pin.RIGHT in pins))  # fmt: skip
    top = _along((was.top, page.height - was.bottom), (box.top, box.height), size[1], by, (
        Pin.TOP in pins, Pin.BOTTOM in pins))  # fmt: skip
    places = ((left, top), (left, box.top), (box.left, top))
    return [Box(x, y, box.width, box.height) for x, y in places]


def _along(
    far: tuple[float, float],
    now: tuple[float, float],
    whole: float,
    by: float,
    pins: tuple[bool, bool],
) -> float:
    """Return where something begins that is as far from one edge as before; in its page."""
    start, length = now
    if pins[0] is pins[1]:
        return start
    wanted = far[0] * by if pins[0] else whole - far[1] * by - length
    return min(max(wanted, 0.0), max(whole - length, 0.0))
