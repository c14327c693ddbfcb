"""`POST /v1/people/...`: enrolling who is on a picture, and finding people again."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.enrolled import Selection, on_one_line
from foveate.errors import BadOption
from foveate.options.gravities import place_of
from foveate.people.keys import Scope
from foveate.people.schema import metadata_text
from foveate.server.answer import Answer, json_answer
from foveate.server.gate import visiting
from foveate.server.headers import work_headers
from foveate.server.openapi import FAILURES, json_response, request_body
from foveate.server.response import as_response
from foveate.service.access import enrolled
from foveate.service.found import enrolment_to_json
from foveate.service.serialise import BOX_EXAMPLE, FACE_EXAMPLE
from foveate.service.work import Work
from foveate.storage.references import SCHEME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI

    from foveate.deadline import Deadline
    from foveate.geometry.box import Point
    from foveate.server.door import Door, Posted
    from foveate.service.access import Visit
    from foveate.service.found import Enrolment, FoundFace, Verification
    from foveate.storage.source import Source
    from foveate.trace import Trace

MOST_OF_SOURCE: Final = 1024
PEOPLE: Final[dict[str, Any]] = {"tags": ["People"]}
KEPT_EXAMPLE: Final = {
    "id": "6ccdd2304864534cb2d1a0e7f3c95d18",
    "subject": "Ann",
    "box": BOX_EXAMPLE,
    "source": "ann.jpg",
    "quality": 0.81,
    "metadata": {"door": 3},
    "added": 1_764_000_000.0,
}
CANDIDATE_EXAMPLE: Final = {
    "subject": "Ann",
    "confidence": 0.9999,
    "probability": 0.9997,
    "cosine": 0.7121,
    "face": KEPT_EXAMPLE,
}


def docs(
    summary: str,
    about: str,
    answer: dict[str, Any],
    **more: Any,  # noqa: ANN401 - the words of FastAPI
) -> dict[str, Any]:
    """Return how a route of the face index is described; `answer` is that of status 200."""
    return {
        **PEOPLE,
        "summary": summary,
        "description": about,
        "responses": {200: answer, **FAILURES},
        **more,
    }


def _docs(summary: str, about: str, said: str, example: Mapping[str, object]) -> dict[str, Any]:
    return docs(summary, about, json_response(said, example), openapi_extra=request_body())


ADD_DOCS: Final = _docs(
    "Enrol who is on a picture",
    "Of one person with `subject`: the face `at` a place, the only one, or one with twice the area "
    "of any other. Without it, every face, unnamed. A face that nobody would be found again by is "
    "refused, unless `force` is said. Faces of the same picture that are there already are added "
    "no second time: `already` says that nothing was to be done, and one that had no name gets "
    "that of `subject`. A collection is made by what is added first. Needs the scope `write`.",
    "What is enrolled, what was refused, and `resembles`: another subject whom a search would have "
    "named, as one of its candidates, or null.",
    {"already": False, "enrolled": [KEPT_EXAMPLE], "refused": [], "resembles": None},
)
SEARCH_DOCS: Final = _docs(
    "Say who is on a picture",
    "Each face with who it may be, the likeliest first. Nothing of the picture is kept. Needs the "
    "scope `read`.",
    "The faces, best score first, and the size of the upright picture.",
    {
        "width": 512,
        "height": 512,
        "faces": [{**FACE_EXAMPLE, "quality": 0.81, "candidates": [CANDIDATE_EXAMPLE]}],
    },
)
VERIFY_DOCS: Final = _docs(
    "Say whether a picture shows somebody",
    "The picture is one of one person, who is compared with the faces of `subject`. Needs the "
    "scope `read`.",
    "`same`, `possibly` or `different`.",
    {
        "verdict": "same",
        **{key: value for key, value in CANDIDATE_EXAMPLE.items() if key != "confidence"},
        "seen": FACE_EXAMPLE,
    },
)
SUBJECT: Final[dict[str, Any]] = {"description": "Who it is.", "examples": ["Ann"]}
ONLY: Final[dict[str, Any]] = {"description": "Look for these only; repeat it for more."}
METADATA: Final[dict[str, Any]] = {
    "description": "A JSON object to keep with each face.",
    "examples": ['{"door": 3}'],
}
SOURCE: Final[dict[str, Any]] = {
    "description": "What you call the picture, up to 1024 characters; kept as text. Without it, "
    "the address that the body names.",
    "examples": ["holiday/IMG_0042.jpg"],
}
AT: Final[dict[str, Any]] = {
    "description": "Where the face lies that is meant, as X of the width and Y of the height of "
    "the upright picture, each 0 to 1.",
    "examples": ["0.52x0.31"],
}
FORCE: Final[dict[str, Any]] = {"description": "Enrol poor faces too."}
LIMIT: Final[dict[str, Any]] = {"description": "So many at most."}
OFFSET: Final[dict[str, Any]] = {"description": "Leave out so many."}
CONFIDENCE: Final[dict[str, Any]] = {
    "description": "How likely, 0 to 1, it must be that no stranger would look as alike; 0 shows "
    "the nearest, however far. FOVEATE_PEOPLE__CONFIDENCE where it is not said."
}


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    _add_enrol(api, door)
    _add_search(api, door)
    _add_verify(api, door)


def _add_enrol(api: FastAPI, door: Door) -> None:
    @api.post("/v1/people/{collection}/faces", **ADD_DOCS)
    async def enrol(  # noqa: PLR0913, PLR0917 - each is a word of the query
        request: Request,
        collection: str,
        subject: Annotated[str, Query(**SUBJECT)] = "",
        metadata: Annotated[str, Query(**METADATA)] = "",
        force: Annotated[bool, Query(**FORCE)] = False,  # noqa: FBT002
        source: Annotated[str, Query(**SOURCE)] = "",
        at: Annotated[str, Query(**AT)] = "",
    ) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "add")
        how = {
            "source": checked_source(source),
            "metadata": object_of(metadata),
            "force": force,
            "every": not subject,
            "at": place_of(at),
        }
        prepare = partial(_enrol, door, visit, subject, how)
        return await _answer(door, request, prepare)


def _add_search(api: FastAPI, door: Door) -> None:
    @api.post("/v1/people/{collection}/search", **SEARCH_DOCS)
    async def search(
        request: Request,
        collection: str,
        limit: Annotated[int, Query(**LIMIT)] = 5,
        offset: Annotated[int, Query(**OFFSET)] = 0,
        confidence: Annotated[float | None, Query(**CONFIDENCE)] = None,
        subject: Annotated[list[str] | None, Query(**ONLY)] = None,
    ) -> Response:
        visit = visiting(door.core, request, Scope.READ, collection, "search")
        selection = Selection(subjects=tuple(subject or ()))
        how = {"limit": limit, "offset": offset, "confidence": confidence, "selection": selection}
        return await _answer(door, request, partial(_search, door, visit, how))


def _add_verify(api: FastAPI, door: Door) -> None:
    @api.post("/v1/people/{collection}/verify", **VERIFY_DOCS)
    async def verify(
        request: Request,
        collection: str,
        subject: Annotated[str, Query(**SUBJECT)],
        at: Annotated[str, Query(**AT)] = "",
    ) -> Response:
        visit = visiting(door.core, request, Scope.READ, collection, "verify")
        return await _answer(door, request, partial(_verify, door, visit, subject, place_of(at)))


async def _answer(door: Door, request: Request, prepare: Any) -> Response:  # noqa: ANN401
    async def work(posted: Posted) -> Answer:
        told: dict[str, Any] = await door.delivery.run(
            posted.admitted, [posted.source], partial(prepare, posted), span="people"
        )
        return json_answer(200, told, work_headers(posted.admitted.trace))

    return as_response(await door.answer(request, work))


def _enrol(
    door: Door, visit: Visit, subject: str, how: Mapping[str, Any], posted: Posted, picture: Source
) -> Work[dict[str, Any]]:
    # An upload is gone before anybody could look for it under its reference.
    named = "" if posted.body.url.startswith(SCHEME) else posted.body.url
    how = {**how, "source": how["source"] or named, "compare": True}
    work = door.core.people.prepare_enrol(picture, visit.collection, subject, **how)

    def run(deadline: Deadline, trace: Trace) -> Enrolment:
        act = partial(work.run, deadline, trace)
        return visit.change(act, enrolled, subjects=[subject] if subject else [])

    return Work(work.memory_bytes, run).then(enrolment_to_json)


def _search(
    door: Door, visit: Visit, how: Mapping[str, Any], _: Posted, picture: Source
) -> Work[dict[str, Any]]:
    size = picture.facts.size

    def told(found: Sequence[FoundFace]) -> dict[str, Any]:
        visit.candidates(each for face in found for each in face.candidates)
        faces = [face.to_json() for face in found]
        return {"width": size.width, "height": size.height, "faces": faces}

    return door.core.people.prepare_find(picture, visit.collection, **how).then(told)


def _verify(
    door: Door, visit: Visit, subject: str, at: Point | None, _: Posted, picture: Source
) -> Work[dict[str, Any]]:
    def told(verified: Verification) -> dict[str, Any]:
        visit.found([subject], [verified.candidate.match.face.id])
        return verified.to_json()

    return door.core.people.prepare_verify(picture, visit.collection, subject, at=at).then(told)


def checked_source(text: str) -> str:
    """Return what a picture is called. Raises BadOption for what cannot be read on a line."""
    if len(text) > MOST_OF_SOURCE or not on_one_line(text):
        raise BadOption(
            f"Expected source as up to {MOST_OF_SOURCE} characters on one line, got {text[:80]!r}."
        )
    return text


def object_of(text: str) -> dict[str, Any]:
    """Return the JSON object that a query says. Raises BadOption."""
    try:
        said = json.loads(text) if text else {}
    except (ValueError, RecursionError) as why:
        raise BadOption(f"Expected metadata as a JSON object, got {text[:80]!r}.") from why
    if not isinstance(said, dict):
        raise BadOption(f"Expected metadata as a JSON object, got {text[:80]!r}.")
    metadata_text(said)
    return said
