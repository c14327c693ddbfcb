"""`POST /v1/select`: clicks to masks that options name. `GET`: a mask as a picture."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.errors import BadBody, UnknownMask
from foveate.options.masks import ID, LETTERS
from foveate.options.values import shown
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.headers import picture_headers, work_headers
from foveate.server.openapi import BINARY, FAILURES, POSTS, json_response, request_body
from foveate.server.response import as_response
from foveate.service.pointed import EXAMPLE as CLICKS_EXAMPLE
from foveate.service.serialise import BOX_EXAMPLE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door, Posted
    from foveate.service.pointed import Pointed

PATH: Final = "/v1/select"
_MASK: Final = {
    "name": "object",
    "mask": "k3vq5w2n7r4ytb6mzc2dxfhjsa",
    "area": 0.1312,
    "box": BOX_EXAMPLE,
}
EXAMPLE: Final = {
    **_MASK,
    "expires": 1_764_187_200,
    "alternatives": [{**_MASK, "name": "part", "area": 0.0421}],
    "width": 512,
    "height": 512,
}
CLICKS_FIELD: Final = {
    "description": "Where the thing is: `points` lie in it, those of `not` do not, `strokes` and "
    "`not_strokes` are lines of points; x and y from 0 to 1 of the upright picture. `boxes` are "
    "around one thing each, in its pixels. Nothing at all means the picture's subject, "
    "and `not` alone the subject without what lies there.",
    "type": "object",
    "example": CLICKS_EXAMPLE,
}
CLICKS: Final[dict[str, Any]] = {
    "description": "The same as JSON, for a body that is the picture itself.",
    "examples": ['{"points":[[0.42,0.31]]}'],
}
ALTERNATIVES: Final[dict[str, Any]] = {
    "description": "Whether to say what else may be meant, which takes as long as the rest: a page "
    "that follows a finger asks for it once the finger rests.",
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Select something by clicks",
    "description": (
        "Finds what is clicked at, and keeps its mask for a while (`FOVEATE_SELECT__TTL_S`): "
        "`mask` is the id that `mask=` and `effect.mask=` take, until `expires` at the latest, in "
        "unix seconds. `alternatives` are what else may be meant: a `part` of the thing, the "
        "`object`, or the `group` that it is in. The first click in a picture takes longest. The "
        "same clicks in the same picture have the same id."
    ),
    "openapi_extra": request_body(clicks=CLICKS_FIELD),
    "responses": {200: json_response("The mask, and what else may be meant.", EXAMPLE), **FAILURES},
}
GET_DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "A mask that was selected",
    "description": "A grey PNG over the whole upright picture, white where it is selected, with a "
    "longer side of 800 pixels at most; `segment.output=matte` answers with one of any size.",
    "responses": {200: {"description": "The mask.", "content": {"image/png": BINARY}}, **FAILURES},
}


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""

    @api.post(PATH, **DOCS)
    async def select(
        request: Request,
        clicks: Annotated[str, Query(**CLICKS)] = "",
        *,
        alternatives: Annotated[bool, Query(**ALTERNATIVES)] = True,
    ) -> Response:
        async def work(posted: Posted) -> Answer:
            asked = await asyncio.to_thread(_asked, posted.body.clicks, clicks)
            verb = door.core.selecting.prepare
            prepare = partial(verb, asked=asked, alternatives=alternatives)
            told = await door.run(posted, prepare, methodcaller("to_json"), span="select")
            return json_answer(200, told, work_headers(posted.admitted.trace))

        return as_response(await door.answer(request, work))

    @api.get(f"{PATH}/{{mask}}", **GET_DOCS)
    async def mask(request: Request, mask: str) -> Response:
        name = mask.lower()
        if not ID.fullmatch(name):
            raise UnknownMask(
                f"Expected the {LETTERS} letters and digits of a mask, got {shown(mask)}."
            )
        png = await door.do(request, partial(_png, door, name))
        pairs = {**picture_headers("image/png", {}, len(png)), "cache-control": NO_STORE}
        return as_response(Answer(200, encode_headers(pairs.items()), png))


def _png(door: Door, name: str) -> bytes:
    return door.core.masks.get(name).png


def _asked(in_body: object, in_query: str) -> Pointed:
    """Return what is pointed at, as the body or the query says. Raises BadBody, BadOption."""
    # What reads clicks knows networks, which only those load who click.
    from foveate.service.pointed import pointed_in  # noqa: PLC0415

    if in_body is not None and in_query:
        raise BadBody("Expected clicks in the URL or in the body, got both. Leave one out.")
    try:
        said = json.loads(in_query) if in_query else in_body
    except (ValueError, RecursionError) as why:
        raise BadBody("Expected JSON in clicks, got something that is not.") from why
    return pointed_in(said)
