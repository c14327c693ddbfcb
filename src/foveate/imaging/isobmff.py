"""The boxes that ISO media files are made of (ISO/IEC 14496-12), read without trusting any length.

Nothing is copied and nothing recurses: whoever reads decides how deep to look.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES: Final = 4_096
"""Boxes side by side, and rows in a table. libheif stops at 1,000 items, the tiles of 250 MP."""
MAX_TABLE_BYTES: Final = 1024 * 1024

_IN_64_BITS, _TO_THE_END = 1, 0
"""What the size of a box may say instead of a size."""
_CODES: Final = {1: "B", 2: "H", 4: "I"}


@dataclass(frozen=True, slots=True)
class IsoBox:
    """A box: four letters that say what it is, and what is inside."""

    kind: bytes
    body: memoryview


class Fields:
    """The numbers in a body, one after the other; BrokenImage where it ends too early."""

    def __init__(self, body: memoryview) -> None:
        self._body = body
        self.read = 0

    @property
    def left(self) -> int:
        """Return how many bytes come after those that were read."""
        return len(self._body) - self.read

    def take(self, count: int) -> memoryview:
        """Return the next bytes."""
        if count > self.left:
            raise BrokenImage(f"Expected {count} more bytes in a box, got {self.left}.")
        self.read += count
        return self._body[self.read - count : self.read]

    def number(self, width: int) -> int:
        """Return the next unsigned number, `width` bytes wide."""
        return int.from_bytes(self.take(width), "big")

    def numbers(self, width: int, count: int) -> tuple[int, ...]:
        """Return the next `count` unsigned numbers, each 1, 2 or 4 bytes wide."""
        return struct.unpack(f">{count}{_CODES[width]}", self.take(width * count))

    def count(self, width: int) -> int:
        """Return the next number as the length of a table that is not too long."""
        count = self.number(width)
        if count > MAX_ENTRIES:
            raise BrokenImage(f"Expected at most {MAX_ENTRIES} rows in a box, got {count}.")
        return count

    def version(self, most: int) -> tuple[int, int]:
        """Return the version of what follows, `most` at most, and its flags."""
        version, flags = self.number(1), self.number(3)
        if version > most:
            raise BrokenImage(f"Expected version {most} of a box at most, got {version}.")
        return version, flags

    def rest(self) -> memoryview:
        """Return all that is left."""
        return self.take(self.left)


def table(body: memoryview) -> Fields:
    """Return the fields of a box that is read whole, and must not be long for that."""
    if len(body) > MAX_TABLE_BYTES:
        raise BrokenImage(f"Expected a table of up to {MAX_TABLE_BYTES} bytes, got {len(body)}.")
    return Fields(body)


def boxes(data: memoryview) -> Iterator[IsoBox]:
    """Yield the boxes that lie side by side; raises BrokenImage at the first that does not fit."""
    for _ in range(MAX_ENTRIES):
        if not data:
            return
        fields = Fields(data)
        size, kind = fields.number(4), bytes(fields.take(4))
        if size == _IN_64_BITS:
            size = fields.number(8)
        elif size == _TO_THE_END:
            size = len(data)
        if not fields.read <= size <= len(data):
            raise BrokenImage(f"Expected a box of up to {len(data)} bytes, got {kind!r} of {size}.")
        yield IsoBox(kind, data[fields.read : size])
        data = data[size:]
    if data:
        raise BrokenImage(f"Expected at most {MAX_ENTRIES} boxes side by side, got more.")


def first_of_each(data: memoryview) -> dict[bytes, memoryview]:
    """Return what is in the first box of each kind."""
    found: dict[bytes, memoryview] = {}
    for box in boxes(data):
        found.setdefault(box.kind, box.body)
    return found
