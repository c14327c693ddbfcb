"""`POST /v1/sign`: an image URL that this server answers, for pages that must not hold its keys."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Body
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from foveate.errors import BadOption, BadUrl, SourceNotFound, UnsupportedOption
from foveate.options.grammar import MOUNT
from foveate.options.values import shown
from foveate.server.answer import json_answer
from foveate.server.image_request import Request, read_image_request, read_image_url
from foveate.server.openapi import FAILURES, POSTS, json_response
from foveate.server.response import as_response
from foveate.storage.references import SCHEME
from foveate.storage.router import Sources

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.core import Core
    from foveate.server.door import Door

LONGEST_S: Final = 366 * 86_400
SENT: Final = re.compile(r"(?!.*\?.*')[!$-;=?-\[\]_a-z|~]+")
"""What stands in a request as it is written: clients leave out a fragment, and percent-encode or
turn all else of ASCII, in a query an apostrophe as well (https://url.spec.whatwg.org)."""
EXAMPLE: Final = {"path": f"{MOUNT}width=400/cat.jpg?exp=1798761600&sig=9f86d0..."}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Sign an image URL",
    "description": (
        "Answers with the path and its signature, by the first of the signing keys. Whoever asks "
        "has to hold one himself; where there are none, nothing needs to be signed. What this "
        "server would not answer is not signed: what is wrong with it is said at once."
    ),
    "responses": {200: json_response("The signed path.", EXAMPLE), **FAILURES},
}
PATH: Final = Body(
    description="An image URL from /cdn-cgi/image/ on.", examples=[f"{MOUNT}width=400/cat.jpg"]
)
EXPIRES: Final = Body(
    strict=True, description="How many seconds it is good for; for ever where it is not said."
)


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""
    core, signer = door.core, door.core.signer

    @api.post("/v1/sign", **DOCS)
    async def sign(
        path: Annotated[str, PATH], expires_s: Annotated[int | None, EXPIRES] = None
    ) -> Response:
        if not signer.keys:
            raise UnsupportedOption("Nothing is signed here: FOVEATE_SIGNING__KEYS is not set.")
        if not path.startswith(MOUNT):
            raise BadOption(f"Expected a path that begins with {MOUNT}, got {shown(path)}.")
        if expires_s is not None and not 0 < expires_s <= LONGEST_S:
            raise BadOption(f"Expected expires_s from 1 to {LONGEST_S}, got {expires_s}.")
        now = time.time()
        signed = signer.sign(path, None if expires_s is None else int(now) + expires_s)
        _check(core, signed, now)
        return as_response(json_answer(200, {"path": signed}))


def _check(core: Core, signed: str, now: float) -> None:
    """Raise what an image URL would be refused with, whatever picture there is.

    Raises BadRequest; BadOption where it leads nowhere.
    """
    if not SENT.fullmatch(signed):
        raise BadOption(f"Expected a percent-encoded path without #, got {shown(signed)}.")
    path, _, query = signed.partition("?")
    origins = core.settings.origins
    try:
        request = Request(path, query, {})
        url = read_image_url(request, signer=core.signer, folder=origins.folder, now=now)
        read_image_request(url, {}, core.settings, core.presets)
        if not url.source.startswith(SCHEME):
            Sources(origins).check(url.source)
    except (BadUrl, SourceNotFound) as why:
        raise BadOption(f"Expected an image URL, got {shown(path)}: {why.public}") from why
