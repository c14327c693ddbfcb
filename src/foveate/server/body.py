"""What a POST carries: a picture, or where to find one, and what to do with it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from foveate import unambiguous
from foveate.errors import BadBody, ClientDisconnected, SourceTooLarge
from foveate.options.values import listed
from foveate.server.sender import Sender
from foveate.storage.references import SCHEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import FormData
    from starlette.types import Message

MAX_JSON_BYTES: Final = 128 * 1024
"""Of options, overlays and clicks, as a body or in a field of a form: more than anybody needs.

The most places that may be clicked at are 100 KB where a page writes them with all their digits."""
ENVELOPE_BYTES: Final = 256 * 1024
"""What a multipart form may need around and beside its picture."""
MIN_BYTES_PER_S: Final = 16 * 1024
"""Whoever sends more slowly than that, after a grace, keeps others from sending."""
AHEAD_BYTES: Final = 32 * 1024
"""What may come of a body before it has a place: small ones need none."""
FIELDS: Final = frozenset({"url", "reference", "options", "draw", "other", "clicks"})
_TEXTS: Final = ("options", "draw", "clicks")
"""What a form says beside its pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A POST body, read. At most one of `data` and `url` is set."""

    data: bytes = b""
    url: str = ""
    """The key of a source, of an upload as well."""
    options: object = None
    """A text as in a URL, or an object as in Workers' `cf.image`; None when not given."""
    draw: object = None
    """Overlays as in Workers' `draw`, or None."""
    clicks: object = None
    """What was pointed at in the picture, as JSON, or None."""
    other: bytes | str = b""
    """A second picture, or the key of its source; empty when not given."""
    content: object = None
    """What it says where it is JSON about no picture."""


class Arriving:
    """A body on its way, of which the beginning is here."""

    def __init__(self, request: Request, sender: Sender, here: Sequence[Message]) -> None:
        self.request = request
        self.sender = sender
        self._here = deque(here)

    async def receive(self, within_s: float) -> Message:
        """Return the next part. Raises BodyTooSlow."""
        return self._here.popleft() if self._here else await self.sender.receive(within_s)


async def begun(request: Request, grace_s: float) -> Arriving:
    """Return the body once it has begun to come, or is here if it is small. Raises BodyTooSlow."""
    sender = Sender(request)
    here: list[Message] = []
    started, length = time.monotonic(), 0
    while not sender.whole and length < AHEAD_BYTES:
        here.append(await sender.receive(_patience_s(started, grace_s, length)))
        length += len(here[-1].get("body", b""))
    return Arriving(request, sender, here)


async def read_body(arriving: Arriving, max_bytes: int, grace_s: float) -> Body:
    """Return the body, for which `grace_s` is granted, and more as it comes.

    What is not the picture is read in a thread. Raises BadBody, BodyTooSlow, SourceTooLarge, or
    ClientDisconnected when the client leaves.
    """
    request = arriving.request
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            most = min(max_bytes, MAX_JSON_BYTES)
            json_ = bounded(arriving, most, grace_s, json_too_large(most))
            return await asyncio.to_thread(_from_json, await json_.body())
        if kind == "multipart/form-data":
            most = max_bytes + ENVELOPE_BYTES
            form = bounded(arriving, most, grace_s, too_large(max_bytes))
            return await _read_form(form, max_bytes)
        return _picture(await bounded(arriving, max_bytes, grace_s, too_large(max_bytes)).body())
    except ClientDisconnect as why:
        raise ClientDisconnected from why


def bounded(arriving: Arriving, max_bytes: int, grace_s: float, beyond: Exception) -> Request:
    """Return the request with a body that ends in `beyond` or BodyTooSlow."""
    request = arriving.request
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdecimal() and int(announced) > max_bytes:
        raise beyond
    started, length = time.monotonic(), 0

    async def receive() -> Message:
        nonlocal length
        message = await arriving.receive(_patience_s(started, grace_s, length))
        length += len(message.get("body", b""))
        if length > max_bytes:
            raise beyond
        return message

    return Request(request.scope, receive)


def _patience_s(started: float, grace_s: float, length: int) -> float:
    """Return for how long to wait for more, after so many bytes."""
    return started + grace_s + length / MIN_BYTES_PER_S - time.monotonic()


def too_large(max_bytes: int) -> SourceTooLarge:
    """Return what to raise where what is sent of pictures has more bytes."""
    sentence = f"Expected pictures of at most {max_bytes} bytes, got more. Send a smaller picture."
    return SourceTooLarge(sentence, public=sentence)


def json_too_large(max_bytes: int) -> SourceTooLarge:
    """Return what to raise for JSON of more bytes, in which there is no picture."""
    sentence = f"Expected JSON of at most {max_bytes} bytes, got more."
    return SourceTooLarge(sentence, public=sentence)


def _picture(data: bytes, **fields: object) -> Body:
    if not data:
        raise BadBody("Expected a picture in the body, got no bytes.")
    return Body(data=data, **fields)  # type: ignore[arg-type]


def _from_json(data: bytes) -> Body:
    fields = _object(data)
    url = _key(fields)
    if wrong := set(fields) - FIELDS:
        raise BadBody(f"Expected only {', '.join(sorted(FIELDS))}, got {listed(wrong)}.")
    other = fields.get("other")
    if other is not None and not isinstance(other, Mapping):
        raise BadBody('Expected "other" as an object with "url" or "reference".')
    return Body(
        url=url,
        options=fields.get("options"),
        draw=fields.get("draw"),
        clicks=fields.get("clicks"),
        other=_key(other) if other is not None else b"",
    )


def _key(fields: Mapping[str, object]) -> str:
    """Return the key of the source that a body names."""
    url, reference = fields.get("url"), fields.get("reference")
    if isinstance(reference, str) and reference and url is None:
        return f"{SCHEME}{reference}"
    if reference is not None:
        raise BadBody('Expected JSON with "url" or with "reference", as text, and not with both.')
    if not isinstance(url, str) or not url:
        raise BadBody('Expected JSON with "url", the address of a picture, as text.')
    return url


def parsed(data: bytes) -> object:
    """Return what JSON says. Raises BadBody where it says nothing, or two things."""
    try:
        return unambiguous.loads(data)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as why:
        raise BadBody("Expected JSON, got something that is not.") from why
    except ValueError as why:
        raise BadBody(f"JSON: {why}.") from why


def _object(data: bytes) -> Mapping[str, object]:
    content = parsed(data)
    if not isinstance(content, Mapping):
        raise BadBody(f"Expected a JSON object, got {type(content).__name__}.")
    return content


async def _read_form(request: Request, max_bytes: int) -> Body:
    try:
        async with request.form(max_files=2, max_fields=4, max_part_size=MAX_JSON_BYTES) as form:
            return await _from_form(form, max_bytes)
    except (HTTPException, MultiPartException) as why:
        reason = why.detail if isinstance(why, HTTPException) else why.message
        raise BadBody(f'Expected a multipart form with "image": {reason}') from why


async def _from_form(form: FormData, max_bytes: int) -> Body:
    image = form.get("image")
    if image is None or isinstance(image, str):
        raise BadBody('Expected a file in the form field "image".')
    other = form.get("other")
    if isinstance(other, str):
        raise BadBody('Expected a file in the form field "other".')
    if files := [name for name in _TEXTS if not isinstance(form.get(name, ""), str)]:
        raise BadBody(f'Expected text in the form field "{files[0]}", got a file.')
    data, second = await image.read(), await other.read() if other else b""
    if len(data) + len(second) > max_bytes:
        raise too_large(max_bytes)
    read = partial(_form_fields, *(form.get(name) for name in _TEXTS))
    return _picture(data, other=second, **await asyncio.to_thread(read))


def _form_fields(options: object, draw: object, clicks: object) -> Mapping[str, object]:
    return {
        "options": _field(options),
        "draw": _json_field(draw),
        "clicks": _json_field(clicks),
    }


def _field(value: object) -> object:
    """Return options from a form field: an object when it looks like JSON, else the text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return _json_field(value)
    return value


def _json_field(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as why:
        raise BadBody("Expected JSON in the form's options, draw and clicks.") from why
