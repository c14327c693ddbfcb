"""TIFF files, classic and big, that say whatever a test wants them to say."""

from __future__ import annotations

import struct
import zlib

SHORT, LONG, LONG8 = 3, 4, 16
_CODES = {SHORT: "H", LONG: "I", LONG8: "Q", 7: "B"}

Tags = dict[int, tuple[int, list[int]]]


def rgb_tags(width: int, height: int, strips: list[bytes], rows: int, compression: int = 1) -> Tags:
    """Return the tags of 8-bit RGB in strips, which begin at byte 16."""
    places = [16 + sum(map(len, strips[:i])) for i in range(len(strips))]
    return {
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [8, 8, 8]),
        259: (SHORT, [compression]),
        262: (SHORT, [2]),
        273: (LONG, places),
        277: (SHORT, [3]),
        278: (LONG, [rows]),
        279: (LONG, list(map(len, strips))),
    }


def tiff(body: bytes, tags: Tags, *, order: str = "<", big: bool = False) -> bytes:
    """Return a TIFF of one page: head, `body` from byte 16 on, directory, long values."""
    wide, length, row = ("Q", "Q", "HHQ") if big else ("I", "H", "HHI")
    size = struct.calcsize(order + wide)
    start = 16 + len(body)
    end = start + struct.calcsize(length) + len(tags) * (struct.calcsize("=" + row) + size) + size
    table, values = struct.pack(order + length, len(tags)), b""
    for tag, (kind, numbers) in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(numbers)}{_CODES[kind]}", *numbers)
        table += struct.pack(order + row, tag, kind, len(numbers))
        if len(packed) > size:
            table += struct.pack(order + wide, end + len(values))
            values += packed
        else:
            table += packed.ljust(size, b"\0")
    mark = b"II" if order == "<" else b"MM"
    head = (order + "HHHQ", 43, 8, 0, start) if big else (order + "HI", 42, start)
    return (mark + struct.pack(*head)).ljust(16, b"\0") + body + table + bytes(size) + values


def striped(*, big: bool = False, order: str = "<") -> bytes:
    """Return 40x30 of one colour in three deflated strips."""
    strip = zlib.compress(bytes((10, 200, 30)) * 40 * 10)
    strips = [strip] * 3
    return tiff(b"".join(strips), rgb_tags(40, 30, strips, 10, 8), big=big, order=order)
