"""What OpenAPI says about the routes: words, examples and schemas, as data."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from foveate.service.formats import SETS

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
    "Needed for POST as soon as signing keys are set (FOVEATE_SIGNING__KEYS): one of these keys."
)
TAGS: Final = [
    {"name": "Image URLs", "description": "A picture at its own address, cached."},
    {"name": "Pictures by POST", "description": "A picture from the body or from an address."},
    {"name": "Operations", "description": "For probes and Prometheus."},
]
_POSTS: Final = {"tags": ["Pictures by POST"]}

_ERROR: Final = {
    "type": "object",
    "required": ["error", "code", "message"],
    "properties": {
        "error": {"type": "string", "example": "SourceNotFound"},
        "code": {"type": "integer", "example": 9404},
        "message": {"type": "string", "example": "There is no original at this address."},
    },
}
_FAILURES: Final = {
    "4XX": {
        "description": "What was asked, or the original, cannot be used.",
        "content": {"application/json": {"schema": _ERROR}},
    },
    "5XX": {
        "description": "The origin failed, or we are busy; with `Retry-After` on 503.",
        "content": {"application/json": {"schema": _ERROR}},
    },
}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_PICTURE: Final = {
    "description": "The picture; `Foveate-Gravity` says what a crop kept.",
    "content": {"image/*": _BINARY},
}
_OPTIONS_FIELD: Final = {
    "description": "As in a URL, or an object as in Workers' `cf.image`.",
    "anyOf": [{"type": "string"}, {"type": "object"}],
    "example": {"width": 400, "height": 400, "fit": "cover", "gravity": "face"},
}
_DRAW_FIELD: Final = {
    "description": "Overlays, bottom first, as in Workers' `draw`.",
    "type": "array",
    "items": {"type": "object", "required": ["url"]},
    "example": [{"url": "logo.png", "width": 0.2, "bottom": 10, "right": 10, "opacity": 0.8}],
}


def _request_body(**extra: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON schemas
    url = {
        "type": "string",
        "description": "A path under the origin, or an absolute URL on an allowed origin.",
        "example": "astronaut.jpg",
    }
    by_url = {"type": "object", "required": ["url"], "properties": {"url": url, **extra}}
    image = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": ["image"], "properties": {"image": image, **extra}}
    return {
        "requestBody": {
            "required": True,
            "description": "The picture itself, a form with it, or JSON that says where it is.",
            "content": {
                "image/*": _BINARY,
                "multipart/form-data": {"schema": form},
                "application/json": {"schema": by_url},
            },
        }
    }


def _json_response(about: str, example: object) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return {"description": about, "content": content}


_BOX: Final = {"left": 166, "top": 61, "width": 107, "height": 140}
_FACE: Final = {
    "box": _BOX,
    "score": 0.998,
    "landmarks": {
        "left_eye": [197.1, 112.4],
        "right_eye": [245.0, 110.2],
        "nose": [222.3, 139.8],
        "mouth_left": [201.9, 165.0],
        "mouth_right": [243.1, 163.4],
    },
}
_MAP: Final = {"width": 64, "height": 64, "png": "iVBORw0KGgo..."}
_READ: Final = {
    "pose": {"yaw": -4.2, "pitch": 3.1, "roll": 2.0},
    "quality": {"score": 0.81, "sharpness": 0.9, "exposure": 0.98, "size": 1.0},
    "liveness": 0.98,
    "gender": {"label": "female", "probabilities": {"female": 0.69, "male": 0.31}},
}
_ANALYSIS: Final = {
    "width": 512,
    "height": 512,
    "faces": [_FACE],
    "saliency": {"point": [0.43, 0.21], **_MAP},
    "matte": {"coverage": 0.53, **_MAP},
    "attributes": [_READ],
    "timings_ms": {"decode": 6.1, "faces": 21.4, "saliency": 96.0, "matte": 8.8},
}
_CROPS: Final = {
    "crops": [{"name": "story", "aspect": "9:16", "box": _BOX, "gravity": "face"}],
    "timings_ms": {"decode": 6.1, "faces": 21.4},
}

RENDER: Final[dict[str, Any]] = {
    **_POSTS,
    "summary": "Transform a picture",
    "description": "The same options as in a URL, and overlays, which a URL cannot say.",
    "openapi_extra": _request_body(options=_OPTIONS_FIELD, draw=_DRAW_FIELD),
    "responses": {200: _PICTURE, **_FAILURES},
}
ANALYSE: Final[dict[str, Any]] = {
    **_POSTS,
    "summary": "Say what is in a picture",
    "description": (
        "One decode for all parts. `faces`: boxes, scores and five landmarks. `saliency` and "
        "`matte`: maps over the whole picture as grey PNG in base64. `attributes`: head pose, "
        "quality and liveness of each face in the order of `faces`, and what "
        "FOVEATE_ATTRIBUTES lets be guessed. `embedding`: a unit vector of 512 numbers a face."
    ),
    "openapi_extra": _request_body(),
    "responses": {200: _json_response("What is known of the picture.", _ANALYSIS), **_FAILURES},
}
CROPS: Final[dict[str, Any]] = {
    **_POSTS,
    "summary": "Find the best crop for many aspect ratios",
    "description": (
        "One look at the picture, one box for each ratio or named format; or a zip of the "
        "pictures, those of named formats at their own pixels."
    ),
    "openapi_extra": _request_body(),
    "responses": {200: _json_response("The boxes, or a zip with `render`.", _CROPS), **_FAILURES},
}
OPTIONS: Final[dict[str, Any]] = {
    "description": "Options as in a URL, separated by commas.",
    "examples": ["width=400,height=400,fit=cover,gravity=face"],
}
PARTS: Final[dict[str, Any]] = {
    "description": "What to look for, separated by commas.",
    "examples": ["faces,saliency,matte"],
}
ASPECT: Final[dict[str, Any]] = {
    "description": "Width to height, such as 9:16, or a format's name; repeat it for more.",
    "examples": [["1:1", "story"]],
}
SET: Final[dict[str, Any]] = {
    "description": f"All formats of a set: {', '.join(SETS)}; repeat it for more.",
    "examples": [["social"]],
}
CROPS_GRAVITY: Final[dict[str, Any]] = {
    "description": "`face` keeps faces, `auto` all that draws the eye.",
    "examples": ["auto"],
}
CROPS_RENDER: Final = "Answer with a zip that holds one picture for each ratio."


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
            "`exp` and `sig` in the query sign a link; the rest belongs to the source."
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
    ),
    "/metrics": _raw("Operations", "Numbers for Prometheus", "text/plain"),
}
