"""`POST /v1/recognise`: who is in a picture, told as it becomes known (server-sent events).

`GET /v1/recognise/NAME` tells the same to those whom no stream reaches.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Path, Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.delivery.recognition import recognition
from foveate.enrolled import COLLECTION as DEFAULT
from foveate.errors import BadBody, ScopeNotAllowed
from foveate.people.keys import Scope
from foveate.server.answer import Answer, json_answer, json_bytes
from foveate.server.events import EventStream, event_bytes
from foveate.server.gate import may_post, visiting
from foveate.server.headers import work_headers
from foveate.server.openapi import FAILURES, POSTS, json_response, request_body
from foveate.server.polled import Polled, event_json
from foveate.server.response import as_response
from foveate.service.access import ONLY_SEARCHES, noted_stream
from foveate.service.recognise import gathered
from foveate.service.serialise import ATTRIBUTES_EXAMPLE, FACE_EXAMPLE
from foveate.service.stages.search import SEARCHED
from foveate.service.told import TOLD, asked

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from fastapi import FastAPI

    from foveate.server.door import Door, Posted
    from foveate.service.access import Visit
    from foveate.service.told import Asked, Told

    Write = Callable[[str, Mapping[str, Any]], bytes]
    """Writes an event: its name, and its data."""

EXAMPLE: Final = {
    "width": 512,
    "height": 512,
    "faces": [FACE_EXAMPLE],
    "embedding": [[0.0313, -0.0127, 0.0442]],
    "gender": [ATTRIBUTES_EXAMPLE["gender"]],
    "search": [[{"subject": "eileen", "face": "f1", "cosine": 0.71, "probability": 0.9991}]],
    "failed": {"emotion": {"error": "WeightsMissing", "message": "The weights of ..."}},
    "switched_off": ["age", "race"],
    "timings_ms": {"faces": 24.9, "embedding": 8.2, "gender": 31.0, "search": 2.1},
}
EVENTS: Final = """\
event: faces
data: {"ms":24.9,"at_ms":25.3,"value":{"width":512,"height":512,"faces":[...]}}

event: embedding
data: {"ms":8.2,"at_ms":33.8,"value":[[0.0313,-0.0127,...]]}

event: emotion
data: {"ms":0.3,"at_ms":25.9,"error":"WeightsMissing","message":"The weights of ..."}

event: done
data: {"at_ms":60.2,"switched_off":["age","race"]}

"""
PATH: Final = "/v1/recognise"
ACCEPTED: Final = 202
ASYNC: Final = "respond-async"
"""RFC 7240, 4.1."""
_ANSWER: Final = json_response("Events, or all of it at once with `Accept: application/json`.", {})
_ANSWER["content"] = {
    "text/event-stream": {"schema": {"type": "string"}, "example": EVENTS},
    "application/json": {"schema": {"type": "object"}, "example": EXAMPLE},
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Say who is in a picture",
    "description": (
        "An event for each stage, as soon as it is known: `faces` first, then `embedding`, `age`, "
        "`gender`, `emotion` and `race` in the order in which they are ready, `search` after "
        "`embedding`, and `done` at the end. `value` has a row for each face, in the order of "
        "`faces`. `ms` is what a stage took, `at_ms` when it was known. A stage that fails has "
        "`error` and `message` instead, and the rest goes on; `error` is also the event that ends "
        "a stream early. What `FOVEATE_ATTRIBUTES` does not let be guessed is named in "
        "`switched_off`. Nothing comes from a cache unless `cache` is asked for. Where no stream "
        "gets through, `Prefer: respond-async` begins the same, and `Location` says where to ask "
        "for its events; the picture is then named in JSON."
    ),
    "openapi_extra": request_body(),
    "responses": {
        200: _ANSWER,
        ACCEPTED: json_response("It has begun.", {"events": f"{PATH}/dGhpcyBpcyBhIG5hbWU"}),
        **FAILURES,
    },
}
POLL_DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "The events of a recognition that was begun",
    "description": (
        "Those after the first `after`, as soon as there are any, or none after ten seconds. "
        "`done` says that all were told. Whoever does not ask for fifteen seconds has left."
    ),
    "responses": {
        200: json_response(
            "Events.",
            {
                "events": [{"event": "faces", "data": {"ms": 24.9, "at_ms": 25.3, "value": {}}}],
                "done": False,
            },
        ),
        **FAILURES,
    },
}
PARTS: Final[dict[str, Any]] = {
    "description": f"What to tell, separated by commas: {', '.join(TOLD)}. All of it by default, "
    "the search where a collection is named.",
    "examples": ["faces,embedding,search"],
}
COLLECTION: Final[dict[str, Any]] = {
    "description": "Where to search; that takes a key of the face index, once there is one."
}
LIMIT: Final[dict[str, Any]] = {"description": "How many matches to tell of each face: 1 to 100."}
CACHE: Final[dict[str, Any]] = {
    "description": "Take what was seen of the same picture before, and keep what is seen now."
}


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    polled = Polled()
    _add_recognise(api, door, polled)

    @api.get(f"{PATH}/{{name}}", **POLL_DOCS)
    async def since(
        name: Annotated[str, Path(description="What `Location` ended with.")],
        after: Annotated[int, Query(description="How many events are known.", ge=0)] = 0,
    ) -> Response:
        return as_response(json_bytes(200, await polled.since(name, after)))


def _add_recognise(api: FastAPI, door: Door, polled: Polled) -> None:
    @api.post(PATH, **DOCS)
    async def recognise(
        request: Request,
        parts: Annotated[str, Query(**PARTS)] = "",
        collection: Annotated[str, Query(**COLLECTION)] = "",
        limit: Annotated[int, Query(**LIMIT)] = 5,
        cache: Annotated[bool, Query(**CACHE)] = False,  # noqa: FBT002
    ) -> Response:
        names = [part.strip() for part in parts.split(",") if part.strip()]
        what = asked(names, collection=collection, limit=limit, cache=cache)
        visit = _visit(door, request, what)
        if ASYNC in request.headers.get("prefer", "").lower():
            root = request.scope.get("root_path", "")
            begin = partial(_begin, door, what, visit, polled, root)
            return as_response(await door.answer(request, begin))
        if wants_json(request.headers.get("accept", "")):
            return as_response(await door.answer(request, partial(_whole, door, what, visit)))
        tells = partial(_events, door, what, visit, event_bytes)
        return EventStream(partial(door.answer, request), tells)


def wants_json(accept: str) -> bool:
    """Return whether a client asks for all at once: it names JSON, and no stream of events."""
    kinds = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return "application/json" in kinds and "text/event-stream" not in kinds


def _visit(door: Door, request: Request, what: Asked) -> Visit | None:
    """Return what is noted of a search; None where there is none, for which no key is enough."""
    if SEARCHED in what.words:
        return visiting(door.core, request, Scope.READ, what.collection or DEFAULT, "recognise")
    if not may_post(door.core, request):
        raise ScopeNotAllowed(ONLY_SEARCHES)
    return None


async def _whole(door: Door, what: Asked, visit: Visit | None, posted: Posted) -> Answer:
    off = door.core.recogniser.switched_off(what)
    known = await gathered(_noted(door, what, visit, posted), off)
    headers = work_headers(posted.admitted.trace)
    return await asyncio.to_thread(lambda: json_answer(200, known.to_json(), headers))


async def _begin(
    door: Door, what: Asked, visit: Visit | None, polled: Polled, root: str, posted: Posted
) -> Answer:
    if not isinstance(posted.source, str):
        raise BadBody("Expected JSON that names a picture; bytes are uploaded to /v1/references.")
    where = f"{root}{PATH}/{polled.begin(_on_its_own(door, what, visit, posted))}"
    headers = {"location": where, "preference-applied": ASYNC}
    return json_answer(ACCEPTED, {"events": where}, headers)


async def _on_its_own(
    door: Door, what: Asked, visit: Visit | None, posted: Posted
) -> AsyncGenerator[bytes]:
    """Yield what is told to nobody who is connected: with a place and a deadline of its own."""
    async with door.delivery.admission.admit() as admitted:
        own = replace(posted, admitted=admitted)
        async with aclosing(_events(door, what, visit, event_json, own)) as events:
            async for event in events:
                yield event


async def _events(
    door: Door, what: Asked, visit: Visit | None, write: Write, posted: Posted
) -> AsyncGenerator[bytes]:
    at_ms = 0.0
    async with aclosing(_noted(door, what, visit, posted)) as stream:
        async for told in stream:
            at_ms = told.at_ms
            # Thousands of numbers are written elsewhere than where everybody is answered.
            yield await asyncio.to_thread(lambda each: write(each.stage, each.to_json()), told)
    off = list(door.core.recogniser.switched_off(what))
    yield write("done", {"at_ms": round(at_ms, 1), "switched_off": off})


def _noted(door: Door, what: Asked, visit: Visit | None, posted: Posted) -> AsyncGenerator[Told]:
    stream = recognition(door.delivery, door.core.recogniser, what, posted.admitted, posted.source)
    return noted_stream(stream, visit)
