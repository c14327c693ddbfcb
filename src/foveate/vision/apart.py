"""Which things are counted: each once, not by its parts and not by a second name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.classes import PERSON
from foveate.vision.whose import whose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.geometry.box import Box
    from foveate.values import Thing

INSIDE: Final = 0.9
"""Share of a box that lies in a larger one of its class from which on it may be a part of it."""
PART: Final = 0.2
"""Share of the larger box from which on it is: smaller ones in a crowd are others, behind."""
PIECE: Final = 0.05
"""The same of a person who is not sure. A pullover or a hand has as much; spectators have less."""
SURE: Final = 0.5
"""From this score on a person is one, in whosever box he lies."""
RENAMED: Final = 0.7
"""Share of their union that boxes of two classes have from which on they are one thing, under the
surer name: a glass that is a bowl as well. Who sits in a chair shares less with it."""


def apart(things: Iterable[Thing], faces: Sequence[Box] = ()) -> list[Thing]:
    """Return the things to count: none twice, as a whole and as a part of it, or by two names.

    Who has one of the `faces` is nobody's part, as a child in somebody's arms is not, nor a chair.
    """
    things = list(things)
    people = [thing for thing in things if thing.label == PERSON]
    known = [thing for thing in whose(faces, people) if thing is not None]
    whole = [one for one in things if one in known or not any(_is_part(one, of) for of in things)]
    return [one for one in whole if one in known or not any(_is_other(one, by) for by in whole)]


def _is_other(one: Thing, by: Thing) -> bool:
    """Return whether one is a less sure name of another thing."""
    less = one.label != by.label and one.score < by.score
    return less and one.box.iou(by.box) >= RENAMED


def _is_part(one: Thing, of: Thing) -> bool:
    # Not divided: the sides of a sliver may have been rounded to nothing.
    if one.label != of.label or not _least(one) * of.box.area <= one.box.area < of.box.area:
        return False
    shared = one.box.overlap(of.box)
    return shared is not None and shared.area >= INSIDE * one.box.area


def _least(one: Thing) -> float:
    """Return the share of a larger box from which on a thing inside of it is a part of it."""
    if one.label != PERSON:
        return PART
    return PIECE if one.score < SURE else 1.0
