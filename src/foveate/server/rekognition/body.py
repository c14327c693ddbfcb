"""What is posted: JSON, signed, with pictures as Base64 or as objects of a bucket."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.requests import ClientDisconnect

from foveate.errors import ClientDisconnected
from foveate.server.body import ENVELOPE_BYTES, Body, bounded, too_large
from foveate.server.rekognition.problems import Kind, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.server.body import Arriving
    from foveate.server.rekognition.signature import Signed

MOST_BYTES: Final = 5 * 1024 * 1024
"""Of a picture in the body, as at AWS."""
MOST_OBJECT_BYTES: Final = 15 * 1024 * 1024
"""Of a picture in a bucket, as at AWS."""
MOST_CHARACTERS: Final = 1024
"""Of a bucket, an object's name, and a version."""


class S3Object(NamedTuple):
    """A picture in a bucket."""

    bucket: str
    name: str
    version: str
    """Empty for the last one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a call says, and the pictures that it is about."""

    words: Mapping[str, Any]
    pictures: tuple[bytes | S3Object, ...]


async def read_signed(
    signed: Signed,
    secret: str,
    members: tuple[str, ...],
    arriving: Arriving,
    max_bytes: int,
    grace_s: float,
) -> Body:
    """Return a body as `Sent` with the pictures of those members, once its signature is verified.

    Nothing of it is read before that. Raises Refused, BodyTooSlow, SourceTooLarge,
    ClientDisconnected.
    """
    most = min(max_bytes, MOST_BYTES)
    # Four characters stand for three bytes; the rest is not decoded at all.
    bound = len(members) * (most * 4 // 3 + 4) + ENVELOPE_BYTES
    try:
        beyond = too_large(most) if members else _wrong(f"Expected at most {bound} bytes of JSON.")
        data = await bounded(arriving, bound, grace_s, beyond).body()
    except ClientDisconnect as why:
        raise ClientDisconnected from why
    return await asyncio.to_thread(_verified, signed, secret, members, data, most)


def _verified(
    signed: Signed, secret: str, members: tuple[str, ...], data: bytes, most: int
) -> Body:
    signed.verify(data, secret)
    words = _parsed(data)
    pictures = tuple(_picture(name, words.pop(name, None), most) for name in members)
    inline = next((each for each in pictures if isinstance(each, bytes)), b"")
    return Body(data=inline, content=Sent(words, pictures))


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data or b"{}")
    except (ValueError, RecursionError) as why:
        raise Refused(Kind.SERIALIZATION, "Expected JSON in the body.") from why
    if not isinstance(content, dict):
        raise Refused(Kind.SERIALIZATION, "Expected a JSON object in the body.")
    return content


def _picture(name: str, said: object, most: int) -> bytes | S3Object:
    if not isinstance(said, dict):
        raise _wrong(f"Expected {name}, with Bytes or S3Object.")
    data, place = said.get("Bytes"), said.get("S3Object")
    if (data is None) == (place is None):
        raise _wrong(f"Expected {name} with Bytes or with S3Object, and not with both.")
    return object_of(name, place) if data is None else _decoded(name, data, most)


def object_of(name: str, place: object) -> S3Object:
    """Return the object that a member names. Raises Refused."""
    said = place if isinstance(place, dict) else {}
    if not said.get("Bucket") or not said.get("Name"):
        raise _wrong(f"Expected {name}.S3Object with Bucket and Name.")
    bucket, key, version = (
        _text(f"{name}.S3Object.{word}", said.get(word)) for word in ("Bucket", "Name", "Version")
    )
    if not version.isascii():
        raise _wrong(f"Expected {name}.S3Object.Version in ASCII, got {version[:80]!r}.")
    return S3Object(bucket, key, version)


def _text(name: str, said: object) -> str:
    """Return a text that is not too long, empty where it is not said. Raises Refused."""
    text = "" if said is None else said
    if not isinstance(text, str):
        raise _wrong(f"Expected a text in {name}, got {str(text)[:80]}.")
    if len(text) > MOST_CHARACTERS:
        raise _wrong(f"Expected up to {MOST_CHARACTERS} characters in {name}, got {len(text)}.")
    return text


def _decoded(name: str, text: object, most: int) -> bytes:
    try:
        data = base64.b64decode(text if isinstance(text, str) else "-", validate=True)
    except (binascii.Error, ValueError) as why:
        raise Refused(Kind.SERIALIZATION, f"Expected Base64 in {name}.Bytes.") from why
    if not data:
        raise _wrong(f"Expected a picture in {name}.Bytes, got no bytes.")
    if len(data) > most:
        raise too_large(most)
    return data


def _wrong(message: str) -> Refused:
    return Refused(Kind.PARAMETER, message)
