"""What an editor of designs asks: of what a design is made, and a drawing of one not yet kept."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.design.elements import elements_to_json, fonts_to_json
from foveate.design.fonts.shelf import shelf
from foveate.designs.easel import Easel
from foveate.errors import BadBody
from foveate.people.keys import Scope
from foveate.server.answer import json_answer
from foveate.server.designs import HARMLESS, PATH, bytes_answer, drawn_answer, may, sent_design
from foveate.server.disconnect import unless_gone
from foveate.server.exchange import exchange_of
from foveate.server.openapi import BINARY, json_response, upload_body
from foveate.server.response import as_response
from foveate.server.routes.designs_docs import DRAFT_DOCS, docs
from foveate.service.draw import Drawing, check_scale, format_named

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from foveate.server.answer import Answer
    from foveate.server.door import Door, Posted
    from foveate.settings import Models

ELEMENTS: Final = "/v1/elements"
EXAMPLE: Final[dict[str, Any]] = {
    "elements": [
        {
            "name": "text",
            "help": "Letters in a box.",
            "inside": "runs",
            "attributes": [
                {
                    "name": "opacity",
                    "kind": "number",
                    "matter": "look",
                    "help": "From 0, which is not seen, to 1.",
                    "values": "a number from 0 to 1",
                    "default": 1,
                    "needed": False,
                    "least": 0,
                    "most": 1,
                }
            ],
        }
    ],
    "fonts": [{"family": "Inter", "weights": [400, 700], "italic": True, "here": True}],
}
ELEMENTS_DOCS: Final = docs(
    "Of what a design is made",
    "The tables of elements and attributes, each with what it may be and what it is where nothing "
    "is said, and the families of fonts: those that are `here` can be drawn.",
    json_response("The tables.", EXAMPLE),
)
FONTS: Final = "/v1/fonts"
FONT_DOCS: Final = docs(
    "A font of designs",
    "The file of the font that is nearest to a weight and slant, as letters are drawn with it: for "
    "pages in which texts of designs are typed. Needs the scope `read`.",
    {"description": "The font.", "content": {"font/ttf": BINARY, "font/otf": BINARY}},
)
PICTURE: Final = {
    "src": "picture:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "width": 1600,
    "height": 1200,
    "bytes": 183_042,
}
PICTURE_DOCS: Final = {
    **docs(
        "Give designs a picture",
        "Keeps a picture beside the designs, for good; `src` is what designs of this server name "
        "it by. The same bytes are kept once. `FOVEATE_DESIGNS__PICTURES_BYTES` is how many there "
        "may be. Needs the scope `write`.",
        json_response("What names the picture, and its size.", PICTURE),
        201,
    ),
    "openapi_extra": upload_body(),
}


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    designs, models = door.designs, door.core.settings.models

    @api.get(ELEMENTS, **ELEMENTS_DOCS)
    async def elements(request: Request) -> Response:
        may(designs, request.scope, Scope.READ)
        fonts = await asyncio.to_thread(lambda: fonts_to_json(shelf(models)))
        told = {"elements": elements_to_json(), "fonts": fonts}
        return as_response(json_answer(200, told))

    @api.get(FONTS, **FONT_DOCS)
    async def font(
        request: Request,
        family: Annotated[str, Query(description="A family of `/v1/elements`.", max_length=100)],
        weight: Annotated[int, Query(description="1 to 1000.", ge=1, le=1000)] = 400,
        *,
        italic: Annotated[bool, Query(description="Whether its letters lean.")] = False,
    ) -> Response:
        may(designs, request.scope, Scope.READ)
        path, data = await asyncio.to_thread(_font, models, family, weight, italic=italic)
        kept = {"cache-control": "private, max-age=86400"}
        return bytes_answer(data, {**HARMLESS, **kept, "content-type": f"font/{path.suffix[1:]}"})

    @api.post(f"{PATH}/pictures", **PICTURE_DOCS)
    async def give(request: Request) -> Response:
        may(designs, request.scope, Scope.WRITE)
        return as_response(await door.answer(request, partial(_given, door)))

    @api.post(f"{PATH}/render", **DRAFT_DOCS)
    async def render(
        request: Request,
        format: Annotated[  # noqa: A002 - the word that it is everywhere
            str, Query(description="png, jpeg, webp, avif, pdf or svg.")
        ] = "png",
        page: Annotated[str, Query(description="By its id or number; PDF has all.")] = "",
        scale: Annotated[float, Query(description="Pixels to one of the design.")] = 1.0,
        quality: Annotated[int | None, Query(description="1 to 100.", ge=1, le=100)] = None,
    ) -> Response:
        may(designs, request.scope, Scope.READ)
        drawing = Drawing(format_named(format), page, check_scale(scale), quality)
        scene = await sent_design(door, request)
        easel = Easel(core=door.core, delivery=door.delivery)
        trace = exchange_of(request.scope).trace
        made = await unless_gone(request.receive, easel.draw(scene, drawing, trace))
        return drawn_answer(made, trace)


def _font(models: Models, family: str, weight: int, *, italic: bool) -> tuple[Path, bytes]:
    """Return the file of a font, and its bytes. Raises UnknownFont, FontsMissing."""
    path = shelf(models).match(family, weight, italic=italic).font.path
    return path, path.read_bytes()


async def _given(door: Door, posted: Posted) -> Answer:
    source = posted.source
    if isinstance(source, str):
        raise BadBody("Expected a picture in the body, got the address of one.")
    # What is no picture within the limits is refused: this is no place for other files.
    facts = await door.delivery.admission.probe(lambda: source.facts, posted.admitted)
    src = await door.designs.works.run(door.designs.given.put, source.data)
    size = {"width": facts.size.width, "height": facts.size.height}
    return json_answer(201, {"src": src, **size, "bytes": len(source.data)})
