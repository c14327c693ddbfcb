"""The paths of CompreFace's REST API, and the shape of its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from foveate.errors import FoveateError
from foveate.metrics import ERRORS
from foveate.people.keys import Scope
from foveate.server.answer import Answer, json_answer
from foveate.server.compreface import embeddings, examples, looking, subjects
from foveate.server.compreface.call import Call, called
from foveate.server.compreface.problems import Code, Problem, Refused, problem_of
from foveate.server.errors import logged, when_again
from foveate.server.exchange import exchange_of
from foveate.server.response import as_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from foveate.metrics import Metrics
    from foveate.server.door import Door

PREFIX: Final = "/api/v1"


class Row(NamedTuple):
    """A route: what a key must be good for, and under which word it is noted."""

    method: str
    path: str
    scope: Scope
    verb: str
    answer: Callable[[Call], Awaitable[Answer]]


_SUBJECTS: Final = "/recognition/subjects"
_FACES: Final = "/recognition/faces"
_IMAGE: Final = "/recognition/faces/{image}"
_EMBEDDINGS: Final = "/recognition/embeddings"
ROWS: Final = (
    Row("POST", _SUBJECTS, Scope.WRITE, "introduce", subjects.add),
    Row("GET", _SUBJECTS, Scope.READ, "list", subjects.listed),
    Row("GET", f"{_SUBJECTS}/", Scope.READ, "list", subjects.listed),
    Row("DELETE", _SUBJECTS, Scope.WRITE, "erase", subjects.erase_all),
    Row("PUT", f"{_SUBJECTS}/{{subject:path}}", Scope.WRITE, "rename", subjects.rename),
    Row("DELETE", f"{_SUBJECTS}/{{subject:path}}", Scope.WRITE, "erase", subjects.erase),
    Row("POST", _FACES, Scope.WRITE, "add", examples.add),
    Row("GET", _FACES, Scope.READ, "list", examples.listed),
    Row("DELETE", _FACES, Scope.WRITE, "erase", examples.erase_of),
    Row("POST", f"{_FACES}/delete", Scope.WRITE, "erase", examples.erase_several),
    Row("DELETE", _IMAGE, Scope.WRITE, "erase", examples.erase_one),
    Row("GET", f"{_IMAGE}/img", Scope.READ, "image", examples.image),
    Row("GET", "/static/{key}/images/{image}", Scope.READ, "image", examples.image),
    Row("POST", f"{_IMAGE}/verify", Scope.READ, "verify", looking.verify),
    Row("POST", "/recognition/recognize", Scope.READ, "search", looking.recognise),
    Row("POST", f"{_EMBEDDINGS}/recognize", Scope.READ, "search", embeddings.recognise),
    Row("POST", f"{_EMBEDDINGS}/faces/{{image}}/verify", Scope.READ, "verify", embeddings.verify),
    Row("POST", "/detection/detect", Scope.READ, "detect", looking.detect),
    Row("POST", "/verification/verify", Scope.READ, "compare", looking.compare),
    Row("POST", "/verification/embeddings/verify", Scope.READ, "compare", embeddings.compare),
)
"""The first that fits is taken."""


def create_app(door: Door, metrics: Metrics) -> Starlette:
    """Return the routes below `PREFIX`, with errors as CompreFace has them."""
    routes = [Route(row.path, _endpoint(door, row), methods=[row.method]) for row in ROWS]
    again_s = door.core.settings.load.retry_after_s

    async def refuse(request: Request, error: Exception) -> Response:
        exchange_of(request.scope).error = type(error).__name__
        metrics.count(ERRORS, type(error).__name__)
        if isinstance(error, Refused):
            return as_response(_answer(error.problem))
        known = logged(error, exchange_of(request.scope).path)
        return as_response(_answer(problem_of(known), when_again(known, again_s)))

    async def lost(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return as_response(_answer(Problem(status, Code.OTHER, "There is no such path.")))

    handlers = {Refused: refuse, FoveateError: refuse, Exception: refuse, HTTPException: lost}
    return Starlette(routes=routes, exception_handlers=handlers)


def _endpoint(door: Door, row: Row) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        exchange_of(request.scope).route = PREFIX + row.path
        return as_response(await row.answer(called(door, request, row.scope, row.verb)))

    return endpoint


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> Answer:
    content = {"message": problem.message, "code": int(problem.code)}
    return json_answer(problem.http, content, headers)
