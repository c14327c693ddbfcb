"""All that is no image URL, probe or page: the `/v1` routes, and their OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from foveate.configuration.nearest import hint, nearest
from foveate.errors import BadOption, BadSignature, FoveateError
from foveate.jobs.links import PATH as JOBS
from foveate.metrics import ERRORS, Metrics
from foveate.options.signing import SIGNED, UNSIGNED
from foveate.options.values import shown
from foveate.server.designs import PATH as DESIGNS
from foveate.server.door import Door
from foveate.server.errors import error_answer, routing_answer
from foveate.server.exchange import exchange_of
from foveate.server.gate import may_post
from foveate.server.openapi import BEARER, DESCRIPTION, RAW_PATHS, SUMMARY, TAGS, VERSION
from foveate.server.response import as_response
from foveate.server.routes import ROUTES
from foveate.storage.dataset_paths import PATH as DATASETS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fastapi.responses import Response

    from foveate.datasets.room import Datasets
    from foveate.delivery.delivery import Delivery
    from foveate.designs.room import Designs
    from foveate.jobs.room import Jobs
    from foveate.server.core import Core

READS: Final = ["GET", "HEAD"]
NO_TELEMETRY: Final[Any] = dict.fromkeys(("auto_configure", "tracing", "metrics", "logs"), False)
"""FastAPI would tell whatever the environment names of each request, its query too."""
V1: Final = "/v1/"
NOT_FOUND: Final = 404
SEARCHING: Final = ("/v1/people", "/v1/recognise")
"""What may ask the face index: each of them sees to it that a key of the index is used so."""
WANTED: Final = {
    **dict.fromkeys(("bool_parsing", "bool_type"), "true or false"),
    **dict.fromkeys(("int_parsing", "int_type"), "a whole number"),
    "enum": "{expected}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}
"""What we ask for, by the framework's name of the problem."""
bearer = HTTPBearer(auto_error=False, description=BEARER)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def create_api(
    core: Core,
    delivery: Delivery,
    metrics: Metrics,
    jobs: Jobs,
    datasets: Datasets,
    designs: Designs,
) -> FastAPI:
    """Return everything that is not an image URL, a probe or a page."""
    door = Door(core, delivery, jobs, datasets, designs)
    api = FastAPI(
        title="Foveate",
        summary=SUMMARY,
        description=DESCRIPTION,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_tags=TAGS,
        # It would redirect to the host that a request names.
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
        dependencies=[Depends(_guard(core))],
    )
    for route in ROUTES:
        route.add(api, door)
    if core.settings.people.compreface:
        # Apart: its errors have another shape, and what it answers is described elsewhere.
        from foveate.server.compreface import PREFIX, create_app  # noqa: PLC0415

        api.mount(PREFIX, create_app(door, metrics))
    if core.settings.rekognition.key_file:
        from foveate.server import rekognition  # noqa: PLC0415

        api.mount(rekognition.PREFIX, rekognition.create_app(door, metrics))
    _describe_all(api)
    _add_errors(api, metrics, core.settings.load.retry_after_s)
    return api


def _describe_all(api: FastAPI) -> None:
    """Let the OpenAPI document have the routes that are answered without the framework."""
    described = api.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        schema["paths"] = {**RAW_PATHS, **schema["paths"]}
        return schema

    api.openapi = openapi  # type: ignore[method-assign]


def _add_errors(api: FastAPI, metrics: Metrics, retry_after_s: int) -> None:
    async def refuse(request: Request, error: Exception) -> Response:
        if isinstance(error, RequestValidationError):
            error = BadOption(_sentence(error.errors()))
        exchange_of(request.scope).error = type(error).__name__
        metrics.count(ERRORS, type(error).__name__)
        return as_response(error_answer(error, request.url.path, retry_after_s=retry_after_s))

    async def lost(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise TypeError(f"expected HTTPException, got {type(error).__name__}") from error
        allow = (error.headers or {}).get("Allow", "")
        instead = _route_meant(api, request.url.path) if error.status_code == NOT_FOUND else ""
        return as_response(routing_answer(error.status_code, allow=allow, instead=instead))

    for kind in (FoveateError, RequestValidationError, Exception):
        api.add_exception_handler(kind, refuse)
    api.add_exception_handler(HTTPException, lost)


def _route_meant(api: FastAPI, path: str) -> str:
    """Return what to add where there is no route: one whose first word is like that of the path.

    >>> api = FastAPI()
    >>> api.add_api_route("/v1/analyse/{part}", lambda: None)
    >>> _route_meant(api, "/v1/analyze/faces"), _route_meant(api, "/favicon.ico")
    (' (did you mean /v1/analyse?)', '')
    """
    word = _first_word(path)
    words = {_first_word(getattr(route, "path", "")) for route in api.routes}
    near = nearest(word, sorted(words - {""})) if word and word not in words else None
    return hint(f"{V1}{near}") if near else ""


def _first_word(path: str) -> str:
    return path.removeprefix(V1).partition("/")[0] if path.startswith(V1) else ""


def _sentence(problems: Sequence[Any]) -> str:
    """Say it in our words; those of the framework repeat themselves."""
    first = problems[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "request"
    if first["type"] == "json_invalid":
        return f"Expected JSON, got what is none from its character {where} on."
    if first["type"] == "missing":
        return f"Expected `{where}`, got none."
    wanted = WANTED.get(first["type"], "another value").format_map(first.get("ctx", {}))
    return f"Expected {wanted} for `{where}`, got {shown(str(first['input']))}."


def _guard(core: Core) -> Callable[..., Awaitable[None]]:
    """Return what lets a POST through: anybody without signing keys, else bearers of one.

    A header has room for one key: those of the face index open what may ask the face index.
    """

    async def guard(request: Request, credentials: Credentials) -> None:
        # These have keys of their own, and each of their routes looks for one.
        if request.method in READS or request.scope["route"].path.startswith(
            (JOBS, DATASETS, DESIGNS)
        ):
            return
        if may_post(core, request):
            exchange_of(request.scope).key = SIGNED if core.signer.needed else UNSIGNED
            return
        given = credentials.credentials if credentials else ""
        searching = request.scope["route"].path.startswith(SEARCHING)
        if not (searching and given and core.access.keys.of(given)):
            raise BadSignature(
                "Expected the header `Authorization: Bearer KEY` with one of the signing keys."
            )

    return guard
