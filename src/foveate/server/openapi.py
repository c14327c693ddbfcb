"""What OpenAPI says about all routes: words and schemas, as data. Each route adds its own."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

VERSION: Final = version("foveate")
SUMMARY: Final = "A self-hosted AI image service."
DESCRIPTION: Final = """\
Resize, crop around faces and compress pictures with a URL, or send a picture with POST.

Every error is JSON: `{"error": "<name>", "code": <94xx or 95xx>, "message": "<one sentence>"}`, and
the header `Cf-Resized: err=<code>`. A face is
`{"box": {"left", "top", "width", "height"}, "score", "landmarks": {...}}` in pixels of the upright
picture; left and right are as seen in the picture.
"""
BEARER: Final = (
    "Needed for POST as soon as signing keys are set (FOVEATE_SIGNING__KEYS): one of these keys. "
    "For the face index: a key that `foveate people key add` made, for jobs one of "
    "`foveate jobs key add`, for datasets one of `foveate dataset key add`, "
    "for designs one of `foveate design key add`."
)
TAGS: Final = [
    {"name": "Image URLs", "description": "A picture at its own address, cached."},
    {"name": "Pictures by POST", "description": "A picture from the body or from an address."},
    {
        "name": "People",
        "description": "The face index. It answers this machine only until it has a key; from then "
        "on everybody needs one: `foveate people key add`.",
    },
    {
        "name": "Jobs",
        "description": "Batches that the server works on by itself. It answers this machine only, "
        "until there is a key: `foveate jobs key add`.",
    },
    {
        "name": "Datasets",
        "description": "Training sets, made once of raw data and kept for who asks. They answer "
        "this machine only, until there is a key: `foveate dataset key add`.",
    },
    {
        "name": "Designs",
        "description": "Designs that are kept in versions, drawn and changed. They answer this "
        "machine only, until there is a key: `foveate design key add`.",
    },
    {"name": "Operations", "description": "For probes and Prometheus."},
]
POSTS: Final = {"tags": ["Pictures by POST"]}

_ERROR: Final = {
    "type": "object",
    "required": ["error", "code", "message"],
    "properties": {
        "error": {"type": "string", "example": "SourceNotFound"},
        "code": {"type": "integer", "example": 9404},
        "message": {"type": "string", "example": "There is no original at this address."},
    },
}
FAILURES: Final = {
    "4XX": {
        "description": "What was asked, or the original, cannot be used.",
        "content": {"application/json": {"schema": _ERROR}},
    },
    "5XX": {
        "description": "The origin failed, or we are busy; with `Retry-After` on 503.",
        "content": {"application/json": {"schema": _ERROR}},
    },
}
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}


def documented(
    tag: str, summary: str, about: str, answer: dict[str, Any], status: int = 200
) -> dict[str, Any]:
    """Return what is said of a route: whose it is, what it does, and how it answers."""
    told = {"tags": [tag], "summary": summary, "description": about, "status_code": status}
    return {**told, "responses": {status: answer, **FAILURES}}


def request_body(**extra: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON schemas
    """Return what a POST takes: a picture, or where to find one, and these fields beside it."""
    url = {
        "type": "string",
        "description": "A path under the origin, or an absolute URL on an allowed origin.",
        "example": "astronaut.jpg",
    }
    reference = {
        "type": "string",
        "description": "What `POST /v1/references` answered, in place of `url`.",
        "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    by_url = {
        "type": "object",
        "anyOf": [{"required": ["url"]}, {"required": ["reference"]}],
        "properties": {"url": url, "reference": reference, **extra},
    }
    image = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": ["image"], "properties": {"image": image, **extra}}
    return {
        "requestBody": {
            "required": True,
            "description": "The picture itself, a form with it, or JSON that says where it is.",
            "content": {
                "image/*": BINARY,
                "multipart/form-data": {"schema": form},
                "application/json": {"schema": by_url},
            },
        }
    }


def two_pictures_body() -> dict[str, Any]:
    """Return what a POST takes that wants two pictures."""
    body = request_body()
    content = body["requestBody"]["content"]
    del content["image/*"]
    form, by_url = (content[kind]["schema"] for kind in ("multipart/form-data", "application/json"))
    form["properties"]["other"] = form["properties"]["image"]
    by_url["properties"]["other"] = {
        "type": "object",
        "properties": {key: by_url["properties"][key] for key in ("url", "reference")},
    }
    for schema in (form, by_url):
        schema["required"] = [*schema.get("required", ()), "other"]
    body["requestBody"]["description"] = "A form with both, or JSON that says where they are."
    return body


def upload_body() -> dict[str, Any]:
    """Return what a POST takes that wants the picture itself."""
    body = request_body()
    del body["requestBody"]["content"]["application/json"]
    body["requestBody"]["description"] = "The picture itself, or a form with it."
    return body


def json_response(about: str, example: object) -> dict[str, Any]:
    """Return an answer in JSON."""
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return {"description": about, "content": content}


def _raw(tag: str, summary: str, kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = {"200": {"description": "OK", "content": {kind: {"schema": {"type": "string"}}}}}
    return {"get": {"tags": [tag], "summary": summary, "responses": answer, **more}}


def _parameter(name: str, about: str, example: str) -> dict[str, Any]:
    place = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    return {**place, "description": about, "example": example}


RAW_PATHS: Final[dict[str, Any]] = {
    "/cdn-cgi/image/{options}/{source}": _raw(
        "Image URLs",
        "A picture, transformed",
        "image/*",
        description=(
            "Answers with `ETag`, `Cache-Control` and, where it was negotiated, `Vary`. "
            "Where signing keys are set, `exp` and `sig` in the query sign a link; the rest of it "
            "belongs to the source."
        ),
        parameters=[
            _parameter(
                "options", "One or more, separated by commas.", "width=400,height=400,gravity=face"
            ),
            _parameter("source", "A path under the origin, or an absolute URL.", "astronaut.jpg"),
        ],
    ),
    "/health/live": _raw("Operations", "Whether the process answers", "application/json"),
    "/health/ready": _raw(
        "Operations",
        "Whether it takes requests, and which networks are here",
        "application/json",
        description=(
            "Of each network: `loaded`, `idle` (loaded when it is needed), `missing` or `damaged` "
            "(`foveate models pull` fetches it) or `unacknowledged` (its licence is). `runs_on` "
            "says where the loaded ones run."
        ),
    ),
    "/health/status": _raw(
        "Operations",
        "How the server fares",
        "application/json",
        description=(
            "What /status shows: networks and where they run, stages elsewhere and since when each "
            "is answering, away or refused, hit rates of caches, latencies, "
            "errors by class, the last fifty answers that were none, by route and request id, and "
            "what was worked on in the last five minutes whenever it was looked at, every two "
            "seconds."
        ),
    ),
    "/metrics": _raw("Operations", "Numbers for Prometheus", "text/plain"),
}
