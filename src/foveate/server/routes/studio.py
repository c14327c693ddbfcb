"""`GET /v1/studio`: what the page at `/` needs to know of this server before there is a picture."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.enrolled import COLLECTION
from foveate.errors import FoveateError
from foveate.models.supply.samples import SAMPLES
from foveate.people.keys import Scope
from foveate.people.lance import installed
from foveate.server.answer import json_answer
from foveate.server.gate import caller
from foveate.server.openapi import FAILURES, POSTS, json_response
from foveate.server.response import as_response

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.core import Core
    from foveate.server.door import Door

TITLES: Final = {
    PurePosixPath(card.file).name: f"{card.output} ({card.licence}: {card.upstream})"
    for card in SAMPLES
}
"""Pictures that the page offers where the origin has them, with what is said of each."""
EXAMPLE: Final = {
    "samples": [{"name": "astronaut.png", "title": TITLES["astronaut.png"]}],
    "attributes": ["age", "emotion"],
    "people": True,
    "collection": "people",
    "signed": False,
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "What the studio shows",
    "description": (
        "Which samples there are, what may be guessed of people, and whether who asks may search "
        "the face index."
    ),
    "responses": {200: json_response("What this server can show.", EXAMPLE), **FAILURES},
}


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""

    @api.get("/v1/studio", **DOCS)
    async def studio(request: Request) -> Response:
        told = await asyncio.to_thread(_told, door.core, request)
        return as_response(json_answer(200, told))


def _told(core: Core, request: Request) -> dict[str, Any]:
    folder = core.settings.origins.folder
    return {
        "samples": [{"name": name, "title": title} for name, title in samples_in(folder)],
        "attributes": list(core.settings.attributes),
        "people": installed() and _may_search(core, request),
        "collection": COLLECTION,
        "signed": core.signer.needed,
    }


def samples_in(folder: str) -> list[tuple[str, str]]:
    """Return the samples that lie in an origin's folder: names, and what is said of each."""
    if not folder or "://" in folder:
        return []
    return [row for row in TITLES.items() if (Path(folder) / row[0]).is_file()]


def _may_search(core: Core, request: Request) -> bool:
    try:
        may = caller(core, request).may(Scope.READ, COLLECTION)
        return may and any(each.name == COLLECTION for each in core.people.store.collections())
    except FoveateError:
        return False
