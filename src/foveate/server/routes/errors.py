"""`GET /v1/errors`: every error by its class, and what to do about it, for pages and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from foveate.server.answer import json_answer
from foveate.server.errors import explained
from foveate.server.openapi import json_response
from foveate.server.response import as_response

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door

EXAMPLE: Final = {
    "errors": {
        "SourceNotFound": {
            "status": 404,
            "code": 9404,
            "message": "There is no original at this address.",
            "advice": "Look at the path, and at `FOVEATE_ORIGINS__FOLDER`.",
        }
    }
}
DOCS: Final[dict[str, Any]] = {
    "tags": ["Operations"],
    "summary": "What errors mean",
    "description": "By their classes, as answers and `foveate_errors_total` name them.",
    "responses": {200: json_response("All errors.", EXAMPLE)},
}
FIELDS: Final = ("status", "code", "message", "advice")


def add(api: FastAPI, _door: Door) -> None:
    """Add the route."""
    told = {each.name: {field: getattr(each, field) for field in FIELDS} for each in explained()}

    @api.get("/v1/errors", **DOCS)
    async def errors() -> Response:
        return as_response(json_answer(200, {"errors": told}))
