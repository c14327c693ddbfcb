"""How much a JPEG was compressed, by its table of quantisation: no decoder is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.sandboxed.jpeg_markers import FRAMES, segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TABLES: Final = 0xDB
"""The marker of segments with tables (ITU-T T.81, B.2.4.1)."""
COUNT: Final = 64
USUAL: Final = (
    *(16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40),
    *(26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51),
    *(56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87),
    *(95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99),
)
"""Of brightness, at quality 50, in the order of the file (ITU-T T.81, table K.1)."""
_LARGEST: Final = 255


def jpeg_quality(data: bytes) -> int | None:
    """Return the quality, 1..100, at which libjpeg compresses about as much as a JPEG was.

    Encoders with tables of their own are told by the nearest of libjpeg's. None where there is no
    table before the pixels.
    """
    table = _of_brightness(data)
    if table is None:
        return None
    return min(range(100, 0, -1), key=lambda quality: _far(table, at_quality(quality)))


def at_quality(quality: int) -> tuple[int, ...]:
    """Return libjpeg's table of brightness at a quality (`jpeg_quality_scaling` of jcparam.c).

    >>> at_quality(50)[:4], at_quality(100)[:4]
    ((16, 11, 12, 14), (1, 1, 1, 1))
    """
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality  # noqa: PLR2004 - as there
    return tuple(min(max((each * scale + 50) // 100, 1), _LARGEST) for each in USUAL)


def _far(one: Sequence[int], other: Sequence[int]) -> float:
    """Return how unlike two tables are, by the quotients of their entries."""
    return sum(max(a, b) / min(a, b) - 1 for a, b in zip(one, other, strict=True))


def _of_brightness(data: bytes) -> tuple[int, ...] | None:
    """Return the table of the first component."""
    tables: dict[int, tuple[int, ...]] = {}
    wanted = None
    try:
        for marker, at in segments(data):
            if marker == TABLES:
                tables.update(_tables(data, at))
            elif marker in FRAMES:
                wanted = data[at + 10]
    except BrokenImage:
        return None
    found = tables.get(wanted) if wanted is not None else None
    return found if found and all(found) else None


def _tables(data: bytes, at: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the number of each table in a segment, and its entries."""
    end = at + int.from_bytes(data[at : at + 2], "big")
    at += 2
    while at < end:
        wide, number = data[at] >> 4, data[at] & 15
        size = COUNT * (1 + wide)
        entries = data[at + 1 : at + 1 + size]
        if wide > 1 or len(entries) < size:
            return
        step = 1 + wide
        values = (int.from_bytes(entries[i : i + step], "big") for i in range(0, size, step))
        yield number, tuple(values)
        at += 1 + size
