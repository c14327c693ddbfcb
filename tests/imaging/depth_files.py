"""JPEGs with depth in them, as cameras write it, put together byte by byte."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.pixels import from_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
NAMES = {
    "GDepth": "http://ns.google.com/photos/1.0/depthmap/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "DepthMap": "http://ns.google.com/photos/dd/1.0/depthmap/",
    "Container": "http://ns.google.com/photos/dd/1.0/container/",
    "Item": "http://ns.google.com/photos/dd/1.0/item/",
    "apdi": "http://ns.apple.com/pixeldatainfo/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def ramp(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Return levels that rise from left to right."""
    return np.tile(np.linspace(0, 255, width).round().astype(np.uint8), (height, 1))


def photo(width: int = 128, height: int = 96) -> bytes:
    rgb = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    data: bytes = from_array(np.kron(rgb, np.ones((8, 8, 1), np.uint8))).jpegsave_buffer()
    return data


def jpeg(levels: NDArray[np.uint8]) -> bytes:
    data: bytes = from_array(levels).jpegsave_buffer(Q=98)
    return data


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """Put segments before all others."""
    return data[:2] + b"".join(segments) + data[2:]


def xmp(attributes: Mapping[str, str], inside: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in NAMES.items())
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    text = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {spaces}>'
        f'<rdf:Description rdf:about="" {said}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return text.encode()


def with_gdepth(data: bytes, depth: bytes, about: Mapping[str, str], piece: int = 4000) -> bytes:
    """Return a JPEG with depth in extended XMP, in several segments."""
    beyond = xmp({"GDepth:Data": base64.b64encode(depth).decode()})
    name = hashlib.md5(beyond, usedforsecurity=False).hexdigest().upper()
    head = {"xmpNote:HasExtendedXMP": name, **{f"GDepth:{k}": v for k, v in about.items()}}
    pieces = [
        segment(
            0xE1,
            EXTENDED
            + name.encode()
            + struct.pack(">II", len(beyond), at)
            + beyond[at : at + piece],
        )
        for at in range(0, len(beyond), piece)
    ]
    return with_segments(data, segment(0xE1, XMP + xmp(head)), *pieces)


def with_dynamic(data: bytes, depth: bytes, about: Mapping[str, str], *before: bytes) -> bytes:
    """Return a JPEG with depth behind it, and with other files before that."""
    lengths = [len(each) for each in (*before, depth)]
    uris = [f"android/other{number}" for number in range(len(before))] + ["android/depthmap"]
    items = "".join(
        f'<rdf:li><Container:Item Item:Mime="image/jpeg" Item:Length="{length}" '
        f'Item:DataURI="{uri}"/></rdf:li>'
        for length, uri in zip(lengths, uris, strict=True)
    )
    first = (
        '<rdf:li><Container:Item Item:Mime="image/jpeg" Item:Length="0" '
        'Item:DataURI="primary_image"/></rdf:li>'
    )
    inside = f"<Container:Directory><rdf:Seq>{first}{items}</rdf:Seq></Container:Directory>"
    said = {
        "DepthMap:DepthURI": "android/depthmap",
        **{f"DepthMap:{k}": v for k, v in about.items()},
    }
    return with_segments(data, segment(0xE1, XMP + xmp(said, inside))) + b"".join([*before, depth])


def with_apple(data: bytes, other: bytes, kind: str) -> bytes:
    """Return a JPEG with another one behind it, listed by Multi-Picture Format."""
    other = with_segments(other, segment(0xE1, XMP + xmp({"apdi:AuxiliaryImageType": kind})))
    entries = 8 + 2 + 3 * 12 + 4

    def listed(length: int, offset: int) -> bytes:
        rows = [
            struct.pack(">HHI4s", 0xB000, 7, 4, b"0100"),
            struct.pack(">HHII", 0xB001, 4, 1, 2),
            struct.pack(">HHII", 0xB002, 7, 32, entries),
        ]
        first = struct.pack(">IIIHH", 0x030000, length, 0, 0, 0)
        second = struct.pack(">IIIHH", 0, len(other), offset, 0, 0)
        body = b"MM\0*" + struct.pack(">IH", 8, 3) + b"".join(rows) + bytes(4) + first + second
        return segment(0xE2, b"MPF\0" + body)

    size = len(data) + len(listed(0, 0))
    # Offsets are counted from the byte order behind MPF's four letters.
    return with_segments(data, listed(size, size - 2 - 4 - 4)) + other
