"""A zip of files as ranges of bytes: any part of it can be sent, and none of it is ever built.

Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. Nothing is compressed, for
pictures are; all files are of the beginning of 1980, the first time that zip knows. Beyond 4 GiB or
65,535 files it is Zip64.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Protocol

from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOCAL: Final = struct.Struct("<4s5H3I2H")
CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
END: Final = struct.Struct("<4s4H2IH")
END_64: Final = struct.Struct("<4sQ2H2I4Q")
LOCATOR_64: Final = struct.Struct("<4sIQI")
EXTRA: Final = struct.Struct("<2H")
MOST_16: Final = 0xFFFF
MOST_32: Final = 0xFFFFFFFF
ZIP_64: Final = 1
"""The number of the extra field with what 32 bits do not hold."""
NEEDS: Final = 45
"""The version of zip that reads it: 4.5, as Zip64 needs."""
ON_UNIX: Final = 3 << 8
UTF8: Final = 1 << 11
STORED: Final = 0
FIRST_DAY: Final = 1 << 5 | 1
READABLE: Final = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive."""

    name: str
    bytes: int
    crc32: int


class ReadRange(Protocol):
    """Reads some of a file."""

    def __call__(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield its bytes from `start` until before `stop`."""
        ...


class Layout:
    """Where what is in an archive of these files."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        if len({entry.name for entry in entries}) < len(entries):
            raise BadOption("Expected files of different names in an archive, got one twice.")
        self._entries = entries
        wholes = (len(_local(each)) + each.bytes for each in entries)
        self._starts = list(accumulate(wholes, initial=0))
        """Of each file, its header included, and of the directory."""
        records = map(len, map(_central, entries, self._starts))
        self._records = list(accumulate(records, initial=self._starts[-1]))
        """Where the directory tells of each, and where it ends."""
        self._end = _ending(len(entries), self._starts[-1], self._records[-1])

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return self._records[-1] + len(self._end)

    @cached_property
    def digest(self) -> str:
        """Return what it is, in hex: the same for the same files in the same order."""
        told = (f"{each.name}\0{each.bytes}\0{each.crc32}\0".encode() for each in self._entries)
        return sha256(b"".join(told)).hexdigest()

    def read(self, start: int, stop: int, read: ReadRange) -> Iterator[bytes]:
        """Yield the bytes from `start` until before `stop`; `read` gives those of its files."""
        at, stop = max(0, start), min(stop, self.size)
        while at < stop:
            for piece in self._pieces(at, stop, read):
                yield piece
                at += len(piece)

    def _pieces(self, at: int, stop: int, read: ReadRange) -> Iterator[bytes]:
        """Yield some bytes from a place on: of one header, one file, or one record."""
        if at >= self._records[-1]:
            yield _cut(self._end, self._records[-1], at, stop)
        elif at >= self._starts[-1]:
            number = bisect_right(self._records, at) - 1
            record = _central(self._entries[number], self._starts[number])
            yield _cut(record, self._records[number], at, stop)
        else:
            number = bisect_right(self._starts, at) - 1
            yield from self._of_file(number, at, stop, read)

    def _of_file(self, number: int, at: int, stop: int, read: ReadRange) -> Iterator[bytes]:
        entry, start = self._entries[number], self._starts[number]
        head = _local(entry)
        begin = start + len(head)
        if at < begin:
            yield _cut(head, start, at, stop)
            return
        stop = min(stop, begin + entry.bytes)
        come = 0
        for piece in read(entry.name, at - begin, stop - begin):
            come += len(piece)
            yield piece
        if come != stop - at:
            raise BadOption(f"{entry.name}: expected {stop - at} bytes, got {come}.")


def _cut(data: bytes, begin: int, start: int, stop: int) -> bytes:
    return data[max(0, start - begin) : stop - begin]


def _local(entry: Entry) -> bytes:
    """Return what stands before a file."""
    name, size = entry.name.encode(), min(entry.bytes, MOST_32)
    extra = _extra([entry.bytes, entry.bytes] if size == MOST_32 else [])
    head = (b"PK\3\4", NEEDS, UTF8, STORED, 0, FIRST_DAY, entry.crc32, size, size)
    return LOCAL.pack(*head, len(name), len(extra)) + name + extra


def _central(entry: Entry, at: int) -> bytes:
    """Return what the directory says of a file."""
    name, size = entry.name.encode(), min(entry.bytes, MOST_32)
    large = [entry.bytes, entry.bytes] if size == MOST_32 else []
    extra = _extra(large + ([at] if at >= MOST_32 else []))
    head = (b"PK\1\2", ON_UNIX | NEEDS, NEEDS, UTF8, STORED, 0, FIRST_DAY, entry.crc32, size, size)
    rest = (len(name), len(extra), 0, 0, 0, READABLE, min(at, MOST_32))
    return CENTRAL.pack(*head, *rest) + name + extra


def _extra(numbers: Sequence[int]) -> bytes:
    if not numbers:
        return b""
    data = struct.pack(f"<{len(numbers)}Q", *numbers)
    return EXTRA.pack(ZIP_64, len(data)) + data


def _ending(count: int, start: int, stop: int) -> bytes:
    """Return what stands after a directory that lies between two places."""
    size, few = stop - start, min(count, MOST_16)
    end = END.pack(b"PK\5\6", 0, 0, few, few, min(size, MOST_32), min(start, MOST_32), 0)
    if few < MOST_16 and max(size, start) < MOST_32:
        return end
    length = END_64.size - 12
    numbers = (length, ON_UNIX | NEEDS, NEEDS, 0, 0, count, count, size, start)
    return END_64.pack(b"PK\6\6", *numbers) + LOCATOR_64.pack(b"PK\6\7", 0, stop, 1) + end
