"""`POST /v1/similar`: whether the people of two pictures are the same."""

from __future__ import annotations

from operator import methodcaller
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.errors import BadBody
from foveate.server.answer import Answer, json_answer
from foveate.server.headers import work_headers
from foveate.server.openapi import FAILURES, POSTS, json_response, two_pictures_body
from foveate.server.response import as_response
from foveate.service.serialise import FACE_EXAMPLE
from foveate.storage.source import uploaded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from foveate.server.door import Door, Posted
    from foveate.service.work import Work
    from foveate.storage.source import Source

EXAMPLE: Final = {
    "found": [1, 1],
    "best": {
        "cosine": 0.7121,
        "probability": 0.9998,
        "verdict": "same",
        "faces": [FACE_EXAMPLE, FACE_EXAMPLE],
    },
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Say whether two pictures show one person",
    "description": (
        "The two faces that are most alike, one of each picture, and how likely they are of one "
        "person; `best` is null where a picture has no face. Both pictures together may have the "
        "bytes of one."
    ),
    "openapi_extra": two_pictures_body(),
    "responses": {200: json_response("How alike they are.", EXAMPLE), **FAILURES},
}


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""

    @api.post("/v1/similar", **DOCS)
    async def similar(request: Request) -> Response:
        async def work(posted: Posted) -> Answer:
            first, other = posted.source, posted.body.other
            if not other:
                raise BadBody('Expected a second picture in "other", got none.')
            second = uploaded(door.core.source_of(other)) if isinstance(other, bytes) else other
            told = await door.delivery.run(
                posted.admitted, [first, second], _comparing(door), span="similar"
            )
            return json_answer(200, told, work_headers(posted.admitted.trace))

        return as_response(await door.answer(request, work))


def _comparing(door: Door) -> Any:  # noqa: ANN401 - a closure over two sources
    def prepare(first: Source, second: Source) -> Work[Mapping[str, object]]:
        return door.core.comparer.prepare(first, second).then(methodcaller("to_json"))

    return prepare
