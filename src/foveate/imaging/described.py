"""What a file says that its picture shows: captions and key words of XMP, IPTC and EXIF.

Read from the bytes before the pixels, without decoding anything; no length in them is believed.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from foveate.imaging.exif import PREFIX, description
from foveate.imaging.xmp import tree
from foveate.sandboxed.jpeg_markers import segments

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD: Final = 512 * 1024
"""Bytes of a file that are looked through."""
MOST: Final = 500
"""Letters of one text."""
TEXTS: Final = 12
"""Texts of one picture, at most."""
_APP1, _APP13 = 0xE1, 0xED
_XMP: Final = (b"<x:xmpmeta", b"</x:xmpmeta>")
_PHOTOSHOP: Final = b"Photoshop 3.0\0"
_RESOURCE: Final = b"8BIM\x04\x04"
_TAG: Final = 0x1C
_RECORD: Final = 2
_CAPTION, _HEADLINE, _NAME, _KEYWORD = 120, 105, 5, 25
_WANTED: Final = frozenset({_CAPTION, _HEADLINE, _NAME, _KEYWORD})
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_LIST: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_FIELDS: Final = tuple(f"{_DC}{name}" for name in ("description", "title", "subject"))


def described(head: bytes) -> tuple[str, ...]:
    """Return what the beginning of a file says of its picture, each text once."""
    texts = [*of_xmp(_packet(head)), *_of_segments(head)]
    said = (" ".join(text.split())[:MOST] for text in texts)
    return tuple(dict.fromkeys(filter(None, said)))[:TEXTS]


def of_xmp(xmp: bytes) -> Iterator[str]:
    """Yield the description, the title and the key words of XMP."""
    root = tree(xmp) if xmp else None
    if root is None:
        return
    for field in _FIELDS:
        for element in root.iter(field):
            yield from (each.text or "" for each in element.iter(_LIST))


def _packet(head: bytes) -> bytes:
    start, end = (head.find(each) for each in _XMP)
    return head[start : end + len(_XMP[1])] if 0 <= start < end else b""


def _of_segments(head: bytes) -> Iterator[str]:
    """Yield what IPTC and EXIF of a JPEG say."""
    if not head.startswith(b"\xff\xd8"):
        return
    for marker, at in segments(head):
        length = int.from_bytes(head[at : at + 2], "big")
        body = head[at + 2 : at + length]
        if marker == _APP13 and body.startswith(_PHOTOSHOP):
            yield from _of_iptc(body)
        elif marker == _APP1 and body.startswith(PREFIX):
            yield description(body)


def _of_iptc(body: bytes) -> Iterator[str]:
    """Yield what data sets of IPTC-IIM say, in the order in which they stand."""
    at = body.find(_RESOURCE)
    if at < 0:
        return
    at = body.find(b"\x1c\x02", at)
    while at >= 0 and at + 5 <= len(body) and body[at] == _TAG:
        record, dataset, length = struct.unpack_from(">BBH", body, at + 1)
        if record == _RECORD and dataset in _WANTED:
            yield body[at + 5 : at + 5 + length].decode("utf-8", "replace")
        at += 5 + length
