"""Pictures: who is on one, whether it shows somebody, what faces it has, whether two are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.deadline import current
from foveate.enrolled import Selection
from foveate.errors import UnknownCollection
from foveate.server.answer import Answer, json_answer
from foveate.server.compreface.asked import read_asked
from foveate.server.compreface.body import read_pair
from foveate.server.compreface.examples import known_face
from foveate.server.compreface.problems import Code, Refused
from foveate.server.compreface.shapes import face_to_json, similarity, versions
from foveate.server.headers import work_headers
from foveate.service.work import Work
from foveate.storage.source import uploaded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.server.compreface.asked import Parameters
    from foveate.server.compreface.call import Call
    from foveate.server.door import Posted
    from foveate.service.found import Candidate
    from foveate.service.seen import Seen
    from foveate.storage.source import Source
    from foveate.trace import Trace

    More = Callable[[Sequence[Seen]], Sequence[Mapping[str, Any]]]
    """Returns what is told of each of some faces beside what they look like."""


async def recognise(call: Call) -> Answer:
    """Say of each face who it may be."""
    asked = read_asked(call.request.query_params)

    def more(faces: Sequence[Seen]) -> Sequence[Mapping[str, Any]]:
        found = [nearest(call, each.embedding, asked.predictions) for each in faces]
        note(call, found)
        return [{"subjects": candidates_to_json(row)} for row in found]

    return await _look(call, asked, more)


async def verify(call: Call) -> Answer:
    """Say of each face how alike it is to an example."""
    asked, face = read_asked(call.request.query_params), call.face

    def more(faces: Sequence[Seen]) -> Sequence[Mapping[str, Any]]:
        kept = known_face(call, face)
        call.visit.found([kept.subject], [kept.id])
        return [
            {"similarity": similarity(float(each.embedding @ kept.embedding))} for each in faces
        ]

    return await _look(call, asked, more)


async def detect(call: Call) -> Answer:
    """Say what faces there are."""
    asked = read_asked(call.request.query_params)
    return await _look(call, asked, lambda faces: [{} for _ in faces])


async def compare(call: Call) -> Answer:
    """Say of each face of one picture how alike it is to the only face of another."""
    asked = read_asked(call.request.query_params)

    async def work(posted: Posted) -> Answer:
        other = uploaded(call.door.core.source_of(_bytes(posted.body.other)))
        told = await call.door.delivery.run(
            posted.admitted, [posted.source, other], _comparing(call, asked), span="people"
        )
        return json_answer(200, told, work_headers(posted.admitted.trace))

    return await call.door.answer(call.request, work, read_pair)


def _bytes(other: bytes | str) -> bytes:
    return other if isinstance(other, bytes) else b""


async def _look(call: Call, asked: Parameters, more: More) -> Answer:
    """Answer the faces of a picture."""

    def prepare(picture: Source) -> Work[dict[str, Any]]:
        seeing = call.people.prepare_see(picture)

        def run(deadline: Deadline, trace: Trace) -> dict[str, Any]:
            faces = asked.chosen(seeing.run(deadline, trace))
            took_ms = trace.total_ms()
            with deadline:
                told = more(faces)
            rows = [
                {**face_to_json(face, asked, took_ms), **others}
                for face, others in zip(faces, told, strict=True)
            ]
            return {"result": rows, **_status(call, asked, rows[0])}

        return Work(seeing.memory_bytes, run)

    return await call.look(prepare)


def _comparing(call: Call, asked: Parameters) -> Callable[[Source, Source], Work[dict[str, Any]]]:
    def prepare(source: Source, target: Source) -> Work[dict[str, Any]]:
        seeing = [call.people.prepare_see(picture) for picture in (source, target)]

        def run(deadline: Deadline, trace: Trace) -> dict[str, Any]:
            first, others = (asked.chosen(each.run(deadline, trace)) for each in seeing)
            if len(first) > 1:
                raise Refused(
                    Code.SEVERAL_FACES, f"Expected a source_image with one face, got {len(first)}."
                )
            return {"result": [_compared(call, asked, first[0], others, trace)]}

        return Work(sum(each.memory_bytes for each in seeing), run)

    return prepare


def _compared(
    call: Call, asked: Parameters, first: Seen, others: Sequence[Seen], trace: Trace
) -> dict[str, Any]:
    took_ms = trace.total_ms()
    source = face_to_json(first, asked, took_ms)
    matches = [
        {
            **face_to_json(each, asked, took_ms),
            "similarity": similarity(float(first.embedding @ each.embedding)),
        }
        for each in others
    ]
    told = {"source_image_face": source, "face_matches": matches}
    return {**told, **_status(call, asked, source)}


def _status(call: Call, asked: Parameters, face: Mapping[str, Any]) -> dict[str, Any]:
    networks = call.people.analyses.networks
    return {"plugins_versions": versions(networks, face)} if asked.status else {}


def nearest(call: Call, vector: NDArray[np.float32], count: int) -> Sequence[Candidate]:
    """Return who a unit vector may be, however far; nobody where there is no collection yet.

    Raises the reason where the time is over: there may be many to look for.
    """
    current().check()
    people, collection = call.people, call.collection
    try:
        people.check_model(collection)
        only = Selection(named=True)
        return people.search(collection, vector, limit=count, selection=only, confidence=0)
    except UnknownCollection:
        return ()


def note(call: Call, found: Sequence[Sequence[Candidate]]) -> None:
    """Note who was found, before that is told."""
    call.visit.candidates(each for row in found for each in row)


def candidates_to_json(row: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return who somebody may be, the likeliest first."""
    return [{"similarity": similarity(each.match.cosine), "subject": each.subject} for each in row]
