"""What an editor of designs asks: of what a design is made, and a drawing of one not yet kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.design.elements import elements_to_json, fonts_to_json
from foveate.design.fonts.shelf import shelf
from foveate.designs.easel import Easel
from foveate.people.keys import Scope
from foveate.server.answer import json_answer
from foveate.server.designs import PATH, drawn_answer, may, sent_design
from foveate.server.disconnect import unless_gone
from foveate.server.exchange import exchange_of
from foveate.server.openapi import json_response
from foveate.server.response import as_response
from foveate.server.routes.designs_docs import DRAFT_DOCS, docs
from foveate.service.draw import Drawing, check_scale, format_named

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.server.door import Door

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


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    designs, models = door.designs, door.core.settings.models

    @api.get(ELEMENTS, **ELEMENTS_DOCS)
    async def elements(request: Request) -> Response:
        may(designs, request.scope, Scope.READ)
        fonts = await asyncio.to_thread(lambda: fonts_to_json(shelf(models)))
        told = {"elements": elements_to_json(), "fonts": fonts}
        return as_response(json_answer(200, told))

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
