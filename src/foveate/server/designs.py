"""Who asks for designs over HTTP, what he may, and what he sends."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final, cast

from starlette.requests import ClientDisconnect

from foveate.design import in_json
from foveate.design.importing.files import MOST_BYTES
from foveate.design.nodes.limits import USUAL
from foveate.design.xml import reading
from foveate.errors import BadBody, BadOption, ClientDisconnected, DesignTooLarge
from foveate.options.values import shown
from foveate.server.answer import NO_STORE, Answer, encode_headers
from foveate.server.body import Body, bounded
from foveate.server.exchange import IN_SCOPE, exchange_of
from foveate.server.gate import is_local
from foveate.server.headers import work_headers
from foveate.server.response import as_response
from foveate.service.access import bearer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope as AsgiScope

    from foveate.design.scene.model import Scene
    from foveate.designs.room import Designs
    from foveate.people.keys import Scope
    from foveate.rendition import Rendition
    from foveate.server.body import Arriving
    from foveate.server.door import Door, Posted
    from foveate.trace import Trace

PATH: Final = "/v1/designs"
XML: Final = "application/xml"
JSON: Final = "application/json"
HARMLESS: Final = {
    "cache-control": NO_STORE,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,18})"')
SVG: Final = "image/svg+xml"
FIGMA: Final = "figma"
_XML_TYPES: Final = frozenset({XML, "text/xml"})


def may(designs: Designs, scope: AsgiScope, what: Scope) -> str:
    """Return who asks, whom the ledger charges, where he may do that.

    Raises KeyNeeded, RateExceeded, ScopeNotAllowed.
    """
    said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    who = designs.callers.of(said, bearer(said), local=is_local(scope))
    if IN_SCOPE in scope:
        exchange_of(scope).key = who.name
    who.check(what)
    return who.name


def id_of(text: str) -> str:
    """Return an id that somebody chose, or none. Raises BadOption."""
    if text and not _ID.fullmatch(text):
        wanted = "an id of up to 64 small letters, digits, dots, dashes and underscores"
        raise BadOption(f"Expected {wanted}, got {shown(text)}.")
    return text


def etag(version: int) -> str:
    """Return a version as an ETag."""
    return f'"{version}"'


def matched(header: str) -> int:
    """Return the version that `If-Match` names. Raises BadOption.

    >>> matched('"3"')
    3
    """
    found = _TAG.fullmatch(header.strip())
    if found is None:
        raise BadOption(
            "Expected the version that the change is of, as the header `If-Match` with the `ETag` "
            f"of the design, got {shown(header) if header else 'none'}."
        )
    return int(found[1])


def wants_json(accept: str) -> bool:
    """Return whether a design is to be JSON: XML is what it is, where nobody says.

    >>> wants_json("application/json"), wants_json("*/*"), wants_json("application/xml, */*")
    (True, False, False)
    """
    kinds = [each.partition(";")[0].strip().lower() for each in accept.split(",")]
    named = [kind for kind in kinds if kind == JSON or kind in _XML_TYPES]
    return bool(named) and named[0] == JSON


async def read_design(arriving: Arriving, _: int, grace_s: float) -> Body:
    """Return a body that is a design. Raises BadBody, BadDesign, BodyTooSlow, DesignTooLarge."""
    kind = content_type(arriving.request)
    if kind != JSON and kind not in _XML_TYPES:
        raise BadBody(f"Expected a design with the header `content-type: {XML}` or `{JSON}`.")
    data = await _received(arriving, USUAL.bytes, grace_s)
    return Body(content=await asyncio.to_thread(_read, data, as_json=kind == JSON))


def importing(request: Request, from_: str) -> str:
    """Return what a body is of another program, `svg` or `figma`; empty for a design of ours.

    Raises BadOption.
    """
    if from_ not in {"", FIGMA, "svg"}:
        raise BadOption(f"Expected `from` as svg or {FIGMA}, got {shown(from_)}.")
    return from_ or ("svg" if content_type(request) == SVG else "")


async def read_file(arriving: Arriving, most: int, grace_s: float) -> Body:
    """Return a body that is a file of another program. Raises BodyTooSlow, DesignTooLarge."""
    return Body(content=await _received(arriving, min(most, MOST_BYTES), grace_s))


async def _received(arriving: Arriving, most: int, grace_s: float) -> bytes:
    beyond = DesignTooLarge(f"Expected a design of at most {most} bytes, got more.")
    try:
        return await bounded(arriving, most, grace_s, beyond).body()
    except ClientDisconnect as why:
        raise ClientDisconnected from why


def content_type(request: Request) -> str:
    """Return what a body says that it is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def sent_design(door: Door, request: Request) -> Scene:
    """Return the design that a body is. Raises BadBody, BadDesign, DesignTooLarge."""
    sent = await door.answer(request, _content, read_design, pictures=False)
    return cast("Scene", sent)


async def sent_file(door: Door, request: Request) -> bytes:
    """Return the file that a body is. Raises DesignTooLarge."""
    return cast("bytes", await door.answer(request, _content, read_file, pictures=False))


async def _content(posted: Posted) -> object:
    return posted.body.content


def drawn_answer(
    made: Rendition, trace: Trace, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a drawing, with what was noticed, and what it took."""
    told = {**(headers or {}), **work_headers(trace), **made.headers}
    return bytes_answer(made.data, {"content-type": made.content_type, **HARMLESS, **told})


def bytes_answer(data: bytes, pairs: Mapping[str, str]) -> Response:
    """Return bytes with these headers."""
    whole = {**pairs, "content-length": str(len(data))}
    return as_response(Answer(200, encode_headers(whole.items()), data))


def _read(data: bytes, *, as_json: bool) -> Scene:
    return in_json.loads(data) if as_json else reading.loads(data)
