"""Outlines: which pixels belong to things of some classes, or to one of several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.classes import PERSON, is_among
from foveate.geometry.box import Point, Size
from foveate.service.networks import Network
from foveate.service.part import MAP, Part
from foveate.service.parts.objects import OBJECTS, found_objects
from foveate.settings import MIB
from foveate.vision.apart import apart
from foveate.vision.masks import BoxMattes, laid
from foveate.vision.saliency import Gaze
from foveate.vision.select_head import Fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.values import Thing

    Matte = NDArray[np.float32]

MOST: Final = 16
"""Things that are outlined; of more the largest are."""
SIDE: Final = 1024
"""Long side of the picture that crops are cut from."""
FINE: Final = 512
"""Long side of the answer: edges come from the picture itself."""
MEMORY_BYTES: Final = 150 * MIB


def _make(networks: Networks) -> BoxMattes:
    return BoxMattes(Gaze(networks.session("gaze")), Fitted())


NETWORK: Final[Network[BoxMattes]] = Network("masks", _make, ("gaze", "gaze-int8"))


def chosen(
    things: Iterable[Thing], classes: Sequence[str], person: int | Point | None, size: Size
) -> list[Thing]:
    """Return the things of these classes, and the person who is meant, the largest first."""
    things = tuple(things)
    meant = [thing for thing in things if is_among(thing.label, classes)]
    if person is not None:
        meant += _person(people_of(things), person, size)
    return sorted(dict.fromkeys(meant), key=lambda thing: -thing.box.area)[:MOST]


def people_of(things: Iterable[Thing]) -> list[Thing]:
    """Return the people, from the left."""
    people = (thing for thing in things if thing.label == PERSON)
    return sorted(people, key=lambda thing: thing.box.middle)


def _person(people: Sequence[Thing], person: int | Point, size: Size) -> Sequence[Thing]:
    if isinstance(person, Point):
        x, y = person.x * size.width, person.y * size.height
        there = [thing for thing in apart(people) if thing.box.has(x, y)]
        return sorted(there, key=lambda thing: thing.box.area)[:1]
    return people[person - 1 : person]


def _compute(analysis: Analysis, classes: Sequence[str], person: int | Point | None) -> Matte:
    rgb = analysis.thumbnail(analysis.size.within(SIDE))
    scale = rgb.shape[1] / analysis.size.width
    outline = analysis.networks.of(NETWORK)
    mattes = []
    for thing in chosen(found_objects(analysis), classes, person, analysis.size):
        analysis.pixels.deadline.check()
        is_person = thing.label == PERSON
        mattes.append(outline(rgb, thing.box.scaled(scale), person=is_person))
    size = Size(rgb.shape[1], rgb.shape[0])
    return laid(mattes, size, size.within(FINE))


OUTLINES: Final[Part[Matte]] = Part(
    name="outlines",
    compute=_compute,
    codec=MAP,
    version=3,
    params=("classes", "person"),
    every=(),  # its networks are asked by other parts
    needs=(OBJECTS,),
    networks=(NETWORK,),
    input_size=lambda _, size, **__: size.within(SIDE),
    settings=lambda settings: settings.objects.score,
    # Whose face is the first, where one says who is meant.
    counts=lambda settings: settings.faces.score,
    memory_bytes=lambda _, **__: MEMORY_BYTES,
)
"""Alpha in 0..1 over the whole upright source; nothing of what was asked for is all 0."""
