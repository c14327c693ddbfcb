"""Our answers as FastAPI takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import Response

from foveate.server.answer import respond

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from foveate.server.answer import Answer


class _Whole(Response):
    """An answer with its headers just as they are, sent in slices like any."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(status_code=answer.status)
        self.raw_headers = list(answer.headers)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await respond(send, self._answer, head=scope["method"] == "HEAD")


def as_response(answer: Answer) -> Response:
    """Return the answer as FastAPI takes it."""
    return _Whole(answer)
