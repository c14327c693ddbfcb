"""Where cameras put the depth of a JPEG, and what they say of it.

Three places are known. Google's GDepth (Depthmap Metadata, 2014) has a picture in letters inside
extended XMP. Dynamic Depth 1.0 (2019) has it behind the picture, and XMP says how long each file
there is. Apple has it behind the picture as well, listed by Multi-Picture Format (CIPA DC-007), and
XMP of that one says what it is. Nothing is decoded here, and no length is believed.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.imaging.exif import ENTRY, ORDERS
from foveate.imaging.xmp import MAX_BYTES, said, tree
from foveate.sandboxed.jpeg_markers import APP1, APP2, START_OF_SCAN, segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED: Final = b"http://ns.adobe.com/xmp/extension/\0"
_GUID, _AT = 32, 8
"""Bytes of the name of extended XMP, and of its length and place."""
_GDEPTH: Final = "http://ns.google.com/photos/1.0/depthmap/"
_DYNAMIC: Final = "http://ns.google.com/photos/dd/1.0/depthmap/"
_ITEMS: Final = (
    "http://ns.google.com/photos/dd/1.0/item/",
    "http://ns.google.com/photos/1.0/container/item/",
)
_APPLE: Final = "http://ns.apple.com/pixeldatainfo/1.0/"
_NOTE: Final = "http://ns.adobe.com/xmp/note/"
_MPF: Final = b"MPF\0"
_MP_ENTRIES, _MP_ENTRY = 0xB002, 16
_MOST: Final = 16
"""Files behind a picture that are looked at."""
_DIGITS: Final = 12
"""Of a length in bytes."""
_MOST_ROWS: Final = 64
"""Rows of a directory of MPF, which has five."""
STARTS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""How the pictures begin that depth is in."""
END: Final = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class DepthPicture:
    """A coded grey picture of depth, and how its levels are meant."""

    data: bytes
    """JPEG or PNG."""
    inverse: bool = True
    """Whether levels go with 1 / distance; else with distance."""
    far_is_white: bool = False
    near: float = 0.0
    """Distance of the nearest level, in any unit, where levels go with distance."""
    far: float = 0.0


def depth_of(jpeg: bytes) -> DepthPicture | None:
    """Return the picture of depth that a JPEG carries; of its places the first that has one.

    Raises BrokenImage for more segments than encoders write.
    """
    xmp, extended, listed = _segments(jpeg)
    root = tree(xmp)
    if root is None:
        return _apple(jpeg, listed)
    return _google(root, extended) or _dynamic(jpeg, root) or _apple(jpeg, listed)


def _segments(jpeg: bytes) -> tuple[bytes, list[bytes], int]:
    """Return the XMP of a JPEG, the pieces of its extended XMP, and where its MPF begins or 0."""
    xmp, extended, listed = b"", list[bytes](), 0
    for marker, at in segments(jpeg):
        end = at + int.from_bytes(jpeg[at : at + 2], "big")
        if marker == APP1 and jpeg.startswith(_XMP, at + 2):
            xmp = xmp or jpeg[at + 2 + len(_XMP) : end]
        elif marker == APP1 and jpeg.startswith(_EXTENDED, at + 2):
            extended.append(jpeg[at + 2 + len(_EXTENDED) : end])
        elif marker == APP2 and jpeg.startswith(_MPF, at + 2):
            listed = listed or at + 2 + len(_MPF)
    return xmp, extended, listed


def _joined(root: Element, pieces: list[bytes]) -> bytes:
    """Return the extended XMP that XMP names, or nothing where a piece of it is missing."""
    name = said(root, _NOTE).get("HasExtendedXMP", "").encode()
    own = [piece for piece in pieces if piece[:_GUID] == name and len(piece) > _GUID + _AT]
    placed = sorted((struct.unpack_from(">II", piece, _GUID), piece) for piece in own)
    if not placed or placed[0][0][0] > MAX_BYTES:
        return b""
    joined = bytearray()
    for (_, at), piece in placed:
        if at == len(joined):
            joined += piece[_GUID + _AT :]
    return bytes(joined) if len(joined) == placed[0][0][0] else b""


def _google(root: Element, pieces: list[bytes]) -> DepthPicture | None:
    about = said(root, _GDEPTH)
    if about and (beyond := tree(_joined(root, pieces))) is not None:
        about = said(beyond, _GDEPTH) | about
    try:
        data = base64.b64decode(about.get("Data", ""), validate=False)
    except (binascii.Error, ValueError):
        return None
    return _meant(data, about)


def _meant(data: bytes, about: Mapping[str, str]) -> DepthPicture | None:
    """Return a picture with what Google's two ways say of its levels, if they are one of theirs."""
    if not data.startswith(STARTS):
        return None
    if about.get("Format") == "RangeInverse":
        return DepthPicture(data, far_is_white=True)
    near, far = _number(about.get("Near")), _number(about.get("Far"))
    if about.get("Format") != "RangeLinear" or not 0 < near < far:
        return None
    return DepthPicture(data, inverse=False, far_is_white=True, near=near, far=far)


def _number(text: str | None) -> float:
    try:
        value = float((text or "")[:40])
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _dynamic(jpeg: bytes, root: Element) -> DepthPicture | None:
    about, items = said(root, _DYNAMIC), list(_listed(root))
    if not about or len(items) > _MOST:
        return None
    wanted = about.get("DepthURI", "")
    for number, item in enumerate(items):
        if number and (item.get("DataURI") == wanted or "Depth" in item.get("Semantic", "")):
            lengths = [_length(each) for each in items[1:]]
            return _meant(_behind(jpeg, lengths, number - 1), about)
    return None


def _listed(root: Element) -> Iterator[dict[str, str]]:
    """Yield what is said of each file: the picture itself first, and those behind it in order."""
    for element in root.iter():
        item = {
            name.rpartition("}")[2]: text
            for name, text in element.attrib.items()
            if name[1:].partition("}")[0] in _ITEMS
        }
        if not item:
            item = {
                child.tag.rpartition("}")[2]: (child.text or "").strip()
                for child in element
                if child.tag[1:].partition("}")[0] in _ITEMS
            }
        if item:
            yield item


def _length(item: Mapping[str, str]) -> int:
    text = item.get("Length", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def _behind(jpeg: bytes, lengths: list[int], number: int) -> bytes:
    """Return a file behind a JPEG: counted from the end, or from the end of the picture."""
    from_end = len(jpeg) - sum(lengths[number:])
    ends = (
        jpeg.find(END, next((at for marker, at in segments(jpeg) if marker == START_OF_SCAN), 0))
        + 2
    )
    for start in (from_end, ends + sum(lengths[:number])):
        if start > 0 and jpeg.startswith(STARTS, start):
            return jpeg[start : start + lengths[number]]
    return b""


def _apple(jpeg: bytes, listed: int) -> DepthPicture | None:
    for start, length in _pictures(jpeg, listed) if listed else ():
        other = jpeg[start : start + length]
        if not other.startswith(STARTS[0]):
            continue
        xmp, _, _ = _segments(other)
        root = tree(xmp)
        kind = said(root, _APPLE).get("AuxiliaryImageType", "") if root is not None else ""
        if kind.lower() in {"disparity", "depth"}:
            # Apple's disparity is 1 / distance; its depth is distance, of which no unit is said.
            inverse = kind.lower() == "disparity"
            return DepthPicture(other, inverse=inverse, far_is_white=not inverse)
    return None


def _pictures(jpeg: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Yield where each picture of Multi-Picture Format lies behind the first, and its length."""
    order = ORDERS.get(jpeg[at : at + 4])
    if order is None:
        return
    try:
        (first,) = struct.unpack_from(order + "I", jpeg, at + 4)
        (count,) = struct.unpack_from(order + "H", jpeg, at + first)
        for row in range(min(count, _MOST_ROWS)):
            tag, _, size, place = struct.unpack_from(
                order + "HHII", jpeg, at + first + 2 + row * ENTRY
            )
            if tag != _MP_ENTRIES:
                continue
            for number in range(1, min(size // _MP_ENTRY, _MOST)):
                entry = at + place + number * _MP_ENTRY
                _, length, offset = struct.unpack_from(order + "III", jpeg, entry)
                yield at + offset, length
            return
    except struct.error:
        return
