"""`POST /v1/sign`: an image URL that this server answers, for pages that must not hold its keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Body
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from foveate.errors import BadOption, UnsupportedOption
from foveate.options.grammar import MOUNT
from foveate.server.answer import json_answer
from foveate.server.openapi import FAILURES, POSTS, json_response
from foveate.server.response import as_response

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door

LONGEST_S: Final = 366 * 86_400
EXAMPLE: Final = {"path": f"{MOUNT}width=400/cat.jpg?exp=1798761600&sig=9f86d0..."}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Sign an image URL",
    "description": (
        "Answers with the path and its signature, by the first of the signing keys. Whoever asks "
        "has to hold one himself; where there are none, nothing needs to be signed."
    ),
    "responses": {200: json_response("The signed path.", EXAMPLE), **FAILURES},
}
PATH: Final = Body(
    description="An image URL from /cdn-cgi/image/ on.", examples=[f"{MOUNT}width=400/cat.jpg"]
)
EXPIRES: Final = Body(description="How many seconds it is good for; for ever where it is not said.")


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""
    signer = door.core.signer

    @api.post("/v1/sign", **DOCS)
    async def sign(
        path: Annotated[str, PATH], expires_s: Annotated[int | None, EXPIRES] = None
    ) -> Response:
        if not signer.keys:
            raise UnsupportedOption("Nothing is signed here: FOVEATE_SIGNING__KEYS is not set.")
        if not path.startswith(MOUNT):
            raise BadOption(f"Expected a path that begins with {MOUNT}, got {path[:80]!r}.")
        if expires_s is not None and not 0 < expires_s <= LONGEST_S:
            raise BadOption(f"Expected expires_s from 1 to {LONGEST_S}, got {expires_s}.")
        until = None if expires_s is None else int(time.time()) + expires_s
        return as_response(json_answer(200, {"path": signer.sign(path, until)}))
