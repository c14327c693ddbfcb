"""Whose face it is: which box of a person a face belongs in."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Final

from foveate.classes import PERSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.geometry.box import Box
    from foveate.values import Face, Thing

SHARE, SPREAD = 0.25, 0.7
"""What a face has of the width of its person's box, and by how much its logarithm varies: .08 to .5
in photos of COCO; in a close-up it has nearly all of it."""
DOWN, DOWN_SPREAD = 0.17, 0.17
"""How far down the box its middle is, relative to the box."""
ASIDE: Final = 0.3
"""How far it is from the middle of the box to either side."""
SHARES: Final = (0.06, 1.1)
LOWEST: Final = 0.6
"""Beyond these it is somebody else's, in front or behind."""

SECOND: Final = 0.4
"""Where somebody's box is another's already, a box that fits less than that share is no second
choice, but somebody else's."""
ON_THING, IN_PERSON = 0.9, 0.5
"""Share of a face that lies in the box of a thing whose it may be, and in that of a person."""
OF_THING: Final = (0.05, 0.9)
"""What it takes of the thing: dogs' and toys' took .1 to .2, one that was a pizza .65. Somebody
on a couch has .01 of it, and whoever fills the picture may be taken for a cat as a whole."""


def of_people(faces: Iterable[Face], things: Sequence[Thing]) -> list[Face]:
    """Return the faces but those of a thing where nobody was found: a pizza, a gorilla, a toy."""
    return [face for face in faces if not _is_of_thing(face.box, things)]


def _is_of_thing(face: Box, things: Sequence[Thing]) -> bool:
    least, most = OF_THING
    large = [one for one in things if least <= face.area / one.box.area <= most]
    people = any(_has(one, face, IN_PERSON) for one in things if one.label == PERSON)
    return not people and any(_has(one, face, ON_THING) for one in large if one.label != PERSON)


def _has(thing: Thing, face: Box, share: float) -> bool:
    shared = face.overlap(thing.box)
    return shared is not None and shared.area >= share * face.area


def whose(faces: Sequence[Box], people: Sequence[Thing]) -> list[Thing | None]:
    """Return for each face the person whose it is, or None; no two faces are one person's."""
    pairs = product(enumerate(faces), enumerate(people))
    likely = [(fit(face, one), i, j) for (i, face), (j, one) in pairs]
    best = [max((fit(face, one) for one in people), default=0.0) for face in faces]
    owner: dict[int, int] = {}
    for each, face, person in sorted(likely, key=lambda pair: -pair[0]):
        likes = 0 < each >= SECOND * best[face]
        if likes and face not in owner and person not in owner.values():
            owner[face] = person
    return [people[owner[n]] if n in owner else None for n in range(len(faces))]


def fit(face: Box, person: Thing) -> float:
    """Return how well a face lies where a head lies in a person's box, 0..1, by the box's score.

    >>> from foveate.geometry.box import Box
    >>> from foveate.values import Thing
    >>> behind = Thing("person", Box(0, 0, 127, 295), 0.44)
    >>> boy = Thing("person", Box(3, 135, 272, 278), 0.7)
    >>> face = Box(41, 181, 102, 126)
    >>> fit(face, behind) < fit(face, boy)
    True
    """
    box, (x, y) = person.box, face.middle
    share = face.width / box.width
    across, down = (x - box.left) / box.width, (y - box.top) / box.height
    if not (0 <= across <= 1 and 0 <= down <= LOWEST and SHARES[0] <= share <= SHARES[1]):
        return 0.0
    off = (
        math.log(share / SHARE) / SPREAD,
        (down - DOWN) / DOWN_SPREAD,
        (across - 1 / 2) / ASIDE,
    )
    return person.score * math.exp(-sum(each**2 for each in off) / 2)
