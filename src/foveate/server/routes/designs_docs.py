"""What OpenAPI says of `/v1/designs`: words and examples, as data."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from foveate.server.designs import PATH
from foveate.server.openapi import BINARY, documented, json_response
from foveate.server.routes.jobs_docs import NO_CONTENT

ID: Final = "summer-sale"
OWN: Final = f"{PATH}/{ID}"
XML: Final = (
    '<design version="1" name="Summer">\n'
    '  <page id="post" width="1080" height="1080">\n'
    '    <image id="photo" width="1080" height="700" src="beach.jpg" options="gravity=face"/>\n'
    '    <text id="title" x="60" y="760" width="960" height="200" size="96">Summer sale</text>\n'
    "  </page>\n</design>\n"
)
SCENE: Final = {
    "version": 1,
    "name": "Summer",
    "pages": [{"id": "post", "width": 1080, "height": 1080, "blocks": []}],
}
EXAMPLE: Final = {
    "id": ID,
    "name": "Summer",
    "version": 3,
    "digest": "2c3da3a9...",
    "created": "2026-11-28T12:00:00.000Z",
    "changed": "2026-11-28T12:41:07.300Z",
    "by": "shop",
    "links": {
        "self": OWN,
        "render": f"{OWN}/render",
        "versions": f"{OWN}/versions",
        "changes": f"{OWN}/changes",
    },
}
CHANGES: Final = {
    "of": "2c3da3a9...",
    "to": "1abfcbca...",
    "changes": [
        {
            "change": "changed",
            "type": "image",
            "id": "photo",
            "attribute": "x",
            "was": 700,
            "to": 720,
            "sentence": "Change x of image photo from 700 to 720.",
        }
    ],
}
docs = partial(documented, "Designs")


def _body(kinds: dict[str, Any]) -> dict[str, Any]:
    content = {
        kind: {"schema": {"type": "string" if kind.endswith("xml") else "object"}, "example": each}
        for kind, each in kinds.items()
    }
    return {"requestBody": {"required": True, "content": content}}


SENT: Final = _body({"application/xml": XML, "application/json": SCENE})
POST_DOCS: Final = {
    **docs(
        "Keep a design",
        "As XML or JSON; what is wrong with it is told, each by its place. It is on the disk when "
        "this is answered. An SVG, or with `from=figma` what Figma's `GET /v1/files/KEY` answers "
        "(with `geometry=paths`), becomes a design; what a design has no words for is told in "
        "`remarks`. Needs the scope `write`.",
        json_response("The design is kept.", {**EXAMPLE, "version": 1}),
        201,
    ),
    "openapi_extra": _body(
        {"application/xml": XML, "application/json": SCENE, "image/svg+xml": "<svg>...</svg>"}
    ),
}
LIST_DOCS: Final = docs(
    "List designs",
    "The newest first; `next` is what `after` is for the next page.",
    json_response("A page.", {"designs": [EXAMPLE], "next": None}),
)
GET_DOCS: Final = docs(
    "A design",
    "As XML, or as JSON where `Accept` names that first. Its `ETag` is its version.",
    {
        "description": "The design.",
        "content": {"application/xml": {"example": XML}, "application/json": {"example": SCENE}},
    },
)
PUT_DOCS: Final = {
    **docs(
        "Keep a new version of a design",
        "`If-Match` has the `ETag` of the version that it was made of: 409 where somebody else "
        "changed the design meanwhile. With `merge` what both changed is kept: what contradicts "
        "changes of others is left out, and told in `conflicts`, beside the change set from what "
        "was there. An equal design is no new version. Needs the scope `write`.",
        json_response("The design is kept.", EXAMPLE),
    ),
    "openapi_extra": SENT,
}
DELETE_DOCS: Final = docs(
    "Delete a design",
    "With all its versions. Needs the scope `admin`.",
    {"description": "It is gone."},
    NO_CONTENT,
)
VERSIONS_DOCS: Final = docs(
    "The versions of a design",
    "Those that are kept, the newest first: `FOVEATE_DESIGNS__VERSIONS` says how many.",
    json_response(
        "The versions.",
        {
            "versions": [
                {"version": 3, "digest": "1abf...", "at": "2026-11-28T12:41:07Z", "by": "shop"}
            ]
        },
    ),
)
_DRAWN_AS: Final = (
    *("image/png", "image/jpeg", "image/webp", "image/avif", "image/svg+xml"),
    "application/pdf",
)
_DRAWN: Final = {
    "description": "The design, drawn. `Foveate-Note` says what was noticed of its texts.",
    "content": dict.fromkeys(_DRAWN_AS, BINARY),
}
_ANSWERS: Final = documented("Designs", "", "", _DRAWN)["responses"]
RENDER_DOCS: Final = {
    **docs(
        "Draw a design",
        "Its pictures come from the origin and from allowed addresses, by their options, cached "
        "and moderated as everywhere. At most so many pixels as renditions may have. With `to` and "
        "`brand` it is drawn as it would be in another size and in a brand; nothing is kept.",
        _DRAWN,
    ),
    "responses": _ANSWERS,
}
DRAFT_DOCS: Final = {
    **docs(
        "Draw a design that is not kept",
        "As XML or JSON, in the body: what an editor shows meanwhile. Nothing is kept of it; all "
        "else is as for one that is. Needs the scope `read`.",
        _DRAWN,
    ),
    "responses": _ANSWERS,
    "openapi_extra": SENT,
}
CHANGES_DOCS: Final = docs(
    "What is different between two versions",
    "A change set, with a sentence for each change.",
    json_response("The change set.", CHANGES),
)
CHANGE_DOCS: Final = {
    **docs(
        "Change a design",
        "All changes of a set are made, or none: 409 where the design is not what they say was "
        "there. `invert` takes them back. With `merge` they may be of an earlier version that is "
        "kept: what contradicts later changes is left out, and told in `conflicts`. Answers with "
        "what was changed. Needs the scope `write`.",
        json_response("The new version.", {**EXAMPLE, **CHANGES, "conflicts": []}),
    ),
    "openapi_extra": _body({"application/json": CHANGES}),
}
