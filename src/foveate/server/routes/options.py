"""`GET /v1/options`: the table of options, for pages and programs that build URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from foveate.options.table import OPTIONS
from foveate.server.answer import json_answer
from foveate.server.openapi import POSTS, json_response
from foveate.server.response import as_response

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door

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


def add(api: FastAPI, _door: Door) -> None:
    """Add the route."""
    told = {"options": [{name: getattr(row, name) for name in FIELDS} for row in OPTIONS]}

    @api.get("/v1/options", **DOCS)
    async def options() -> Response:
        return as_response(json_answer(200, told))
