"""Our answers as FastAPI sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import Response

if TYPE_CHECKING:
    from foveate.server.answer import Answer


def as_response(answer: Answer) -> Response:
    """Return the answer with its headers just as they are."""
    response = Response(answer.body, answer.status)
    response.raw_headers = list(answer.headers)
    return response
