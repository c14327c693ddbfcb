"""A collection made anew with the network of today, from what was kept of its faces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import FaceRefused, FoveateError
from foveate.geometry.box import Box
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.pixels import to_array
from foveate.service.memory import decoded_bytes
from foveate.service.parts.embedding import EMBEDDER
from foveate.service.seen import seen
from foveate.service.work import Work
from foveate.values import Face
from foveate.vision.align import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.deadline import Deadline
    from foveate.enrolled import EnrolledFace
    from foveate.ports import Picture
    from foveate.service.people import People
    from foveate.trace import Trace

    Reads = Callable[[str], Picture]
    Runs = Callable[[Work[EnrolledFace]], EnrolledFace]

NOTHING: Final = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindexed:
    """What came of it."""

    model: str
    faces: int
    lost: tuple[tuple[EnrolledFace, str], ...]
    """Faces that could not be read anew, without vector and crop, each with why."""
    written: bool
    """False where some could not, and nobody said that they may go."""


class _NotAll(Exception):
    """Some faces could not be read anew, and nobody said that they may go."""


def reindex(
    people: People,
    collection: str,
    read: Reads,
    run: Runs,
    *,
    drop: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> Reindexed:
    """Make a collection anew with today's network: from its crops, else from its sources.

    `read` gives a picture by its source reference, `run` does work, `told` hears how many faces
    were done. Without `drop` nothing is changed unless every face can be read. Blocks for long.
    Raises UnknownCollection, and Unavailable where somebody changed the collection meanwhile.
    """
    revision = people.store.revision(collection)
    lost: list[tuple[EnrolledFace, str]] = []
    done = 0

    def anew() -> Iterator[EnrolledFace]:
        nonlocal done
        for done, face in enumerate(people.every(collection), 1):
            try:
                made = _anew(people, face, read, run)
            except FoveateError as why:
                lost.append((replace(face, embedding=NOTHING, crop=b""), why.public))
            else:
                yield made
            told(done)
        if lost and not drop:
            raise _NotAll

    written = True
    try:
        people.store.replace(collection, people.model, anew(), revision=revision)
    except _NotAll:
        written = False
    faces = done - len(lost)
    return Reindexed(model=people.model, faces=faces, lost=tuple(lost), written=written)


def _anew(people: People, face: EnrolledFace, read: Reads, run: Runs) -> EnrolledFace:
    if face.crop:
        return _from_crop(people, face)
    if not face.source:
        raise FaceRefused("Neither its crop nor where its picture is was kept.")
    return run(_from_source(people, face, read(face.source)))


@guard()
def _from_crop(people: People, face: EnrolledFace) -> EnrolledFace:
    crop = to_array(Image.new_from_buffer(face.crop, ""))
    height, width, _ = crop.shape
    whole = Face(Box(0, 0, width, height), 1.0, tuple((x, y) for x, y in TEMPLATE.tolist()))
    (vector,) = people.analyses.networks.of(EMBEDDER)(crop, [whole])
    return replace(face, embedding=vector)


def _from_source(people: People, face: EnrolledFace, picture: Picture) -> Work[EnrolledFace]:
    return Work(decoded_bytes(picture.facts), partial(_looked_at, people, face, picture))


def _looked_at(
    people: People, face: EnrolledFace, picture: Picture, deadline: Deadline, trace: Trace
) -> EnrolledFace:
    if face.digest and picture.digest != face.digest:
        raise FaceRefused("Its picture is not the one that was enrolled.")
    faces = seen(people.analyses, picture, deadline, trace)
    same = [each for each in faces if each.face.box.same_place(face.box)]
    if not same:
        raise FaceRefused("Its picture shows no face in that place any more.")
    best = max(same, key=lambda each: each.face.box.iou(face.box))
    return replace(face, embedding=best.embedding, box=best.face.box)


def lost_lines(lost: Sequence[tuple[EnrolledFace, str]]) -> list[str]:
    """Return a line for each face that could not be read anew."""
    return [f"{face.id} {face.subject or '-'} {face.source or '-'}: {why}" for face, why in lost]
