"""The room that units have on a page: what its margins and frames leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import Kind, edges_of
from foveate.design.tree import extent
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from foveate.design.resizing.parts import Parts
    from foveate.design.scene.model import Page

LEAST: Final = 0.04
MOST: Final = 0.09
"""Of a page's shorter side, that margins are."""
MOST_FRAME: Final = 0.08
BAR: Final = 0.25
"""Of a page's side: what is wider, and keeps to an edge, is no bar beside which all stands."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where units were, where they are to be, and where frames are."""

    old: Box
    new: Box
    frames: dict[str, Box]


def room(parts: Parts, page: Page, width: float, height: float, by: float) -> Room:
    """Return the room of a page of another size, in which lengths are `by` times as long."""
    outer_old, outer_new = Box(0, 0, page.width, page.height), Box(0, 0, width, height)
    short = min(width, height)
    frames = {}
    for frame in parts.frames:
        box = extent(frame)
        insets = _insets(outer_old, box)
        outer_new = _inset(
            outer_new, [min(max(each * by, 0.0), MOST_FRAME * short) for each in insets]
        )
        outer_old = box
        frames[frame.id] = outer_new
    old = _of_units(parts, page, outer_old)
    insets = _insets(outer_old, old)
    bars = _bars(parts, page, by) if not parts.frames else (0.0,) * 4
    sides = [
        max(min(max(inset * by, LEAST * short), MOST * short), bar)
        for inset, bar in zip(insets, bars, strict=True)
    ]
    return Room(old, _inset(outer_new, sides), frames)


def _of_units(parts: Parts, page: Page, outer: Box) -> Box:
    """Return the box of all that stands before; what runs to the page's edges says no margins."""
    boxes = [
        unit.box
        for unit in parts.units
        if not (unit.kind is Kind.PHOTO and any(edges_of(unit.box, page)))
    ]
    return Box.covering(boxes) if boxes else outer


def _bars(parts: Parts, page: Page, by: float) -> tuple[float, ...]:
    """Return how far from each edge something lies beside which all else stands."""
    found = [0.0] * 4
    for block in parts.behind:
        box = extent(block)
        kept = edges_of(box, page)
        for side, (edge, reach, whole) in enumerate(
            (
                (kept[0] and not kept[2], box.right, page.width),
                (kept[1] and not kept[3], box.bottom, page.height),
                (kept[2] and not kept[0], page.width - box.left, page.width),
                (kept[3] and not kept[1], page.height - box.top, page.height),
            )
        ):
            if edge and reach < BAR * whole and not _beyond(parts, page, side, reach):
                found[side] = max(found[side], reach * by * 1.6)
    return tuple(found)


def _beyond(parts: Parts, page: Page, side: int, reach: float) -> bool:
    """Return whether a unit stands over what reaches so far from an edge."""
    distances = [
        _insets(Box(0, 0, page.width, page.height), unit.box)[side] for unit in parts.units
    ]
    return any(distance < reach - 1 for distance in distances)


def _insets(outer: Box, inner: Box) -> tuple[float, float, float, float]:
    return (
        inner.left - outer.left,
        inner.top - outer.top,
        outer.right - inner.right,
        outer.bottom - inner.bottom,
    )


def _inset(box: Box, by: list[float]) -> Box:
    left, top, right, bottom = by
    width, height = max(box.width - left - right, 1.0), max(box.height - top - bottom, 1.0)
    return Box(box.left + left, box.top + top, width, height)
