"""What the headers of JPEG, JPEG XR and JPEG XL say, where their decoders only tell with pixels."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.sandboxed.answer import say
from foveate.sandboxed.jpeg_markers import APP2, FRAMES, segments
from foveate.sandboxed.jxl import read_jxl

if TYPE_CHECKING:
    from collections.abc import Callable


class Header(NamedTuple):
    """Width, height and alpha of a picture."""

    width: int
    height: int
    alpha: bool = False


def probe(data: bytes, kind: str) -> None:
    """Answer with what the header says."""
    header = _READERS[kind](data)
    say({"width": header.width, "height": header.height, "alpha": header.alpha})


def jpeg_bits(data: bytes) -> int:
    """Return the bits of a sample."""
    return data[_frame(data)]


def jpeg_profile(data: bytes) -> bytes:
    """Return the ICC profile, joined from its segments, or nothing."""
    mark = b"ICC_PROFILE\0"
    parts = {
        data[at + 2 + len(mark)]: data[at + 4 + len(mark) : at + int.from_bytes(data[at : at + 2])]
        for marker, at in segments(data)
        if marker == APP2 and data.startswith(mark, at + 2)
    }
    return b"".join(parts[number] for number in sorted(parts))


def _frame(data: bytes) -> int:
    """Return where the frame says its bits, height and width."""
    for marker, at in segments(data):
        if marker in FRAMES:
            return at + 2
    raise ValueError("Expected a frame in a JPEG, got none.")


def _jpeg(data: bytes) -> Header:
    height, width = struct.unpack_from(">HH", data, _frame(data) + 1)
    return Header(width, height)


def _jpeg_xr(data: bytes) -> Header:
    """Read the directory of ITU-T T.832 Annex A: it is one of TIFF, with other tags."""
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    tags: dict[int, bytes] = {}
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, kind, _, value = struct.unpack_from("<HHI4s", data, entry)
        tags[tag] = value[:2] if kind == _SHORT else value
    width, height = (int.from_bytes(tags[tag], "little") for tag in (0xBC80, 0xBC81))
    (place,) = struct.unpack("<I", tags[0xBC01])
    return Header(width, height, _jxr_alpha(data[place : place + 16]))


def _jxr_alpha(guid: bytes) -> bool:
    return guid[:4] in _ALPHA_GUIDS or (guid[:4] == _USUAL_GUID and guid[15] in _WITH_ALPHA)


_SHORT: Final = 3
_ALPHA_GUIDS: Final = {b"\x2d\xad\xc7\xf5", b"\x50\xa6\xc4\x3c"}
"""How the names of RGBA in 8 bits begin, straight and premultiplied."""
_USUAL_GUID: Final = b"\x24\xc3\xdd\x6f"
_WITH_ALPHA: Final = {0x0F, 0x10, 0x16, 0x17, 0x19, 0x1A, 0x1D, 0x3A, 0x3B}
"""How those of the others end."""


def _jpeg_xl(data: bytes) -> Header:
    header = read_jxl(data)
    return Header(header.width, header.height, header.alpha)


_READERS: Final[dict[str, Callable[[bytes], Header]]] = {
    "jpeg": _jpeg,
    "jxr": _jpeg_xr,
    "jxl": _jpeg_xl,
}
