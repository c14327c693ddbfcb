"""Faces of a collection: indexed, listed, searched and deleted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import Selection, meant_subject
from foveate.errors import NotEnrolled, UnknownFace
from foveate.server.face_ids import to_uuid
from foveate.server.rekognition.asked import (
    EXTERNAL_ID_FITS,
    FACE_ATTRIBUTES,
    MOST,
    USER_ID,
)
from foveate.server.rekognition.looking import largest
from foveate.server.rekognition.pages import after, token
from foveate.server.rekognition.problems import Kind, Refused
from foveate.server.rekognition.shapes import (
    EXTERNAL_ID,
    bare_face,
    kept_face,
    seen_detail,
    similarity,
)
from foveate.service.access import counted
from foveate.service.index_faces import FacesWanted, Indexed, prepare_index
from foveate.service.serialise import face_to_json
from foveate.service.work import Work
from foveate.vision.gate import Flaw

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.enrolled import Match
    from foveate.geometry.box import Size
    from foveate.server.rekognition.call import Call, Told
    from foveate.service.access import Visit
    from foveate.storage.source import Source
    from foveate.trace import Trace

MOST_LISTED: Final = 100
"""Ids by which a list may be narrowed."""
FOUND: Final = 80
"""Faces that a search tells where nobody says."""
ALIKE: Final = 80.0
"""Percent from which on it tells them where nobody says."""
REASONS: Final = {
    Flaw.UNSURE: "LOW_CONFIDENCE",
    Flaw.SMALL: "SMALL_BOUNDING_BOX",
    Flaw.BLURRED: "LOW_SHARPNESS",
    Flaw.TURNED: "EXTREME_POSE",
    Flaw.DARK: "LOW_BRIGHTNESS",
}


async def index(call: Call) -> Told:
    """Keep the faces of a picture, without names."""
    visit, name, asked = call.visit(), call.collection, call.asked
    external = asked.text("ExternalImageId", EXTERNAL_ID_FITS)
    wanted = FacesWanted(
        most=asked.count("MaxFaces"),
        least=asked.quality("AUTO", call.people.settings.least_quality),
        source=call.source,
        metadata={EXTERNAL_ID: external} if external else {},
    )
    attributes = asked.words_of("DetectionAttributes", FACE_ATTRIBUTES)

    def prepare(picture: Source) -> Work[Told]:
        work, size = prepare_index(call.people, picture, name, wanted), picture.facts.size

        def run(deadline: Deadline, trace: Trace) -> Told:
            act = partial(work.run, deadline, trace)
            made = visit.change(act, _noted)
            return _indexed(made, size, attributes) | {"FaceModelVersion": call.people.model}

        return Work(work.memory_bytes, run)

    return await call.look(prepare)


def _noted(made: Indexed) -> dict[str, Any]:
    faces = [kept.id for _, kept in made.faces]
    return {"faces": faces, "count": len(faces)}


def _indexed(made: Indexed, size: Size, attributes: Sequence[str]) -> Told:
    records = [
        {"Face": kept_face(kept), "FaceDetail": seen_detail(seen, size, attributes)}
        for seen, kept in made.faces
    ]
    left = [(seen, REASONS[why]) for seen, why in made.refused]
    left += [(seen, "EXCEEDS_MAX_FACES") for seen in made.beyond]
    return {
        "FaceRecords": records,
        "UnindexedFaces": [
            {"Reasons": [why], "FaceDetail": seen_detail(seen, size, attributes)}
            for seen, why in left
        ],
    }


async def listed(call: Call) -> Told:
    """List faces, a page of them, oldest first."""
    name, asked = call.collection, call.asked
    most = asked.whole("MaxResults", MOST, least=0)
    what = f"faces of {name}"
    user = asked.text("UserId", USER_ID)
    meant = Selection(
        ids=asked.face_ids("FaceIds", MOST_LISTED),
        subjects=(meant_subject(user),) if user else (),
        after=after(what, asked.words.get("NextToken"), float, str),
    )

    def act() -> Told:
        found = call.people.store.collection(name)
        # One more than is told says whether there is another page.
        page = call.people.told(name, meant, limit=most + 1)
        told: Told = {
            "Faces": [kept_face(face) for face in page[:most]],
            "FaceModelVersion": found.model,
        }
        if most and len(page) > most:
            told["NextToken"] = token(what, page[most - 1].added, page[most - 1].id)
        return told

    return await call.do(act)


async def search(call: Call) -> Told:
    """Tell which other faces look like one of the collection."""
    visit, name, face = call.visit(), call.collection, call.asked.face_id("FaceId")
    least, most = _limits(call)

    def act() -> Told:
        call.people.check_model(name)
        try:
            known = call.people.face(name, face)
        except UnknownFace as why:
            sentence = f"faceId {to_uuid(face)} was not found in the collection."
            raise Refused(Kind.PARAMETER, sentence) from why
        near = call.people.store.search(name, known.embedding, most + 1)
        others = [match for match in near if match.face.id != face]
        told = _matches(visit, others[:most], least)
        return {"SearchedFaceId": to_uuid(face), **told, "FaceModelVersion": call.people.model}

    return await call.do(act)


async def search_by_image(call: Call) -> Told:
    """Tell which faces look like the largest one of a picture."""
    visit, name = call.visit(), call.collection
    quality = call.asked.quality("NONE", call.people.settings.least_quality)
    limits = _limits(call)

    def prepare(picture: Source) -> Work[Told]:
        seeing, size = call.people.prepare_see(picture), picture.facts.size

        def run(deadline: Deadline, trace: Trace) -> Told:
            call.people.check_model(name)
            first = largest(seeing.run(deadline, trace), quality)[0]
            with deadline, trace.span("search"):
                told = _found(call, visit, first.embedding, *limits)
            bare = bare_face(face_to_json(first.face), size)
            return {
                "SearchedFaceBoundingBox": bare["BoundingBox"],
                "SearchedFaceConfidence": bare["Confidence"],
                **told,
                "FaceModelVersion": call.people.model,
            }

        return Work(seeing.memory_bytes, run)

    return await call.look(prepare)


def _limits(call: Call) -> tuple[float, int]:
    """Return how alike faces are at least, in percent, and how many are told at most."""
    least = call.asked.percent("FaceMatchThreshold", ALIKE)
    return least, call.asked.whole("MaxFaces", FOUND)


def _found(call: Call, visit: Visit, vector: NDArray[np.float32], least: float, most: int) -> Told:
    return _matches(visit, call.people.store.search(call.collection, vector, most), least)


def _matches(visit: Visit, near: Sequence[Match], least: float) -> Told:
    """Return those that are alike enough, once they are noted."""
    told = [match for match in near if similarity(match.cosine) >= least]
    visit.found([match.face.subject for match in told], [match.face.id for match in told])
    return {
        "FaceMatches": [
            {"Similarity": similarity(match.cosine), "Face": kept_face(match.face)}
            for match in told
        ]
    }


async def delete(call: Call) -> Told:
    """Erase faces for good, and say which there were not."""
    visit, name = call.visit(), call.collection
    ids = call.asked.face_ids("FaceIds", MOST)
    if not ids:
        raise Refused(Kind.PARAMETER, "FaceIds: expected one or more, got none.")

    def act() -> Told:
        there = {face.id for face in call.people.told(name, Selection(ids=ids), limit=len(ids))}
        gone = tuple(dict.fromkeys(face for face in ids if face in there))
        if gone:
            _erase(call, visit, gone)
        missing = [face for face in dict.fromkeys(ids) if face not in there]
        return {
            "DeletedFaces": [to_uuid(face) for face in gone],
            "UnsuccessfulFaceDeletions": [
                {"FaceId": to_uuid(face), "Reasons": ["FACE_NOT_FOUND"]} for face in missing
            ],
        }

    return await call.do(act)


def _erase(call: Call, visit: Visit, ids: tuple[str, ...]) -> None:
    verb = partial(call.people.erase, call.collection, Selection(ids=ids))
    try:
        visit.change(verb, counted, sync=True, faces=list(ids))
    except NotEnrolled:
        call.people.store.collection(call.collection)  # somebody else has erased them meanwhile
