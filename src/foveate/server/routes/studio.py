"""`GET /v1/studio`: what the page at `/` needs to know of this server before there is a picture."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.design.drawing.engine import installed as drawing_installed
from foveate.enrolled import COLLECTION
from foveate.errors import FoveateError
from foveate.models.supply.samples import SAMPLES
from foveate.people.keys import ANY, Scope
from foveate.people.lance import installed
from foveate.server.answer import json_answer
from foveate.server.gate import caller
from foveate.server.openapi import FAILURES, POSTS, json_response
from foveate.server.response import as_response
from foveate.service.found import columns_of
from foveate.service.parts import OFFERED
from foveate.service.told import error_to_json

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.core import Core
    from foveate.server.door import Door
    from foveate.service.part import Part

TITLES: Final = {
    PurePosixPath(card.file).name: f"{card.output} ({card.licence}: {card.upstream})"
    for card in SAMPLES
}
"""Pictures that the page offers where the origin has them, with what is said of each."""
EXAMPLE: Final = {
    "samples": [{"name": "astronaut.png", "title": TITLES["astronaut.png"]}],
    "attributes": ["age", "emotion"],
    "people": {
        "refused": None,
        "collection": "*",
        "scope": "write",
        "usual": "people",
        "crops": False,
        "collections": [{"name": "people", "faces": 12}],
    },
    "datasets": True,
    "designs": True,
    "assistant": False,
    "signed": False,
    "missing": {"objects": ["centernet", "nanodet"]},
}
UNUSABLE: Final = frozenset({"missing", "damaged"})
"""States of networks that `foveate models pull` would bring."""
"""How the status of a network says that its weights are not here."""
EVERYTHING: Final = {"collection": ANY, "scope": Scope.ADMIN}
"""What may be done where no key is needed."""
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "What the studio shows",
    "description": (
        "Which samples there are, what may be guessed of people, and what who asks may do with the "
        "face index: `people` is null where it is not installed, `refused` says why nothing is "
        "told, `collection` and `scope` what the key is good for (`*` is every collection), "
        "`usual` which collection is meant where none is named, and `crops` whether faces are kept "
        "as pictures. `datasets` and `designs` are whether they can be made here, `assistant` "
        "whether a language model is set that edits designs. `missing` names "
        "the parts of `/v1/analyse` of which weights are not here, "
        "and which: `foveate models pull` fetches them."
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
        "people": _people(core, request) if installed() else None,
        "datasets": find_spec("jsonschema") is not None,
        "designs": drawing_installed(),
        "assistant": bool(core.settings.assistant.base_url and core.settings.assistant.model),
        "signed": core.signer.needed,
        "missing": _missing(core),
    }


def _missing(core: Core) -> dict[str, list[str]]:
    """Return by the name of a part which weights it may look with and are not here, or damaged."""
    gone = {name for name, state in core.status().items() if state in UNUSABLE}
    parts = {name: _cards(core, part) for name, part in OFFERED.items()}
    return {name: sorted(cards & gone) for name, cards in parts.items() if cards & gone}


def _cards(core: Core, part: Part[Any]) -> set[str]:
    networks = [network for each in (part, *part.needs) for network in each.networks]
    return {card for network in networks for card in network.cards_for(core.settings)}


def samples_in(folder: str) -> list[tuple[str, str]]:
    """Return the samples that lie in an origin's folder: names, and what is said of each."""
    if not folder or "://" in folder:
        return []
    return [row for row in TITLES.items() if (Path(folder) / row[0]).is_file()]


def _people(core: Core, request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {
        "refused": None,
        "collection": "",
        "scope": None,
        "usual": COLLECTION,
        "crops": core.settings.people.keep_crops,
    }
    try:
        who = caller(core, request)
        rows = [row for row in core.people.collections() if who.may(Scope.READ, row.name)]
    except FoveateError as why:
        return {**told, "refused": error_to_json(why), "collections": []}
    key = who.key
    told |= {"collection": key.collection, "scope": key.scope} if key else EVERYTHING
    return {**told, "collections": [columns_of(row, "name", "faces") for row in rows]}
