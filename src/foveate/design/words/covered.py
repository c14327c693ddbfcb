"""What lies over what, or is not seen, since an edit: told, for nobody asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Group, Picture, Role, Text
from foveate.design.tones import contrast
from foveate.design.tree import spots
from foveate.design.words.described import fill_colours
from foveate.design.words.edits.looks import behind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.design.scene.model import Scene
    from foveate.design.tree import Spot

_FAINT: Final = 1.5
"""Contrast, below which letters are taken for what they stand on."""
_TOUCHING: Final = 1.0
"""Pixels by which boxes may lie over each other, and not be said to."""


def newly(before: Scene, after: Scene, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of ids of which the first lies over the second now, and did not."""
    old, new = spots(before), spots(after)
    moved = [name for name in ids if name in old and name in new and old[name].box != new[name].box]
    return [
        (name, other)
        for name in moved
        for other, spot in new.items()
        if _is_seen(spot)
        and _apart(new[name], spot)
        and _over(new[name], spot)
        and not (other in old and _over(old[name], old[other]))
    ]


def told(before: Scene, after: Scene, ids: Iterable[str]) -> str:
    """Return that as a sentence; empty where nothing is so."""
    placed = spots(after)
    others = dict.fromkeys(other for _, other in newly(before, after, ids))
    names = [placed[each].block.name or each for each in others]
    return f" It lies over {' and '.join(f'“{each}”' for each in names)} now." if names else ""


def faint(before: Scene, after: Scene) -> str:
    """Return as a sentence which logos of letters are hardly seen now; empty for none.

    Checks leave their colours as they are, since those are the brand's.
    """
    old, new = spots(before), spots(after)
    names = [
        spot.block.name or name
        for name, spot in new.items()
        if name in old and _contrast(spot, new) < _FAINT <= _contrast(old[name], old)
    ]
    return (
        f" {' and '.join(f'“{each}”' for each in names)} can hardly be seen now." if names else ""
    )


def _contrast(spot: Spot, placed: dict[str, Spot]) -> float:
    text = spot.block
    if not isinstance(text, Text) or text.role not in {Role.LOGO, Role.DECORATION}:
        return 21.0
    ground = fill_colours(text.fill) or behind(spot, placed)
    return min(contrast(text.colour, each) for each in ground)


def _is_seen(spot: Spot) -> bool:
    return (
        spot.seen
        and isinstance(spot.block, Text | Picture | Group)
        and spot.block.role is not Role.BACKGROUND
    )


def _apart(one: Spot, other: Spot) -> bool:
    """Return whether two are not one, nor one in the other."""
    if one.page.id != other.page.id or one.block.id == other.block.id:
        return False
    around = {group.id for group in one.groups} | {group.id for group in other.groups}
    return one.block.id not in around and other.block.id not in around


def _over(one: Spot, other: Spot) -> bool:
    a, b = one.box, other.box
    across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    along = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    return across > _TOUCHING and along > _TOUCHING
