"""`POST /v1/render`: the rendition of a picture that was sent or named."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.delivery.ask import Ask
from foveate.errors import BadOption
from foveate.options.allowed import ONLY_PRESETS
from foveate.options.draw import options_from_json, overlays_from_json
from foveate.options.grammar import Parsed, parse_options
from foveate.options.negotiate import vary
from foveate.options.options_class import options_class
from foveate.server.answer import NO_STORE, Answer, encode_headers
from foveate.server.exchange import exchange_of
from foveate.server.gate import naming
from foveate.server.headers import picture_headers, warnings, work_headers
from foveate.server.image_request import for_client
from foveate.server.openapi import BINARY, FAILURES, POSTS, request_body
from foveate.server.response import as_response
from foveate.storage.headers import join_headers

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.delivery.delivery import Delivered
    from foveate.options.grammar import Presets
    from foveate.options.model import TransformOptions
    from foveate.server.body import Body
    from foveate.server.door import Door, Posted
    from foveate.service.access import Naming
    from foveate.settings import Settings

_PICTURE: Final = {
    "description": "The picture; `Foveate-Gravity` says what a crop kept, `Foveate-Quality` which "
    "quality was found, `Foveate-Adaptive` what was smoothed, and `Foveate-Note` what should be "
    "known of the answer.",
    "content": {"image/*": BINARY},
}
OPTIONS_FIELD: Final = {
    "description": "As in a URL, or an object as in Workers' `cf.image`.",
    "anyOf": [{"type": "string"}, {"type": "object"}],
    "example": {"width": 400, "height": 400, "fit": "cover", "gravity": "face"},
}
DRAW_FIELD: Final = {
    "description": "Overlays, bottom first, as in Workers' `draw`.",
    "type": "array",
    "items": {"type": "object", "required": ["url"]},
    "example": [{"url": "logo.png", "width": 0.2, "bottom": 10, "right": 10, "opacity": 0.8}],
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Transform a picture",
    "description": "The same options as in a URL, and overlays, which a URL cannot say.",
    "openapi_extra": request_body(options=OPTIONS_FIELD, draw=DRAW_FIELD),
    "responses": {200: _PICTURE, **FAILURES},
}
OPTIONS: Final[dict[str, Any]] = {
    "description": "Options as in a URL, separated by commas.",
    "examples": ["width=400,height=400,fit=cover,gravity=face"],
}


async def asked_of(
    door: Door, request: Request, posted: Posted, options: str
) -> tuple[Parsed, TransformOptions, Naming]:
    """Return the options of a POST as read, as they hold for its client, and who they name.

    Raises BadRequest, KeyNeeded, RateExceeded, ScopeNotAllowed.
    """
    settings = door.core.settings
    read = partial(read_options, posted.body, options, settings, door.core.presets)
    parsed = await door.delivery.admission.probe(read, posted.admitted)
    asked = for_client(parsed, join_headers(request.headers.raw), settings)
    exchange_of(request.scope).options_class = options_class(asked)
    # Whoever may post where URLs are signed has a key to sign with.
    signed = door.core.signer.needed
    return parsed, asked, naming(door.core, request.scope, asked.subjects(), signed=signed)


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""

    @api.post("/v1/render", **DOCS)
    async def render(request: Request, options: Annotated[str, Query(**OPTIONS)] = "") -> Response:
        async def work(posted: Posted) -> Answer:
            parsed, asked, who = await asked_of(door, request, posted, options)
            ask = Ask(options=asked, source=posted.source)
            made = await door.delivery.admitted_rendition(posted.admitted, ask)
            if who.named:
                await asyncio.to_thread(who.note)
            return picture_of(made, parsed)

        return as_response(await door.answer(request, work))


def read_options(body: Body, text: str, settings: Settings, presets: Presets) -> Parsed:
    """Return what is asked for: `?options=`, or the body's own; and the body's overlays.

    Raises BadOption, and OptionNotAllowed where only presets are.
    """
    given = body.options or text
    if body.options and text:
        raise BadOption("Expected options in the URL or in the body, got both. Leave one out.")
    max_draw = settings.limits.max_draw
    if settings.only_presets:
        _refuse_others(given, body.draw)
    if isinstance(given, str):
        parsed = parse_options(given, presets)
    else:
        parsed = options_from_json(given, max_draw=max_draw, presets=presets)
    if body.draw is None:
        return parsed
    overlays, unknown = overlays_from_json(body.draw, limit=max_draw, presets=presets)
    return Parsed(replace(parsed.options, draw=overlays), (*parsed.unknown, *unknown))


def _refuse_others(given: object, draw: object) -> None:
    """Raise OptionNotAllowed where more is asked for than presets."""
    if isinstance(given, Mapping):
        # What is no text names no preset.
        pairs = [(str(n), value if isinstance(value, str) else "") for n, value in given.items()]
        ONLY_PRESETS.check_pairs(pairs)
    else:
        ONLY_PRESETS.check(given if isinstance(given, str) else "")
    if draw is not None:
        ONLY_PRESETS.check_pairs([("draw", "")])


def picture_of(made: Delivered, parsed: Parsed) -> Answer:
    """Return the answer to a POST that asked for a rendition."""
    about = made.about
    pairs = {
        **picture_headers(about.content_type, about.headers, len(made.data)),
        **work_headers(made.trace),
        "cache-control": NO_STORE,
    }
    if names := vary(parsed.options):
        pairs["vary"] = ", ".join(names)
    headers = encode_headers([*pairs.items(), *warnings(parsed.unknown)])
    return Answer(200, headers, made.data)
