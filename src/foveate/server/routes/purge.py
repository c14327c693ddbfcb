"""`POST /v1/purge`: delete renditions, for who operates the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Body, Depends
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.delivery.purge import Which
from foveate.errors import BadBody
from foveate.options.values import shown
from foveate.server.answer import json_answer
from foveate.server.gate import check_operator
from foveate.server.image_request import key_of
from foveate.server.openapi import FAILURES, json_response
from foveate.server.response import as_response
from foveate.server.words import check_body, check_words

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door

EXAMPLE: Final = {"renditions": 12, "bytes": 294912, "downstream_s": 14400}
DOCS: Final[dict[str, Any]] = {
    "tags": ["Operations"],
    "summary": "Delete renditions",
    "description": (
        "All that were made of a source or with it, all whose source begins with a prefix, or all "
        "of a class of options; the next who asks gets them made anew, of the original as it is "
        "then. From disk for all servers on it, from memory of this one. Browsers and proxies keep "
        "what they have for up to `downstream_s` more, and for longer where the origin names a "
        "longer `max-age`. For bearers of one of the signing keys and, where there are none, this "
        "machine alone."
    ),
    "responses": {200: json_response("What was deleted from disk.", EXAMPLE), **FAILURES},
}
SOURCE: Final = Body(description="As in an image URL.", examples=["cats/a.jpg"])
PREFIX: Final = Body(description="How sources begin, as in image URLs.", examples=["cats/"])
CLASS: Final = Body(description="A class as `/v1/costs` has them.", alias="class")


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""
    settings = door.core.settings

    async def check(request: Request) -> None:
        check_operator(door.core, request)
        _check_json(request)
        check_words(request)
        await check_body(request)

    @api.post("/v1/purge", dependencies=[Depends(check)], **DOCS)
    async def purge(
        source: Annotated[str, SOURCE] = "",
        prefix: Annotated[str, PREFIX] = "",
        options_class: Annotated[str, CLASS] = "",
    ) -> Response:
        folder = settings.origins.folder
        which = Which(
            source=source and key_of(source, folder),
            prefix=prefix and key_of(prefix, folder),
            options_class=options_class,
        )
        done = await door.delivery.purge(which)
        kept = settings.caching
        # Of what comes from elsewhere, browsers are told no shorter time than we ask in.
        downstream_s = max(kept.browser_ttl_s, settings.origins.min_ttl_s) + kept.browser_stale_s
        told = {**done._asdict(), "downstream_s": downstream_s}
        return as_response(json_answer(200, told))


def _check_json(request: Request) -> None:
    """Raise BadBody for another kind of body, of which the framework reads nothing."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json":
        wanted = "Expected JSON with the header `content-type: application/json`"
        raise BadBody(f"{wanted}, got {shown(kind)}.")
