"""Pictures of an SVG: at their address, or as data that is taken out of it."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from foveate.design.importing.near import is_near

if TYPE_CHECKING:
    from foveate.design.importing.imported import Notes

_DATA: Final = re.compile(r"data:image/([a-z0-9.+-]+)((?:;[^,;]*)*),(.*)", re.DOTALL | re.I)
ENDINGS: Final = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "webp": "webp", "gif": "gif"}
WHOLE: Final = "fit=pad,background=transparent"
PULLED: Final = "fit=squeeze"


def options_of(ratio: str) -> str:
    """Return the options by which a picture lies in its box as `preserveAspectRatio` says."""
    words = ratio.split()
    if "none" in words:
        return PULLED
    return "" if "slice" in words else WHOLE


def held(href: str, name: str, pictures: dict[str, bytes], notes: Notes) -> str:
    """Return the source of a picture; one of data is put among the pictures. Empty for none."""
    found = _DATA.fullmatch(href)
    if found is None:
        return _address(href, notes)
    ending = ENDINGS.get(found[1].lower())
    data = _decoded(found[3], in_base64="base64" in found[2].lower())
    if ending is None or not data:
        notes.add(f"A picture of {found[1][:20]} in the file cannot be read, and is left out.")
        return ""
    same = next((key for key, each in pictures.items() if each == data), None)
    source = same or f"{name}.{ending}"
    pictures[source] = data
    return source


def _decoded(text: str, *, in_base64: bool) -> bytes:
    try:
        data = unquote_to_bytes(text)
        return base64.b64decode(b"".join(data.split()), validate=True) if in_base64 else data
    except (binascii.Error, ValueError):
        return b""


def _address(href: str, notes: Notes) -> str:
    source = " ".join(href.split())
    if not is_near(source):
        notes.add("A picture without an address that can be read is left out.")
        return ""
    return source
