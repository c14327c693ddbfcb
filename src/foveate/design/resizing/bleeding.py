"""Photos that run to the edges of their page, and still do on one of another size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import Kind, edges_of
from foveate.design.tree import over
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.resizing.margins import Room
    from foveate.design.resizing.parts import Parts
    from foveate.design.scene.model import Page

EDGES: Final = 2
"""Of its page, to which a photo runs that bleeds."""
NEAR: Final = 1.0


def bled(
    parts: Parts,
    boxes: Mapping[str, Box],
    room: Room,
    page: Page,
    size: tuple[float, float],
) -> dict[str, Box]:
    """Return boxes of units, those of photos that bleed as far as the edges where they may."""
    made = dict(boxes)
    for unit in parts.units:
        if unit.kind is Kind.PHOTO and sum(edges_of(unit.own, page)) >= EDGES:
            mine = made[unit.main.id]
            grown = _grown(mine, room.new, size)
            others = [box for name, box in made.items() if name != unit.main.id]
            if not any(over(grown, other) for other in others):
                made[unit.main.id] = grown
    return made


def _grown(box: Box, room: Box, size: tuple[float, float]) -> Box:
    left = 0.0 if box.left <= room.left + NEAR else box.left
    top = 0.0 if box.top <= room.top + NEAR else box.top
    right = size[0] if box.right >= room.right - NEAR else box.right
    bottom = size[1] if box.bottom >= room.bottom - NEAR else box.bottom
    return Box(left, top, right - left, bottom - top)
