"""Blocks in one line: with each other, or with the middle of their page; and changed places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.scene.model import Align, Block, Role, Text
from foveate.design.tree import replaced, spots
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.covered import newly
from foveate.design.words.edits.places import at, move
from foveate.design.words.room import Area, area, bounds, clamped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.scene.model import Scene
    from foveate.design.tree import Spot
    from foveate.design.words.work import Done, Work


def align(work: Work) -> Done:
    """Align texts in their boxes, several blocks with each other, or one with its page."""
    sides = work.said.sides
    side = next((s for s in ("left", "right", "center", "top", "bottom") if s in sides), "")
    if not side:
        raise Unclear("Along which side: left, right, or the middle?")
    if work.said.has("place.corner"):
        return move(work)
    several = len(work.ids) > 1
    if several or (side in {"left", "right"} and _texts(work)) or _lettered(work):
        return _lined(work, side)
    return _centred(work) if side == "center" else move(work)


def _texts(work: Work) -> bool:
    return all(isinstance(spot.block, Text) for spot in work.spots())


def _lettered(work: Work) -> bool:
    """Return whether the letters of a text are meant, and not its box."""
    return _texts(work) and work.said.has("thing.text", "thing.body", "cue.fontsize")


def _lined(work: Work, side: str) -> Done:
    if _texts(work):
        if side in {"top", "bottom"}:
            raise CannotBe("Texts are aligned left, right, or to the middle.")
        kept = {spot.block.id for spot in work.spots() if spot.block.role is not Role.BUTTON}
        scene = replaced(
            work.scene,
            {
                name: replace(spot.block, align=Align(side))  # type: ignore[call-arg]
                for name, spot in spots(work.scene).items()
                if name in kept
            },
        )
        return scene, f"Aligned the lines of {work.names()}: {side}."
    return _edges(work, side), f"Aligned {work.names()}: {side}."


def _edges(work: Work, side: str) -> Scene:
    boxes = [(spot, area(spot.block)) for spot in work.spots()]
    return replaced(work.scene, {s.block.id: at(s, _edge(box, boxes, side)) for s, box in boxes})


def _edge(box: Area, boxes: Sequence[tuple[Spot, Area]], side: str) -> Area:
    all_of = [each for _, each in boxes]
    right = max(each.x + each.width for each in all_of)
    bottom = max(each.y + each.height for each in all_of)
    left, top = min(each.x for each in all_of), min(each.y for each in all_of)
    x = {"left": left, "right": right - box.width, "center": (left + right - box.width) / 2}
    y = {"top": top, "bottom": bottom - box.height}
    return Area(x.get(side, box.x), y.get(side, box.y), box.width, box.height)


def flush(work: Work) -> Done:
    """Bring blocks into line with another one, which is the last of those that are meant."""
    *names, model = work.ids
    side = next((s for s in ("right", "center", "top", "bottom") if s in work.said.sides), "left")
    goal = spots(work.scene)[model]
    job = replace(work, ids=tuple(names))
    scene = job.each(lambda spot: at(spot, _by_edge(spot, goal, side)))
    return scene, f"Aligned {job.names()} with “{goal.block.name or model}”: {side}."


def _by_edge(spot: Spot, goal: Spot, side: str) -> Area:
    box = area(spot.block)
    left, top = goal.dx - spot.dx + goal.block.x, goal.dy - spot.dy + goal.block.y
    right, bottom = left + goal.block.width, top + goal.block.height
    x = {"left": left, "right": right - box.width, "center": (left + right - box.width) / 2}
    y = {"top": top, "bottom": bottom - box.height}
    moved = Area(x.get(side, box.x), y.get(side, box.y), box.width, box.height)
    return clamped(moved, bounds(spot, margin=False))


def _centred(work: Work) -> Done:
    """Bring the middle of blocks to that of the page: across it, or along the axis that is said."""
    vertical = work.said.has("axis.y")
    both = work.said.has("thing.page") and not work.said.has("axis.x", "axis.y")

    def one(spot: Spot) -> Block:
        box = area(spot.block)
        x = (spot.page.width - box.width) / 2 - spot.dx if not vertical else box.x
        y = (spot.page.height - box.height) / 2 - spot.dy if vertical or both else box.y
        return at(spot, Area(x, y, box.width, box.height))

    return work.each(one), f"Centred {work.names()} on the page."


def swap(work: Work) -> Done:
    """Let two blocks change places, each about the middle of the other."""
    if len(work.ids) != 2:  # noqa: PLR2004 - that is what swapping is
        raise Unclear("Which two are to change places?")
    one, other = work.spots()
    about: dict[str, Block | None] = {
        here.block.id: at(here, _about(here, place)) for here, place in ((one, other), (other, one))
    }
    ways = [replaced(work.scene, each) for each in (about, _in_turn(one, other)) if each]
    scene = min(ways, key=lambda each: len(newly(work.scene, each, work.ids)))
    return scene, f"Swapped {work.names()}."


def _in_turn(one: Spot, other: Spot) -> dict[str, Block | None] | None:
    """Return two texts that follow each other in the other order, in the room that both had.

    One that is larger would run into what lies next, about the middle of the smaller one.
    """
    if not (isinstance(one.block, Text) and isinstance(other.block, Text)):
        return None
    first, second = sorted((one, other), key=lambda spot: (spot.box.top, spot.box.left))
    down = second.box.top - first.box.top - first.box.height
    if down >= 0:
        y = second.box.top + second.box.height - first.box.height
        return {
            first.block.id: _lifted(first, 0.0, y - first.box.top),
            second.block.id: _lifted(second, 0.0, first.box.top - second.box.top),
        }
    first, second = sorted((one, other), key=lambda spot: spot.box.left)
    if second.box.left < first.box.left + first.box.width:
        return None
    x = second.box.left + second.box.width - first.box.width
    return {
        first.block.id: _lifted(first, x - first.box.left, 0.0),
        second.block.id: _lifted(second, first.box.left - second.box.left, 0.0),
    }


def _lifted(spot: Spot, x: float, y: float) -> Block:
    box = area(spot.block)
    return at(spot, Area(box.x + x, box.y + y, box.width, box.height))


def _about(spot: Spot, place: Spot) -> Area:
    x, y = place.middle
    box = area(spot.block)
    left, top = x - box.width / 2 - spot.dx, y - box.height / 2 - spot.dy
    return clamped(Area(left, top, box.width, box.height), bounds(spot, margin=False))
