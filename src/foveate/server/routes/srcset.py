"""`GET /v1/srcset`: the markup of a responsive picture."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.errors import BadSignature
from foveate.options.addresses import Addresses, prefix, sent
from foveate.options.grammar import parse_options
from foveate.options.options_class import options_class
from foveate.options.signing import SIGNED
from foveate.server.answer import Answer, json_answer
from foveate.server.disconnect import unless_gone
from foveate.server.exchange import exchange_of
from foveate.server.gate import may_post, naming
from foveate.server.headers import work_headers
from foveate.server.image_request import Request as ImageTarget
from foveate.server.image_request import read_image_request, read_image_url, refuse_loops
from foveate.server.openapi import FAILURES, json_response
from foveate.server.response import as_response
from foveate.server.routes.render import OPTIONS
from foveate.server.routes.sign import LONGEST_S
from foveate.server.words import check_words
from foveate.service.responsive import FORMATS, MOST, MOST_OF_ALL, Loading, Until, read_asked
from foveate.storage.headers import join_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from foveate.options.model import TransformOptions
    from foveate.server.core import Core
    from foveate.server.door import Door
    from foveate.server.image_request import ImageRequest
    from foveate.service.responsive import SrcsetAsked
    from foveate.service.work import Work
    from foveate.storage.source import Source

_URL: Final = "/cdn-cgi/image/width=320,height=240,fit=cover,format=auto/cat.jpg"
EXAMPLE: Final = {
    "html": f'<img src="{_URL}" srcset="{_URL} 320w" sizes="320px" width="320" height="240" ...>',
    "src": _URL,
    "width": 320,
    "height": 240,
    "sizes": "320px",
    "sources": [{"type": None, "images": [{"url": _URL, "width": 320, "height": 240}]}],
    "placeholder": {
        "colour": "#8a7766",
        "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
        "url": "data:image/webp;base64,UklGRm...",
    },
}
DOCS: Final[dict[str, Any]] = {
    "tags": ["Image URLs"],
    "summary": "The markup of a responsive picture",
    "description": (
        "`<img>` or `<picture>` with image URLs of several widths, and a placeholder of the "
        "cropped picture. Where URLs are signed here, so are these, and whoever asks has to hold a "
        "signing key himself. Options that hold for every width, such as `fit`, `gravity` and "
        "`quality`, are carried along; `width` and `height` together say the shape."
    ),
    "responses": {200: json_response("The markup, and what stands in it.", EXAMPLE), **FAILURES},
}
URL: Final[dict[str, Any]] = {
    "description": "The source as in an image URL: a path under the origin, or an absolute URL.",
    "examples": ["cat.jpg"],
}
SIZES: Final[dict[str, Any]] = {
    "description": "How wide the page shows it, as in HTML; the widths follow from it.",
    "examples": ["(min-width: 800px) 50vw, 100vw"],
}
FORMAT: Final[dict[str, Any]] = {
    "description": f"{', '.join(FORMATS)}; several with commas or one by one, the one that all "
    "browsers read last. Where none is said, that of the options, or `auto`.",
    "examples": [["avif", "webp", "jpeg"]],
}
WIDTHS: Final[dict[str, Any]] = {
    "description": "So many widths at most.",
    "json_schema_extra": {"minimum": 1, "maximum": MOST_OF_ALL},
}
LOADING: Final[dict[str, Any]] = {
    "description": "When browsers fetch it.",
    "json_schema_extra": {"enum": list(Loading)},
}
PLACEHOLDER: Final[dict[str, Any]] = {
    "description": "What the page shows until it is there.",
    "json_schema_extra": {"enum": list(Until)},
}
BASE: Final[dict[str, Any]] = {
    "description": "What stands before the paths: the public address of this server.",
    "examples": ["https://pics.example.com"],
}
EXPIRES: Final[dict[str, Any]] = {
    "description": "How many seconds signed URLs are good for; for ever where it is not said.",
    "ge": 1,
    "le": LONGEST_S,
}


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""
    core = door.core

    @api.get("/v1/srcset", dependencies=[Depends(check_words)], **DOCS)
    async def srcset(  # noqa: PLR0913, PLR0917 - each is a word of the query
        request: Request,
        url: Annotated[str, Query(**URL)],
        options: Annotated[str, Query(**OPTIONS)] = "",
        sizes: Annotated[str, Query(**SIZES)] = "100vw",
        format_: Annotated[list[str] | None, Query(alias="format", **FORMAT)] = None,
        widths: Annotated[int, Query(**WIDTHS)] = MOST,
        alt: str = "",
        loading: Annotated[str, Query(**LOADING)] = Loading.LAZY,
        placeholder: Annotated[str, Query(**PLACEHOLDER)] = Until.THUMBHASH,
        base: Annotated[str, Query(**BASE)] = "",
        expires_s: Annotated[int | None, Query(**EXPIRES)] = None,
    ) -> Response:
        _check_may(core, request)
        refuse_loops(join_headers(request.headers.raw))
        asked = read_asked(
            sizes=sizes,
            formats=format_ or (),
            widths=widths,
            alt=alt,
            loading=loading,
            placeholder=placeholder,
        )
        addresses = _addresses(core, url, base, expires_s)
        parsed = parse_options(options, core.presets)
        parsed.check()
        work = _answer(door, request, parsed.options, addresses, asked)
        return as_response(await unless_gone(request.receive, work))


def _check_may(core: Core, request: Request) -> None:
    """Raise BadSignature for who could not sign these URLs himself."""
    if not may_post(core, request):
        raise BadSignature(
            "Expected the header `Authorization: Bearer KEY` with one of the signing keys: URLs "
            "are signed here."
        )
    if core.signer.needed:
        exchange_of(request.scope).key = SIGNED


def _addresses(core: Core, url: str, base: str, expires_s: int | None) -> Addresses:
    root = core.settings.server.root_path
    return Addresses(
        source=sent(url),
        before=prefix(base, root) if base else root,
        signer=core.signer,
        expires=None if expires_s is None else int(time.time()) + expires_s,
    )


async def _answer(
    door: Door, request: Request, given: TransformOptions, addresses: Addresses, asked: SrcsetAsked
) -> Answer:
    core, exchange = door.core, exchange_of(request.scope)
    image = _asked_of(core, addresses.path(given))
    exchange.options_class = options_class(image.ask.options)
    people = image.ask.options.subjects()
    who = naming(core, request.scope, people, signed=core.signer.needed)
    ask = await door.delivery.settled(replace(image.ask, options=given))
    options = replace(ask.options, exempt=image.ask.options.exempt)
    prepare = partial(core.srcsets.prepare, asked=asked, address=addresses)

    def prepared(picture: Source, *drawn: Source) -> Work[Mapping[str, Any]]:
        others = dict(zip(options.extra_sources(), drawn, strict=True))
        return prepare(picture, options, others).then(methodcaller("to_json"))

    async with door.delivery.admission.admit(exchange.trace) as admitted:
        told = await door.delivery.run(admitted, ask.names, prepared, span="srcset")
    if who.named:
        await asyncio.to_thread(who.note)
    return json_answer(200, told, work_headers(admitted.trace))


def _asked_of(core: Core, path_and_query: str) -> ImageRequest:
    """Return what one of the image URLs asks for. Raises what it would be refused with."""
    path, _, query = path_and_query.partition("?")
    url = read_image_url(
        ImageTarget(path, query, {}),
        signer=core.signer,
        folder=core.settings.origins.folder,
        now=time.time(),
    )
    return read_image_request(url, {}, core.settings, core.presets)
