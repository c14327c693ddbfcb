"""`/recognition/faces`: the examples of subjects, which are our faces."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import Selection
from foveate.errors import NotEnrolled, UnknownCollection, UnknownFace
from foveate.people.keys import Scope
from foveate.server.answer import NO_STORE, Answer, encode_headers
from foveate.server.compreface.asked import score, whole
from foveate.server.compreface.call import face_id
from foveate.server.compreface.problems import Code, Refused
from foveate.server.compreface.subjects import dropped
from foveate.server.face_ids import to_uuid
from foveate.service.access import counted, enrolled
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.deadline import Deadline
    from foveate.enrolled import EnrolledFace
    from foveate.server.compreface.call import Call
    from foveate.storage.source import Source
    from foveate.trace import Trace

SIZE: Final = 20
MOST: Final = 1000
"""Examples on one page, and ids in one list."""


async def add(call: Call) -> Answer:
    """Enrol the one person of a picture."""
    subject = call.subject
    if not subject:
        raise Refused(Code.NO_PARAMETER, "Expected the parameter subject, got none.")
    least = score(call.request.query_params)

    def prepare(picture: Source) -> Work[dict[str, Any]]:
        work = call.people.prepare_enrol(picture, call.collection, subject, least_score=least)

        def run(deadline: Deadline, trace: Trace) -> dict[str, Any]:
            act = partial(work.run, deadline, trace)
            made = call.visit.change(act, enrolled, subjects=[subject])
            return example(made.enrolled[0])

        return Work(work.memory_bytes, run)

    return await call.look(prepare, 201)


async def listed(call: Call) -> Answer:
    """List examples, a page of them, oldest first."""
    query = call.request.query_params
    page, size = whole(query, "page", 0), min(MOST, whole(query, "size", SIZE, least=1))
    meant = Selection(subjects=(call.subject,)) if call.subject else Selection(named=True)

    def act() -> dict[str, Any]:
        count, faces = _page(call, meant, page, size)
        return {
            "faces": [example(face) for face in faces],
            "page_number": page,
            "page_size": size,
            "total_pages": -(-count // size),
            "total_elements": count,
        }

    return await call.do(act)


def _page(call: Call, meant: Selection, page: int, size: int) -> tuple[int, Sequence[EnrolledFace]]:
    start = page * size
    try:
        count = call.people.store.count(call.collection, meant)
        if start >= count:
            return count, ()
        return count, call.people.told(call.collection, meant, offset=start, limit=size)
    except UnknownCollection:
        return 0, ()


async def erase_of(call: Call) -> Answer:
    """Erase all examples of a subject, and the subject with them; without one, of everybody."""
    if not call.subject and "subject" in call.request.query_params:
        raise Refused(Code.INVALID, "subject: expected a name, got a blank; leave it out for all.")
    if not call.subject:
        call.need(Scope.ADMIN)
        faces = partial(call.people.store.count, call.collection)
        return await call.do(lambda: {"deleted": dropped(call, faces)})

    def verb() -> int:
        try:
            return call.people.erase_subject(call.collection, call.subject)
        except NotEnrolled:
            return 0

    def act() -> dict[str, int]:
        told = {"subjects": [call.subject]}
        return {"deleted": call.visit.change(verb, counted, sync=True, **told)}

    return await call.do(act)


async def erase_one(call: Call) -> Answer:
    """Erase an example."""
    face = call.face

    def act() -> dict[str, str]:
        (gone,) = _erased(call, [face]) or (None,)
        if gone is None:
            raise _absent(call)
        return gone

    return await call.do(act)


async def erase_several(call: Call) -> Answer:
    """Erase examples, and say which there were."""

    def act(content: object) -> list[dict[str, str]]:
        if not isinstance(content, list) or len(content) > MOST:
            raise Refused(Code.INVALID, f"Expected a list of up to {MOST} image ids.")
        return _erased(call, [face_id(each) for each in content])

    return await call.told(act)


def _erased(call: Call, ids: Sequence[str]) -> list[dict[str, str]]:
    selection = Selection(ids=tuple(ids))
    try:
        faces = call.people.told(call.collection, selection, limit=MOST) if ids else ()
    except UnknownCollection:
        faces = ()
    if not faces:
        return []
    found = Selection(ids=tuple(face.id for face in faces))
    act = partial(call.people.erase, call.collection, found)
    call.visit.change(act, counted, sync=True, faces=list(found.ids))
    return [example(face) for face in faces]


async def image(call: Call) -> Answer:
    """Answer the cut-out face, where crops are kept; else no bytes, as where there is none."""
    face = call.face

    def act() -> bytes:
        try:
            crop = call.people.crops(call.collection, [face]).get(face, b"")
        except UnknownCollection:
            return b""
        if crop:
            call.visit.found([], [face])
        return crop

    crop = await call.door.do(call.request, act)
    pairs = {
        "content-type": "image/png" if crop else "application/octet-stream",
        "content-length": str(len(crop)),
        "cache-control": NO_STORE,
        "x-content-type-options": "nosniff",
    }
    return Answer(200, encode_headers(pairs.items()), crop)


def example(face: EnrolledFace) -> dict[str, str]:
    """Return a face as CompreFace names it."""
    return {"image_id": to_uuid(face.id), "subject": face.subject}


def known_face(call: Call, face: str) -> EnrolledFace:
    """Return an example whose embedding can be compared. Raises Refused, OtherModel."""
    try:
        call.people.check_model(call.collection)
        return call.people.face(call.collection, face)
    except (UnknownFace, UnknownCollection) as why:
        raise _absent(call) from why


def _absent(call: Call) -> Refused:
    return Refused(Code.NO_EXAMPLE, f"There is no image {to_uuid(call.face)}.", 404)
