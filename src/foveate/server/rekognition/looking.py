"""Faces of pictures that are kept nowhere: detected, and compared with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Size
from foveate.server.rekognition.asked import FACE_ATTRIBUTES
from foveate.server.rekognition.problems import Kind, Refused
from foveate.server.rekognition.shapes import (
    bare_face,
    compared,
    detail,
    guessed,
    similarity,
)
from foveate.service.serialise import face_to_json
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.deadline import Deadline
    from foveate.server.rekognition.call import Call, Told
    from foveate.service.seen import Seen
    from foveate.storage.source import Source
    from foveate.trace import Trace

MOST_FACES: Final = 100
"""Of one picture, the largest."""
SIMILAR: Final = 80
"""Percent from which on two faces match where nobody says."""


async def detect(call: Call) -> Told:
    """Say what faces there are."""
    wanted = call.asked.words_of("Attributes", FACE_ATTRIBUTES)

    def prepare(picture: Source) -> Work[Told]:
        analyser = call.api.door.core.analyser
        return analyser.prepare(picture, ["faces", "attributes"]).then(
            lambda known: _details(known.to_json(), wanted)
        )

    return await call.look(prepare)


def _details(known: dict[str, Any], wanted: Sequence[str]) -> Told:
    size = Size(known["width"], known["height"])
    pairs = zip(known["faces"], known["attributes"], strict=True)
    large = sorted(pairs, key=lambda pair: -pair[0]["box"]["width"] * pair[0]["box"]["height"])
    return {
        "FaceDetails": [
            {**detail(face, read, size), **guessed(read, wanted)}
            for face, read in large[:MOST_FACES]
        ]
    }


async def compare(call: Call) -> Told:
    """Say of each face of one picture how alike it is to the largest face of another."""
    least = call.asked.percent("SimilarityThreshold", SIMILAR)
    quality = call.asked.quality("NONE", call.people.settings.least_quality)

    def prepare(source: Source, target: Source) -> Work[Told]:
        seeing = [call.people.prepare_see(picture) for picture in (source, target)]
        sizes = source.facts.size, target.facts.size

        def run(deadline: Deadline, trace: Trace) -> Told:
            first, others = (each.run(deadline, trace) for each in seeing)
            one = largest(first, quality)[0]
            several = largest(others, quality, needed=False)[:MOST_FACES]
            return {
                "SourceImageFace": bare_face(face_to_json(one.face), sizes[0]),
                **_compared(one, several, sizes[1], least),
            }

        return Work(sum(each.memory_bytes for each in seeing), run)

    return await call.look(prepare)


def _compared(one: Seen, others: Sequence[Seen], size: Size, least: float) -> Told:
    alike = [(similarity(float(one.embedding @ each.embedding)), each) for each in others]
    matches = sorted(
        (pair for pair in alike if pair[0] >= least), key=lambda pair: pair[0], reverse=True
    )
    return {
        "FaceMatches": [{"Similarity": s, "Face": compared(each, size)} for s, each in matches],
        "UnmatchedFaces": [compared(each, size) for s, each in alike if s < least],
    }


def largest(faces: Sequence[Seen], quality: float, *, needed: bool = True) -> list[Seen]:
    """Return the faces that are good enough, the largest first. Raises Refused without any."""
    good = [each for each in faces if not each.refusal(quality)]
    if needed and not good:
        raise Refused(Kind.PARAMETER, "There are no faces in the image. Should be at least 1.")
    return sorted(good, key=lambda each: -each.face.box.area)
