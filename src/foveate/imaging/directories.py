"""EXIF and TIFF directories that lead in circles or have no end, found before libraries follow.

libexif, which libvips asks about every picture, follows each pointer to a directory anew: 50
entries that point back to their own directory cost it 46 s. libtiff counts directories to the
end, however many there are.

`exif` walks too, and gives up a block at the first offset that leads out of it. Here that would
let a tangle through behind one bad pointer: what is out there reads as zero, and the walk goes on.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from foveate.errors import AnimationTooLarge, BrokenImage
from foveate.imaging.exif import ENTRY, ORDERS, PREFIX
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DIRECTORIES: Final = 8
"""Real pictures have five: the picture's, the camera's, GPS, interoperability, the thumbnail's."""
MAX_ENTRIES: Final = 2_000
MAX_PAGES: Final = 1_000
MAX_BLOCKS: Final = 64
MAX_SEGMENTS: Final = 4_096
MAX_SCANS: Final = 200
"""Encoders write ten, or twenty at their most thorough."""
MAX_FRAMES: Final = 10_000
"""Beyond, counting the frames of a WebP alone takes seconds."""

_POINTERS: Final = frozenset({0x8769, 0x8825, 0xA005})
_MARKS: Final = {ImageFormat.PNG: b"eXIf", ImageFormat.WEBP: b"EXIF"}
_BEHIND_MARK: Final = {ImageFormat.PNG: 4, ImageFormat.WEBP: 8}
_FILL: Final = re.compile(rb"\xff+")
_START_OF_SCAN, _APP1 = 0xDA, 0xE1
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xDA)})
"""JPEG markers without a length."""


def refuse_tangled(data: bytes, kind: ImageFormat) -> None:
    """Raise BrokenImage for directories that no camera writes."""
    if kind is ImageFormat.TIFF:
        _count_pages(data)
        return
    if kind is ImageFormat.WEBP and data.count(b"ANMF") > MAX_FRAMES:
        raise AnimationTooLarge(f"Expected at most {MAX_FRAMES} frames, got more.")
    for place in _blocks(data, kind):
        start = place + len(PREFIX) if data.startswith(PREFIX, place) else place
        order = ORDERS.get(data[start : start + 4])
        if order is not None:
            _walk(memoryview(data)[start : start + 0x10000], order)


def _blocks(data: bytes, kind: ImageFormat) -> Iterator[int]:
    if kind is ImageFormat.JPEG:
        yield from _jpeg_blocks(data)
    elif kind is ImageFormat.AVIF:
        yield from _avif_blocks(data)
    elif mark := _MARKS.get(kind):
        yield from (at + _BEHIND_MARK[kind] for at in _all(data, mark))


def _all(data: bytes, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    for _ in range(MAX_BLOCKS):
        if at < 0:
            return
        yield at
        at = data.find(mark, at + 1)
    raise BrokenImage(f"Expected at most {MAX_BLOCKS} blocks of EXIF, got more.")


def _avif_blocks(data: bytes) -> Iterator[int]:
    """Yield all that may be EXIF: its prefix is optional, so a TIFF header is enough."""
    for header in ORDERS:
        yield from _all(data, header)


def _jpeg_blocks(data: bytes) -> Iterator[int]:
    """Yield the EXIF blocks before the pixels; in a file out of order, all that look like some."""
    at, components, progressive = 2, 0, False
    for _ in range(MAX_SEGMENTS):
        fill = _FILL.match(data, at)
        if fill is None or fill.end() + 9 > len(data):
            break
        marker, at = data[fill.end()], fill.end() + 1
        if marker in _ALONE:
            continue
        if marker == _START_OF_SCAN:
            if progressive or data[at + 2] < components:
                _count_scans(data)
            return
        if marker in _FRAMES:
            progressive, components = marker in _PROGRESSIVE, data[at + 7]
        if marker == _APP1 and data.startswith(PREFIX, at + 2):
            yield at + 2 + len(PREFIX)
        at += int.from_bytes(data[at : at + 2], "big")
    else:
        raise BrokenImage(f"Expected a JPEG of at most {MAX_SEGMENTS} segments, got more.")
    _count_scans(data)
    yield from (place + len(PREFIX) for place in _all(data, PREFIX))


def _count_scans(data: bytes) -> None:
    """Each scan goes over the whole picture, and libjpeg cannot be stopped meanwhile."""
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise BrokenImage(f"Expected a JPEG of at most {MAX_SCANS} scans, got more.")


def _walk(block: memoryview, order: str) -> None:
    """Visit every directory once; a block that ends early is libexif's to ignore."""
    waiting, seen, entries = [_long(block, order, 4)], 0, 0
    while waiting:
        at = waiting.pop()
        count = _short(block, order, at)
        seen, entries = seen + 1, entries + count
        if seen > MAX_DIRECTORIES or entries > MAX_ENTRIES:
            raise BrokenImage(
                f"Expected EXIF of at most {MAX_DIRECTORIES} directories and {MAX_ENTRIES} "
                "entries, got more."
            )
        places = range(at + 2, min(at + 2 + count * ENTRY, len(block)), ENTRY)
        pointers = [p for p in places if _short(block, order, p) in _POINTERS]
        waiting += [_long(block, order, p + 8) for p in pointers]
        if following := _long(block, order, at + 2 + count * ENTRY):
            waiting.append(following)


def _short(block: memoryview, order: str, at: int) -> int:
    return int(struct.unpack_from(order + "H", block, at)[0]) if at + 2 <= len(block) else 0


def _long(block: memoryview, order: str, at: int) -> int:
    return int(struct.unpack_from(order + "I", block, at)[0]) if at + 4 <= len(block) else 0


def _count_pages(data: bytes) -> None:
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in {b"+\0", b"\0+"}
    offset, count, entry = ("Q", "Q", 20) if big else ("I", "H", ENTRY)
    at = _read(data, order + offset, 8 if big else 4)
    for _ in range(MAX_PAGES):
        if not at:
            return
        entries = _read(data, order + count, at)
        at = _read(data, order + offset, at + struct.calcsize(count) + entries * entry)
    raise BrokenImage(f"Expected a TIFF of at most {MAX_PAGES} pages, got more.")


def _read(data: bytes, kind: str, at: int) -> int:
    """Return a number, or 0 past the end."""
    if at < 0 or at + struct.calcsize(kind) > len(data):
        return 0
    return int(struct.unpack_from(kind, data, at)[0])
