"""`POST /v1/score`: what a rendition weighs, and how good it looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from operator import methodcaller
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.delivery.ask import Ask
from foveate.server.answer import Answer, encode_headers, json_answer
from foveate.server.headers import warnings, work_headers
from foveate.server.openapi import FAILURES, POSTS, json_response, request_body
from foveate.server.response import as_response
from foveate.server.routes.render import DRAW_FIELD, OPTIONS, OPTIONS_FIELD, asked_of
from foveate.service.auto_quality import MOST_PIXELS
from foveate.vision.score import WORDS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.options.model import TransformOptions
    from foveate.server.door import Door, Posted
    from foveate.service.work import Work
    from foveate.storage.source import Source

WORDED: Final = ", ".join(f"from {least} on {word}" for least, word in WORDS)
EXAMPLE: Final = {
    "metric": "ssimulacra2",
    "score": 78.4,
    "bytes": 24113,
    "width": 800,
    "height": 600,
    "format": "webp",
    "quality": 80,
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Say what a rendition weighs and how good it looks",
    "description": (
        "The rendition of these options against the same pixels before they were encoded: what "
        "compression took, and not what resizing did. The score is SSIMULACRA2 2.1: 100 is "
        f"identical, {WORDED}. Of what moves, the first frame is weighed and scored, and `frame` "
        "says so. "
        f"Renditions of more than {MOST_PIXELS:,} pixels, or with a side below 8, are refused. "
        "Nothing of it is kept."
    ),
    "openapi_extra": request_body(options=OPTIONS_FIELD, draw=DRAW_FIELD),
    "responses": {200: json_response("Bytes and score.", EXAMPLE), **FAILURES},
}


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""

    @api.post("/v1/score", **DOCS)
    async def score(request: Request, options: Annotated[str, Query(**OPTIONS)] = "") -> Response:
        async def work(posted: Posted) -> Answer:
            parsed, asked, who = await asked_of(door, request, posted, options)
            told = await _scored(door, posted, asked)
            if who.named:
                await asyncio.to_thread(who.note)
            answer = json_answer(200, told, work_headers(posted.admitted.trace))
            return replace(
                answer, headers=answer.headers + encode_headers(warnings(parsed.unknown))
            )

        return as_response(await door.answer(request, work))


async def _scored(door: Door, posted: Posted, options: TransformOptions) -> dict[str, object]:
    ask = await door.delivery.settled(Ask(options=options, source=posted.source))
    sources, options = ask.names, ask.options

    def prepare(picture: Source, *drawn: Source) -> Work[dict[str, object]]:
        others = dict(zip(options.extra_sources(), drawn, strict=True))
        return door.core.scorer.prepare(picture, options, others).then(methodcaller("to_json"))

    return await door.delivery.run(posted.admitted, sources, prepare, span="score")
