"""`POST /v1/analyse`: what is known of a picture that was sent or named."""

from __future__ import annotations

from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.server.answer import Answer, json_answer
from foveate.server.headers import work_headers
from foveate.server.openapi import FAILURES, POSTS, json_response, request_body
from foveate.server.response import as_response
from foveate.service.parts import OFFERED

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door, Posted

_OFFERS: Final = {name: part.offer for name, part in OFFERED.items() if part.offer}
EXAMPLE: Final = {
    "width": 512,
    "height": 512,
    **{name: offer.example for name, offer in _OFFERS.items()},
    "timings_ms": {"decode": 6.1, "faces": 21.4, "saliency": 96.0, "matte": 8.8},
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Say what is in a picture",
    "description": "One decode for all parts. "
    + " ".join(f"`{name}`: {offer.about}." for name, offer in _OFFERS.items()),
    "openapi_extra": request_body(),
    "responses": {200: json_response("What is known of the picture.", EXAMPLE), **FAILURES},
}
PARTS: Final[dict[str, Any]] = {
    "description": f"What to look for, separated by commas: {', '.join(_OFFERS)}.",
    "examples": ["faces,saliency,matte"],
}


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""

    @api.post("/v1/analyse", **DOCS)
    async def analyse(
        request: Request, parts: Annotated[str, Query(**PARTS)] = "faces"
    ) -> Response:
        names = tuple(part.strip() for part in parts.split(",") if part.strip())
        prepare = partial(door.core.analyser.prepare, names=names)

        async def work(posted: Posted) -> Answer:
            known = await door.run(posted, prepare, methodcaller("to_json"), span="analyse")
            return json_answer(200, known, work_headers(posted.admitted.trace))

        return as_response(await door.answer(request, work))
