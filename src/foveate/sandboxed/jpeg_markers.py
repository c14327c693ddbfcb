"""The marker segments of a JPEG before its pixels (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SEGMENTS: Final = 4_096
START_OF_SCAN, APP1, APP2 = 0xDA, 0xE1, 0xE2
FRAMES: Final = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}
"""Of the others in their range, two define tables, and one is reserved."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xDA)})
"""Markers without a length."""
_MARKER: Final = re.compile(rb"\xff[^\x00\xff]")
"""What libjpeg takes for the next one: it skips whatever stands before, FF 00 as well."""
_GARBAGE: Final = 1024 * 1024
"""Bytes between segments that are searched for one."""


def segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield each marker up to the first scan, and where the length behind it stands.

    Raises BrokenImage for more segments, or more between them, than encoders write.
    """
    at = 2
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.search(data, at, at + _GARBAGE)
        if found is None and len(data) > at + _GARBAGE:
            raise BrokenImage(f"Expected JPEG segments one behind the other, got filler at {at}.")
        if found is None or found.end() + 8 > len(data):
            return
        marker, at = data[found.end() - 1], found.end()
        if marker in _ALONE:
            continue
        yield marker, at
        if marker == START_OF_SCAN:
            return
        at += int.from_bytes(data[at : at + 2], "big")
    raise BrokenImage(f"Expected a JPEG of at most {MAX_SEGMENTS} segments, got more.")
