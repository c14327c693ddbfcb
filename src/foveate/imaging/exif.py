"""EXIF as bytes: who made a picture, and a block that no longer contradicts its pixels.

Written by hand because libvips rewrites every text in ASCII (Jürgen becomes Jurgen), and knows
no EXIF of HEIC. A block that makes no sense counts as none.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from foveate.geometry.orientation import Orientation

PREFIX: Final = b"Exif\0\0"
MAX_BLOCK: Final = 65_533 - len(PREFIX)
"""A JPEG segment holds no more."""
ORDERS: Final = {b"II*\0": "<", b"MM\0*": ">"}
"""How a TIFF begins, and the byte order of `struct` that it says."""
ENTRY: Final = 12
"""The bytes of one row of a directory."""

_ARTIST, _COPYRIGHT, _ORIENTATION, _DESCRIPTION = 0x013B, 0x8298, 0x0112, 0x010E
_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_ASCII, _LONG = 2, 4
_INLINE = 4


def copyright_alone(block: bytes) -> bytes:
    """Return a block with the Artist and Copyright of that one, or nothing if it names none."""
    try:
        tiff = _Tiff.of(block)
        named = {tag: tiff.text(tag) for tag in (_ARTIST, _COPYRIGHT)}
    except (struct.error, ValueError):
        return b""
    return _written({tag: text for tag, text in named.items() if text.strip(b"\0 ")})


def orientation(block: bytes) -> Orientation:
    """Return what brings the picture upright, by the first directory alone."""
    try:
        tiff = _Tiff.of(block)
        entry = tiff.entries(tiff.first).get(_ORIENTATION)
        return Orientation.exif(tiff.short(entry + 8) if entry else 1)
    except (struct.error, ValueError):
        return Orientation()


def description(block: bytes) -> str:
    """Return what the block says that the picture shows; empty where it says nothing."""
    try:
        return _Tiff.of(block).text(_DESCRIPTION).strip(b"\0 ").decode("utf-8", "replace")
    except (struct.error, ValueError):
        return ""


def upright(block: bytes) -> bytes:
    """Return the block with Orientation 1 and no thumbnail, which would show what was cropped."""
    try:
        tiff = _Tiff.of(block)
        edited = bytearray(tiff.data)
        if entry := tiff.entries(tiff.first).get(_ORIENTATION):
            struct.pack_into(tiff.order + "H", edited, entry + 8, 1)
        _drop_thumbnail(tiff, edited)
    except (struct.error, ValueError):
        return b""
    return PREFIX + bytes(edited) if len(edited) <= MAX_BLOCK else b""


def into_jpeg(jpeg: bytes, block: bytes) -> bytes:
    """Return the JPEG with that block, behind the JFIF header if there is one."""
    if not block:
        return jpeg
    at = 4 + int.from_bytes(jpeg[4:6], "big") if jpeg[2:4] == b"\xff\xe0" else 2
    return jpeg[:at] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + jpeg[at:]


@dataclass(frozen=True, slots=True)
class _Tiff:
    """The directories inside a block. Reading past the end raises struct.error."""

    data: bytes
    order: str

    @classmethod
    def of(cls, block: bytes) -> _Tiff:
        data = block.removeprefix(PREFIX)
        order = ORDERS.get(data[:4])
        if order is None:
            raise ValueError(f"Expected II or MM, got {data[:4]!r}")
        return cls(data, order)

    def short(self, at: int) -> int:
        return int(struct.unpack_from(self.order + "H", self.data, at)[0])

    def long(self, at: int) -> int:
        return int(struct.unpack_from(self.order + "I", self.data, at)[0])

    @property
    def first(self) -> int:
        return self.long(4)

    def link(self, directory: int) -> int:
        """Return where the offset of the next directory is written."""
        return directory + 2 + self.short(directory) * ENTRY

    def entries(self, directory: int) -> dict[int, int]:
        """Return where the entry of each tag begins."""
        starts = range(directory + 2, self.link(directory), ENTRY)
        return {self.short(at): at for at in starts}

    def text(self, tag: int) -> bytes:
        """Return an ASCII value of the first directory, or nothing."""
        entry = self.entries(self.first).get(tag)
        if entry is None or self.short(entry + 2) != _ASCII:
            return b""
        length = self.long(entry + 4)
        start = entry + 8 if length <= _INLINE else self.long(entry + 8)
        return self.data[start : start + length]


def _drop_thumbnail(tiff: _Tiff, edited: bytearray) -> None:
    link = tiff.link(tiff.first)
    second = tiff.long(link)
    if not second:
        return
    entries = tiff.entries(second)
    if _THUMBNAIL_OFFSET in entries and _THUMBNAIL_LENGTH in entries:
        start = tiff.long(entries[_THUMBNAIL_OFFSET] + 8)
        end = min(start + tiff.long(entries[_THUMBNAIL_LENGTH] + 8), len(edited))
        if end == len(edited):
            del edited[start:]
        else:
            edited[start:end] = bytes(max(0, end - start))
    struct.pack_into(tiff.order + "I", edited, link, 0)


def _written(texts: dict[int, bytes]) -> bytes:
    """Return a block with these ASCII values in its only directory."""
    if not texts:
        return b""
    table, values = b"", b""
    behind = 8 + 2 + len(texts) * ENTRY + 4
    for tag, text in sorted(texts.items()):
        inline = len(text) <= _INLINE
        place = text.ljust(4, b"\0") if inline else struct.pack("<I", behind + len(values))
        table += struct.pack("<HHI", tag, _ASCII, len(text)) + place
        values += b"" if inline else text
    block = b"II*\0" + struct.pack("<IH", 8, len(texts)) + table + bytes(4) + values
    return PREFIX + block if len(block) <= MAX_BLOCK else b""
