"""What stands in the file of an animation beside its frames, taken out without decoding.

Of GIF these are comments, plain text that no browser shows, and blocks of applications (XMP,
content credentials), all but those that say how often it plays; and what is behind the trailer.
(GIF89a, sections 23 to 27.)
"""

from __future__ import annotations

from typing import Final

from foveate.imaging.webp_chunks import chunks
from foveate.values import ImageFormat

PLAYS: Final = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
_SAID: Final = frozenset({b"EXIF", b"XMP ", b"C2PA"})
_HEADER: Final = 13
_TRAILER, _IMAGE, _EXTENSION, _FILL = 0x3B, 0x2C, 0x21, 0x00
_CONTROL, _APPLICATION = 0xF9, 0xFF


def without_remarks(data: bytes, kind: ImageFormat) -> bytes | None:
    """Return an animation without them; None where that is not done: for WebP that has some."""
    if kind is ImageFormat.GIF:
        return _gif(data)
    if kind is ImageFormat.WEBP and not _SAID & {name for name, _ in chunks(data)}:
        return data[: int.from_bytes(data[4:8], "little") + 8]
    return None


def _gif(data: bytes) -> bytes | None:
    """Return the file without them. Its blocks were walked before: see `frame_walk`."""
    at = _HEADER + _palette(data, 10)
    parts = [data[:at]]
    while at < len(data) and data[at] != _TRAILER:
        start, kind = at, data[at]
        if kind == _FILL:
            at += 1
        elif kind in {_EXTENSION, _IMAGE}:
            at = _chain_end(data, at + (2 if kind == _EXTENSION else 11 + _palette(data, at + 9)))
        else:
            return None
        if kind == _IMAGE or (kind == _EXTENSION and _belongs(data, start)):
            parts.append(data[start:at])
    return b"".join((*parts, bytes([_TRAILER])))


def _belongs(data: bytes, at: int) -> bool:
    """Return whether an extension says how frames are shown."""
    kind = data[at + 1] if at + 1 < len(data) else 0
    return kind == _CONTROL or (kind == _APPLICATION and data.startswith(PLAYS, at + 2))


def _chain_end(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _palette(data: bytes, at: int) -> int:
    """Return the bytes of the palette that the flags at that place announce."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
