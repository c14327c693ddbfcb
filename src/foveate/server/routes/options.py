"""`GET /v1/options`: the table of options, for pages and programs that build URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from foveate.errors import FoveateError
from foveate.options.allowed import ONLY_PRESETS
from foveate.options.grammar import format_options, parse_options
from foveate.options.table import OPTIONS, check_supported
from foveate.server.answer import json_answer
from foveate.server.openapi import POSTS, json_response
from foveate.server.response import as_response

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.options.grammar import Presets
    from foveate.server.door import Door
    from foveate.settings import Settings

EXAMPLE: Final = {
    "options": [
        {
            "name": "dpr",
            "aliases": [],
            "usage": "dpr=NUMBER",
            "values": "0.01 to 100",
            "default": "1",
            "help": "Device pixel ratio: multiplies width, height, `trim` and `border`.",
        }
    ]
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "All options of image URLs",
    "description": "In the order in which they are applied, which is that of canonical URLs.",
    "responses": {200: json_response("The table of options.", EXAMPLE)},
}
FIELDS: Final = ("name", "aliases", "usage", "values", "default", "help")
READ: Final = {"options": "width=80,fit=cover", "unknown": ["sparkle"], "problem": ""}
READ_DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Whether options can be read",
    "description": (
        "`text` is what would stand in a URL. Returns it as canonical URLs have it, the names that "
        "are no options, and what is wrong, in a sentence; nothing is fetched or rendered."
    ),
    "responses": {200: json_response("What the text asks for.", READ)},
}


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    told = {"options": [{name: getattr(row, name) for name in FIELDS} for row in OPTIONS]}

    @api.get("/v1/options", **DOCS)
    async def options() -> Response:
        return as_response(json_answer(200, told))

    @api.get("/v1/options/read", **READ_DOCS)
    async def read(text: str = "") -> Response:
        return as_response(json_answer(200, _read(text, door.core.settings, door.core.presets)))


def _read(text: str, settings: Settings, presets: Presets) -> dict[str, Any]:
    try:
        if settings.only_presets:
            ONLY_PRESETS.check(text, presets)
        parsed = parse_options(text, presets)
        check_supported(parsed.options)
    except FoveateError as why:
        return {"options": "", "unknown": [], "problem": why.public}
    unknown = list(parsed.unknown)
    return {"options": format_options(parsed.options), "unknown": unknown, "problem": ""}
