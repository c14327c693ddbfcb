"""Where blocks lie: moved, aligned, swapped, before and behind others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Block, Role
from foveate.design.tree import spots
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.edits.sizes import tidy
from foveate.design.words.room import Area, area, bounds, clamped, free_along, neighbours

if TYPE_CHECKING:
    from foveate.design.tree import Spot
    from foveate.design.words.work import Done, Work

_STEPS: Final = {-1.0: 0.025, 0.0: 0.05, 1.0: 0.12}
"""Shares of a page's side by which things move where nobody says by how much."""


_WAYS: Final = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
    "top": (0, -1),
    "bottom": (0, 1),
}


_MARGIN: Final = 0.05
"""Of a page's shorter side, that what goes to an edge leaves free, if nothing else leaves less."""


_LEAST_MARGIN: Final = 0.02


_REACH: Final = 0.2
"""Of a page's side, by which what goes to a corner keeps off it, in order to cover nothing."""


_SAME: Final = 0.005


_FURTHER: Final = re.compile(
    r"\b(?:further|farther|more|weiter|mehr|plus|más)\b|もっと|もう少し", re.IGNORECASE
)


_LENGTHS: Final = ("px", "pt", "mm", "cm", "in", "%")


def move(work: Work) -> Done:
    """Move blocks: to a part of the page, or by a length, or a little to one side."""
    sides = work.said.sides
    number = work.said.number(*_LENGTHS, "")
    if number is None and (_is_region(work, sides)):
        return _to_region(work, sides)
    if number is None and _is_side(work, sides):
        return _to_side(work, next(iter(sides)))
    ways = [way for way in ("left", "right", "up", "down", "top", "bottom") if way in sides]
    if len(ways) != 1:
        raise Unclear("To where is it to be moved: left, right, up, or down?")
    return _toward(work, ways[0])


def _is_region(work: Work, sides: frozenset[str]) -> bool:
    across, along = sides & {"left", "right"}, sides & {"up", "down", "top", "bottom"}
    fixed = sides & {"top", "bottom", "center"}
    return bool(fixed or (across and along) or work.said.has("place.corner"))


def _is_side(work: Work, sides: frozenset[str]) -> bool:
    """Return whether a side is a place, as in `put it on the right`, and not a way to go."""
    said = work.said
    step = (
        said.cue("step") or said.has("amount.little", "amount.much") or _FURTHER.search(said.text)
    )
    return len(sides) == 1 and sides <= {"left", "right"} and not step


def _to_side(work: Work, side: str) -> Done:
    scene = work.each(lambda spot: at(spot, _by_edge(spot, side)))
    return scene, f"Put {work.names()} on the {side}."


def _by_edge(spot: Spot, side: str) -> Area:
    """Return where a block lies at a side of the page, with its margin. Raises Unclear.

    What is there is not covered: whether the two are to change places is not said.
    """
    page, box = spot.page, area(spot.block)
    left, right = spot.dx + box.x, page.width - spot.dx - box.x - box.width
    margin = 0.0 if min(left, right) < _LEAST_MARGIN else _margin(spot)
    ends = (margin, page.width - margin - box.width)
    x = _along(0.0, ends, side == "left", side == "right") - spot.dx
    moved = clamped(Area(x, box.y, box.width, box.height), bounds(spot, margin=False))
    for other in spot.parent.blocks:
        there = other.id != spot.block.id and not other.hidden and moved.over(area(other))
        if there and not box.over(area(other)):
            name = other.name or other.id
            raise Unclear(f"\u201c{name}\u201d is on the {side}. Where is that to go?")
    return moved


def _toward(work: Work, way: str) -> Done:
    x, y = _WAYS[way]
    number = work.said.number(*_LENGTHS, "")

    def one(spot: Spot) -> Block:
        side = spot.page.width if x else spot.page.height
        far = work.length(number, side) if number else side * _STEPS[work.said.much]
        box = area(spot.block)
        if number:
            moved = Area(box.x + x * far, box.y + y * far, box.width, box.height)
        else:
            moved = free_along(box, neighbours(spot), x * far, y * far)
        return at(spot, clamped(moved, bounds(spot, margin=False)))

    scene = work.each(one)
    far = f"by {number.text}" if number else "a little" if work.said.much < 0 else ""
    word = {"top": "up", "bottom": "down", "left": "to the left", "right": "to the right"}
    return scene, " ".join(filter(None, ["Moved", work.names(), word.get(way, way), far])) + "."


def at(spot: Spot, box: Area) -> Block:
    """Return a block that lies elsewhere."""
    block = spot.block
    return replace(block, x=_kept(block.x, box.x), y=_kept(block.y, box.y))


def _kept(old: float, new: float) -> float:
    """Return a place to a hundredth of a pixel; the old one, to the last bit, where it is that."""
    return old if abs(new - old) < _SAME else float(tidy(new))


def _to_region(work: Work, sides: frozenset[str]) -> Done:
    scene = work.each(lambda spot: at(spot, _region(spot, sides)))
    vertical = "top" if sides & {"top", "up"} else "bottom" if sides & {"bottom", "down"} else ""
    across = next((side for side in ("left", "right") if side in sides), "")
    where = " ".join(filter(None, [vertical, across])) or "middle"
    return scene, f"Moved {work.names()} to the {where}."


def _region(spot: Spot, sides: frozenset[str]) -> Area:
    """Return where a block lies in a part of the page, beside others as far as that can be."""
    page, box, margin = spot.page, area(spot.block), _margin(spot)
    right, bottom = page.width - margin - box.width, page.height - margin - box.height
    x = _along(box.x + spot.dx, (margin, right), sides & {"left"}, sides & {"right"})
    y = _along(box.y + spot.dy, (margin, bottom), sides & {"top", "up"}, sides & {"bottom", "down"})
    if "center" in sides and not sides & {"left", "right"}:
        x = (page.width - box.width) / 2
    if "center" in sides and not sides & {"top", "bottom", "up", "down"}:
        y = (page.height - box.height) / 2
    wanted = Area(x - spot.dx, y - spot.dy, box.width, box.height)
    inside = clamped(wanted, bounds(spot, margin=False))
    if sides & {"top", "up", "bottom", "down"}:
        return _beside(spot, inside, 1 if sides & {"top", "up"} else -1)
    return inside


def _along(now: float, ends: tuple[float, float], first: object, last: object) -> float:
    return ends[0] if first else ends[1] if last else now


def _beside(spot: Spot, box: Area, way: int) -> Area:
    """Return a place near by, further from the page's edge, where a block covers nothing."""
    others = [o for o in neighbours(spot) if not o.over(area(spot.block))]
    step = spot.page.height * 0.01
    for count in range(round(_REACH / 0.01)):
        moved = Area(box.x, box.y + way * count * step, box.width, box.height)
        if not any(moved.over(other) for other in others):
            return moved
    return box


def _margin(spot: Spot) -> float:
    """Return how far from the page's edge its texts and logos lie, those that are nearest to it."""
    page = spot.page
    short = min(page.width, page.height)
    edges = [
        min(each.x, page.width - each.x - each.width)
        for each in page.blocks
        if each.role in {Role.LOGO, Role.TITLE, Role.SUBTITLE, Role.BODY, Role.LEGAL}
    ]
    usual = [edge for edge in edges if edge >= _LEAST_MARGIN * short]
    return min([*usual, _MARGIN * short])


def beside(work: Work) -> Done:
    """Put blocks below, above, or beside another one, which is the last of those that are meant."""
    *names, model = work.ids
    way = next(way for token in work.said.tokens for way in token.of("rel"))
    job = replace(work, ids=tuple(names))
    goal = spots(work.scene)[model]
    scene = job.each(lambda spot: at(spot, _by(spot, goal, way)))
    return scene, f"Put {job.names()} {_SAID[way]} \u201c{goal.block.name or model}\u201d."


_SAID: Final = {"below": "below", "above": "above", "left": "left of", "right": "right of"}


def _by(spot: Spot, goal: Spot, way: str) -> Area:
    """Return where a block lies by another: on the side that is said, their middles in one line."""
    box, other, page = area(spot.block), area(goal.block), spot.page
    gap = _LEAST_MARGIN * min(page.width, page.height)
    x = goal.dx - spot.dx + other.x
    y = goal.dy - spot.dy + other.y
    places = {
        "below": (box.x, y + other.height + gap),
        "above": (box.x, y - box.height - gap),
        "left": (x - box.width - gap, y + (other.height - box.height) / 2),
        "right": (x + other.width + gap, y + (other.height - box.height) / 2),
    }
    found = Area(*places[way], box.width, box.height)
    if not found.within(bounds(spot, margin=False)):
        raise CannotBe(f"There is no room {_SAID[way]} it on the page.")
    return found
