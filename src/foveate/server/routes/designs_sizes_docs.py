"""What OpenAPI says of other sizes, brands and checks of designs: words and examples, as data."""

from __future__ import annotations

from typing import Any, Final

from foveate.server.openapi import BINARY, json_response
from foveate.server.routes.designs_docs import CHANGES, EXAMPLE, SCENE, docs

NORD: Final = {
    "name": "nord",
    "title": "Nord",
    "colours": {"primary": "#0b3d91", "accent": "#ffb000"},
    "fonts": {"title": "Playfair Display", "body": "Lora"},
    "problems": [],
}
TOML: Final = 'name = "Nord"\n[colours]\nprimary = "#0b3d91"\n[fonts]\nbody = "Lora"\n'
_RESIZE: Final = {
    "type": "object",
    "required": ["to"],
    "properties": {
        "to": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {"type": "string"},
            "description": "Names (`GET /v1/page-sizes`), ratios (`16:9`) or two lengths.",
        },
        "keep": {"type": "boolean", "default": False},
        "draw": {"type": "string", "description": "png, jpeg, webp, avif, pdf or svg."},
        "scale": {"type": "number", "default": 1, "description": "Pixels to one of the design."},
    },
}
_SIZED: Final = {"to": "16:9", "width": 1920, "height": 1080, "remarks": ["legal is hidden."]}


def _body(content: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"requestBody": {"required": required, "content": content}}


SIZES_DOCS: Final = docs(
    "Sizes that have a name",
    "Paper is in pixels at 96 to the inch.",
    json_response(
        "The sizes.",
        {"sizes": [{"name": "a5", "about": "Paper, upright.", "width": 559.37, "height": 793.7}]},
    ),
)
_RESIZED: Final = json_response(
    "The designs, or with `draw` a zip with each of them drawn, and `sizes.json`.",
    {"designs": [{**_SIZED, "design": SCENE}]},
)
_RESIZED["content"]["application/zip"] = BINARY
RESIZE_DOCS: Final = {
    **docs(
        "Bring a design to other sizes",
        "The same blocks, arranged anew: pictures are cropped by what is in them, letters fit, and "
        "what there is no room for is hidden, and told in `remarks`. With `keep`, which needs the "
        "scope `write`, each is kept as a design of its own, `ID-16x9`; asked for again, it is a "
        "new version of that one; 409 where another design has that id. With `draw` the answer is "
        "a zip of pictures. One size alone is drawn by `GET .../render?to=16:9`.",
        _RESIZED,
    ),
    "openapi_extra": _body(
        {
            "application/json": {
                "schema": _RESIZE,
                "example": {"to": ["16:9", "youtube-thumbnail"], "keep": False},
            }
        }
    ),
}
CHECKS_DOCS: Final = docs(
    "What is wrong with a design",
    "What edits are checked for, of all that is in it: texts that do not fit, fonts and pictures "
    "that are not here or may not be used, blocks beyond the page, low contrast, covered faces.",
    json_response(
        "What was found; nothing where the design is in order.",
        {
            "version": 3,
            "found": [
                {
                    "block": "title",
                    "check": "fits",
                    "severity": "error",
                    "sentence": "The text title is 12 px wider than its box.",
                }
            ],
        },
    ),
)
BRANDS_DOCS: Final = docs(
    "Brands that are kept here",
    "Those of the folder that `FOVEATE_DESIGNS__BRANDS` names, by the names of their files; one "
    "that cannot be read has its `problems`. Needs the scope `read` for designs.",
    json_response("The brands.", {"brands": [NORD]}),
)
BRAND_DOCS: Final = {
    **docs(
        "Bring a design to a brand",
        "Colours by what they are for, fonts by role, the logo and least sizes, by rule; locked "
        "blocks stay. The brand is the body, as TOML or JSON, or one that is kept here, by "
        "`?brand=`. Answers with the change set, which `POST .../changes` takes, all of it or "
        "what somebody chooses; with `keep` it is made at once. Needs the scope `write`.",
        json_response(
            "The change set, what is to be known of it, and with `keep` the new version.",
            {**EXAMPLE, **CHANGES, "brand": "Nord", "remarks": ["badge is locked: it stays."]},
        ),
    ),
    "openapi_extra": _body(
        {
            "application/toml": {"schema": {"type": "string"}, "example": TOML},
            "application/json": {
                "schema": {"type": "object"},
                "example": {"name": "Nord", "colours": {"primary": "#0b3d91"}},
            },
        },
        required=False,
    ),
}
