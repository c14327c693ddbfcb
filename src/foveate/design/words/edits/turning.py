"""Turned, straight, and upside down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.words.answer import Unclear
from foveate.design.words.edits.sizes import tidy
from foveate.design.words.frames import becomes
from foveate.design.words.work import shown

if TYPE_CHECKING:
    from foveate.design.scene.model import Block
    from foveate.design.words.work import Done, Work

_HALF: Final = 180.0


def rotate(work: Work) -> Done:
    """Turn blocks about their middle."""
    number = work.said.number("deg", "")
    if number is None:
        raise Unclear("By how many degrees is it to be turned?")
    if becomes(work.said, number):
        scene = work.fields(rotation=_turned(replace(_first(work), rotation=0.0), number.value))
        return scene, f"Turned {work.names()} to {shown(number.value)} degrees."
    negative = work.said.text[: number.start].endswith(("-", "\u2212"))
    left = (work.said.cue("counter") or "left" in work.said.sides) != negative
    turn = -number.value if left else number.value
    way = "counterclockwise" if left else "clockwise"
    scene = work.each(lambda spot: replace(spot.block, rotation=_turned(spot.block, turn)))
    return scene, f"Turned {work.names()} by {shown(number.value)} degrees {way}."


def _first(work: Work) -> Block:
    return next(work.spots()).block


def overturn(work: Work) -> Done:
    """Turn blocks upside down."""
    scene = work.each(lambda spot: replace(spot.block, rotation=_turned(spot.block, _HALF)))
    return scene, f"Turned {work.names()} upside down."


def straighten(work: Work) -> Done:
    """Take all turning from blocks."""
    return work.fields(rotation=0.0), f"Straightened {work.names()}."


def _turned(block: Block, by: float) -> float:
    turned = block.rotation + by
    full = 360.0
    return tidy(turned if -full <= turned <= full else turned % full)  # type: ignore[no-any-return]
