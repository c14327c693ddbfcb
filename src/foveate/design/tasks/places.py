"""Judges of places and sizes. Each takes the blocks before and after, an id, and what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.design.tasks.views import Placed

    Views = Mapping[str, Placed]

_GROWN: Final = {"": (1.04, 1.75), "much": (1.12, 2.6), "little": (1.015, 1.35)}
_THIRD: Final = 2 / 3
_EDGE: Final = 0.12
_EXACT: Final = 0.02
MM: Final = 25.4


def _ratio(before: Placed, after: Placed) -> float:
    one, other = before.block, after.block
    if isinstance(one, Text) and isinstance(other, Text):
        return other.size / one.size
    return (other.width / one.width + other.height / one.height) / 2


def _kept_inside(before: Placed, after: Placed) -> bool:
    return after.inside_page() or not before.inside_page()


def bigger(before: Views, after: Views, name: str, *how: str) -> bool:
    """Return whether a block has grown as much as was said, and no further than its page."""
    low, high = _GROWN["".join(how)]
    one, other = before[name], after[name]
    return low <= _ratio(one, other) <= high and _kept_inside(one, other)


def smaller(before: Views, after: Views, name: str, *how: str) -> bool:
    """Return whether a block has shrunk."""
    low, high = _GROWN["".join(how)]
    return low <= 1 / max(_ratio(before[name], after[name]), _EXACT) <= high


def scale(before: Views, after: Views, name: str, factor: str) -> bool:
    """Return whether a block has grown by a factor."""
    return abs(_ratio(before[name], after[name]) - float(factor)) <= _EXACT


def at(before: Views, after: Views, name: str, *where: str) -> bool:
    """Return whether a block lies in a part of its page."""
    other = after[name]
    page, (x, y) = other.page, other.middle
    right, bottom = other.x + other.block.width, other.y + other.block.height
    across = {
        "left": x <= page.width * (1 - _THIRD) or other.x <= page.width * _EDGE,
        "right": x >= page.width * _THIRD or right >= page.width * (1 - _EDGE),
        "top": y <= page.height * (1 - _THIRD) or other.y <= page.height * _EDGE,
        "bottom": y >= page.height * _THIRD or bottom >= page.height * (1 - _EDGE),
        "center": abs(x - page.width / 2) <= page.width * _EXACT
        and (len(where) > 1 or abs(y - page.height / 2) <= page.height * _EXACT),
    }
    return all(across[word] for word in where) and _kept_inside(before[name], after[name])


def toward(before: Views, after: Views, name: str, side: str) -> bool:
    """Return whether a block has moved to one side, and to none else."""
    dx, dy = _moved(before[name], after[name])
    along, across = (dx, dy) if side in {"left", "right"} else (dy, dx)
    forward = along > 0 if side in {"right", "down"} else along < 0
    return forward and across == 0 and _kept_inside(before[name], after[name])


def _moved(before: Placed, after: Placed) -> tuple[float, float]:
    return after.x - before.x, after.y - before.y


def shift(before: Views, after: Views, name: str, x: str, y: str) -> bool:
    """Return whether a block has moved by pixels."""
    dx, dy = _moved(before[name], after[name])
    slack = 0.5
    return abs(dx - float(x)) <= slack and abs(dy - float(y)) <= slack


def center(before: Views, after: Views, name: str, axis: str) -> bool:
    """Return whether the middle of a block is that of its page, along one axis."""
    one, page = after[name], after[name].page
    place = (one.middle[0] / page.width, one.middle[1] / page.height)[axis == "y"]
    return abs(place - 0.5) <= _EXACT / 2 and _kept_inside(before[name], after[name])


def swap(before: Views, after: Views, one: str, other: str) -> bool:
    """Return whether each lies where the other lay."""
    return after[one].holds(before[other].middle) and after[other].holds(before[one].middle)


def front(before: Views, after: Views, name: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether a block is painted last of its siblings."""
    mine = after[name]
    return all(each.painted <= mine.painted for each in _siblings(after, mine))


def back(before: Views, after: Views, name: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether a block is painted before its siblings, but for what covers the page."""
    mine = after[name]
    covers = mine.page.width * mine.page.height
    others = [
        each
        for each in _siblings(after, mine)
        if each.block.width * each.block.height < covers * 0.7 and not each.block.locked
    ]
    return all(each.painted >= mine.painted for each in others)


def _siblings(views: Views, mine: Placed) -> Sequence[Placed]:
    return [each for each in views.values() if each.parent == mine.parent]


def wider(before: Views, after: Views, name: str) -> bool:
    """Return whether a block has become wider."""
    return after[name].block.width > before[name].block.width * 1.04


def width(before: Views, after: Views, name: str, pixels: str) -> bool:  # noqa: ARG001 - as all
    """Return whether a block is as wide as was said."""
    return abs(after[name].block.width - float(pixels)) <= 1
