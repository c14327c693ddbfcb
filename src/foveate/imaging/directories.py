"""EXIF directories that lead in circles or have no end, found before libexif follows them.

libexif, which libvips asks about every picture, follows each pointer to a directory anew: 50
entries that point back to their own directory cost it 46 s. Who only wants the picture can do
without: the block is dropped, the picture stays.

`exif` walks too, and gives up a block at the first offset that leads out of it. Here that would
let a tangle through behind one bad pointer: what is out there reads as zero, and the walk goes on.
"""

from __future__ import annotations

import struct
from itertools import islice
from typing import Final

from foveate.errors import BrokenImage
from foveate.imaging.exif import ENTRY, MAX_BLOCK, ORDERS, PREFIX
from foveate.imaging.header import places

MAX_DIRECTORIES: Final = 8
"""Real pictures have five: the picture's, the camera's, GPS, interoperability, the thumbnail's."""
MAX_ENTRIES: Final = 2_000
MAX_BLOCKS: Final = 64

_POINTERS: Final = frozenset({0x8769, 0x8825, 0xA005})


def tangled(data: bytes, place: int) -> bool:
    """Return whether the EXIF that begins there, with or without prefix, is one to keep away from.

    What is no EXIF at all is not: libexif sees that, too.
    """
    start = place + len(PREFIX) if data.startswith(PREFIX, place) else place
    order = ORDERS.get(data[start : start + 4])
    return order is not None and _endless(memoryview(data)[start : start + 0x10000], order)


def block_at(data: bytes, place: int) -> bytes:
    """Return as much of the EXIF that begins there as one block can hold."""
    return data[place : place + len(PREFIX) + MAX_BLOCK]


def marked(data: bytes, mark: bytes) -> list[int]:
    """Return where that mark stands. Raises BrokenImage for more than any file has."""
    found = list(islice(places(data, mark), MAX_BLOCKS + 1))
    if len(found) > MAX_BLOCKS:
        raise BrokenImage(f"Expected at most {MAX_BLOCKS} blocks of EXIF, got more.")
    return found


def _endless(block: memoryview, order: str) -> bool:
    """Visit every directory once; a block that ends early is libexif's to ignore."""
    waiting, seen, entries = [_long(block, order, 4)], 0, 0
    while waiting:
        at = waiting.pop()
        count = _short(block, order, at)
        seen, entries = seen + 1, entries + count
        if seen > MAX_DIRECTORIES or entries > MAX_ENTRIES:
            return True
        rows = range(at + 2, min(at + 2 + count * ENTRY, len(block)), ENTRY)
        pointers = [row for row in rows if _short(block, order, row) in _POINTERS]
        waiting += [_long(block, order, row + 8) for row in pointers]
        if following := _long(block, order, at + 2 + count * ENTRY):
            waiting.append(following)
    return False


def _short(block: memoryview, order: str, at: int) -> int:
    return int(struct.unpack_from(order + "H", block, at)[0]) if at + 2 <= len(block) else 0


def _long(block: memoryview, order: str, at: int) -> int:
    return int(struct.unpack_from(order + "I", block, at)[0]) if at + 4 <= len(block) else 0
