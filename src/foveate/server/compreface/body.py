"""What is posted: pictures in a form or as Base64 in JSON, or JSON about no picture."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from foveate.errors import BadBody, ClientDisconnected
from foveate.server.body import ENVELOPE_BYTES, Body, bounded, json_too_large, too_large
from foveate.server.compreface.problems import Code, Refused

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from foveate.server.body import Arriving

ONE: Final = ("file",)
TWO: Final = ("source_image", "target_image")
MOST_JSON: Final = 4 * 1024 * 1024
"""Bytes of a body about no picture: those of a hundred embeddings, with all their digits."""
BLANKS: Final = str.maketrans("", "", " \t\r\n")


async def read_picture(arriving: Arriving, max_bytes: int, grace_s: float) -> Body:
    """Return a body with a picture in `file`. Raises as `read_pair`."""
    return await _read(arriving, max_bytes, grace_s, ONE)


async def read_pair(arriving: Arriving, max_bytes: int, grace_s: float) -> Body:
    """Return a body with two pictures, `source_image` and `target_image`.

    Raises Refused, BadBody, BodyTooSlow, SourceTooLarge, ClientDisconnected.
    """
    return await _read(arriving, max_bytes, grace_s, TWO)


async def read_json(arriving: Arriving, _: int, grace_s: float) -> Body:
    """Return a body that is JSON, bounded by `MOST_JSON`. Raises as `read_pair`."""
    try:
        data = await bounded(arriving, MOST_JSON, grace_s, json_too_large(MOST_JSON)).body()
    except ClientDisconnect as why:
        raise ClientDisconnected from why
    return Body(content=await asyncio.to_thread(_parsed, data))


async def _read(arriving: Arriving, max_bytes: int, grace_s: float, names: tuple[str, ...]) -> Body:
    kind = arriving.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            # Four characters stand for three bytes; the rest is not decoded at all.
            most = max_bytes * 4 // 3 + ENVELOPE_BYTES
            data = await bounded(arriving, most, grace_s, too_large(max_bytes)).body()
            return await asyncio.to_thread(_from_json, data, names, max_bytes)
        if kind != "multipart/form-data":
            raise BadBody("Expected multipart/form-data or application/json, got another body.")
        most = max_bytes + ENVELOPE_BYTES
        form = bounded(arriving, most, grace_s, too_large(max_bytes))
        return await _from_form(form, names, max_bytes)
    except ClientDisconnect as why:
        raise ClientDisconnected from why


async def _from_form(request: Request, names: tuple[str, ...], max_bytes: int) -> Body:
    try:
        async with request.form(max_files=2, max_fields=8) as form:
            return _body([await _file(form, name) for name in names], max_bytes)
    except (HTTPException, MultiPartException) as why:
        reason = why.detail if isinstance(why, HTTPException) else why.message
        raise BadBody(f"Expected a multipart form with {' and '.join(names)}: {reason}") from why


async def _file(form: FormData, name: str) -> bytes:
    parts = form.getlist(name)
    if len(parts) > 1:
        raise Refused(Code.INVALID, f"Expected one part {name}, got {len(parts)}.")
    if not parts or isinstance(parts[0], str):
        raise _missing(name)
    return await parts[0].read()


def _from_json(data: bytes, names: tuple[str, ...], max_bytes: int) -> Body:
    content = _parsed(data)
    if not isinstance(content, dict):
        raise _missing(names[0])
    return _body([_decoded(name, content.get(name)) for name in names], max_bytes)


def _decoded(name: str, text: object) -> bytes:
    if not isinstance(text, str) or not text:
        raise _missing(name)
    plain = text.translate(BLANKS).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as why:
        raise Refused(
            Code.NO_IMAGE, f"Expected bare Base64 in {name}, without data:, got other letters."
        ) from why


def _body(pictures: list[bytes], max_bytes: int) -> Body:
    if sum(map(len, pictures)) > max_bytes:
        raise too_large(max_bytes)
    if not all(pictures):
        raise Refused(Code.NO_IMAGE, "Expected a picture, got no bytes.")
    first, *others = pictures
    return Body(data=first, other=others[0] if others else b"")


def _missing(name: str) -> Refused:
    return Refused(Code.NO_PART, f"Expected the part {name}, a picture, got none.")


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as why:
        raise Refused(Code.INVALID, "Expected JSON in the body, got something else.") from why
