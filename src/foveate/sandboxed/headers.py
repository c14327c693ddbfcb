"""What the headers of JPEG, JPEG XR and JPEG XL say, where their decoders only tell with pixels."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.sandboxed.answer import say
from foveate.sandboxed.jxl import read_jxl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def is_deep_jpeg(data: bytes) -> bool:
    """Return whether a JPEG has other than 8 bits a sample, which most decoders cannot read."""
    try:
        at = _frame(data)
    except (ValueError, IndexError):
        return False
    return data[at] != _USUAL_BITS


def jpeg_profile(data: bytes) -> bytes:
    """Return the ICC profile, joined from its segments, or nothing."""
    mark = b"ICC_PROFILE\0"
    parts = {
        data[at + len(mark)]: data[at + len(mark) + 2 : end]
        for marker, at, end in _segments(data)
        if marker == _APP2 and data.startswith(mark, at)
    }
    return b"".join(parts[number] for number in sorted(parts))


_USUAL_BITS: Final = 8
_APP2, _START_OF_SCAN, _END = 0xE2, 0xDA, 0xD9
_NO_FRAMES: Final = {0xC4, 0xC8, 0xCC}
"""Markers among those of frames that define tables and extensions."""


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, first byte and end of each segment before the pixels."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker in {_START_OF_SCAN, _END}:  # noqa: PLR2004 - a marker
            return
        if marker == 0xFF:  # noqa: PLR2004 - fill
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, at + 4, end
        at = max(end, at + 4)


def _frame(data: bytes) -> int:
    """Return where the frame says its bits, height and width."""
    for marker, at, _ in _segments(data):
        if marker & 0xF0 == 0xC0 and marker not in _NO_FRAMES:  # noqa: PLR2004 - SOF0 to SOF15
            return at
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
