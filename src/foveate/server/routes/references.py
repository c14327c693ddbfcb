"""`POST /v1/references`: upload once, and name it in later requests. `GET`: what was uploaded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.delivery.ask import Ask
from foveate.errors import BadBody
from foveate.imaging.encode import content_type
from foveate.options.grammar import Parsed
from foveate.options.model import TransformOptions
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.exchange import exchange_of
from foveate.server.headers import picture_headers
from foveate.server.openapi import BINARY, FAILURES, POSTS, json_response, upload_body
from foveate.server.response import as_response
from foveate.server.routes.render import picture_of
from foveate.service.work import Work
from foveate.storage.references import SCHEME

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door, Posted
    from foveate.storage.source import Source

CREATED: Final = 201
TEMPORARY_REDIRECT: Final = 307
PATH: Final = "/v1/references"
NOTHING_ASKED: Final = TransformOptions()
EXAMPLE: Final = {
    "reference": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": f"{PATH}/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "expires_s": 600,
    "bytes": 183_042,
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Upload a picture once",
    "description": (
        "Keeps a picture for a while (`FOVEATE_REFERENCES__TTL_S`), to be named as `reference` in "
        "the JSON of other requests. The same bytes are uploaded once. Whoever knows a reference "
        "can get the picture: `url` is where."
    ),
    "openapi_extra": upload_body(),
    "responses": {CREATED: json_response("What names the upload.", EXAMPLE), **FAILURES},
    "status_code": CREATED,
}
GET_DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "A picture that was uploaded",
    "description": (
        "The bytes as they came, until their time is over; or the way to them. Where moderation is "
        "enforced, what `/v1/render` makes of them without options."
    ),
    "responses": {
        200: {"description": "The picture.", "content": {"image/*": BINARY}},
        TEMPORARY_REDIRECT: {"description": "Where the bucket has it: a signed address."},
        **FAILURES,
    },
}


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""

    @api.post(PATH, **DOCS)
    async def upload(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        return as_response(await door.answer(request, partial(_kept, door, root)))

    @api.get(f"{PATH}/{{reference}}", **GET_DOCS)
    async def uploaded(request: Request, reference: str) -> Response:
        return as_response(await _uploaded(door, request, reference))


async def _kept(door: Door, root: str, posted: Posted) -> Answer:
    source = posted.source
    if isinstance(source, str):
        raise BadBody("Expected a picture in the body, got the address of one.")
    # What is no picture within the limits is refused: this is no place for other files.
    await door.delivery.admission.probe(lambda: source.facts, posted.admitted)
    made = await door.core.references.put(source.data)
    url = await _elsewhere(door, made.name) or f"{root}{PATH}/{made.name}"
    told = {
        "reference": made.name,
        "url": url,
        "expires_s": int(made.expires_s),
        "bytes": len(source.data),
    }
    return json_answer(CREATED, told)


async def _uploaded(door: Door, request: Request, name: str) -> Answer:
    elsewhere = await _elsewhere(door, name)
    if elsewhere is not None:
        pairs = {"location": elsewhere, "cache-control": NO_STORE, "content-length": "0"}
        return Answer(TEMPORARY_REDIRECT, encode_headers(pairs.items()))
    async with door.delivery.admission.admit(exchange_of(request.scope).trace) as admitted:
        key = f"{SCHEME}{name}"
        if _moderates(door):
            ask = Ask(options=NOTHING_ASKED, source=key)
            made = await door.delivery.admitted_rendition(admitted, ask)
            return picture_of(made, Parsed(NOTHING_ASKED))
        return await door.delivery.run(admitted, [key], _as_sent, span="read")


async def _elsewhere(door: Door, name: str) -> str | None:
    """Return where a bucket hands out an upload as it came; None where it is not to."""
    return None if _moderates(door) else await door.core.references.url(name)


def _moderates(door: Door) -> bool:
    """Return whether no picture may be shown before it was judged: then a rendition is, alone."""
    return door.core.settings.moderation.enforce != "off"


def _as_sent(source: Source) -> Work[Answer]:
    kind = content_type(source.facts.format)
    pairs = {**picture_headers(kind, {}, len(source.data)), "cache-control": NO_STORE}
    answer = Answer(200, encode_headers(pairs.items()), source.data)
    return Work(len(source.data), lambda _deadline, _trace: answer)
