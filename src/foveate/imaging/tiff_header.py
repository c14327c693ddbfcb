"""What the directories of a TIFF say, read without decoding and without trusting any number.

TIFF 6.0 and BigTIFF: a directory is a count, rows of (tag, type, count, value or its place), and
the place of the next directory. Of a tag that occurs twice the first counts, as in libtiff.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.errors import BrokenImage

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGES: Final = 1_000
MAX_TAGS: Final = 512
"""In one directory; cameras and geodesists write some dozens. For those that libtiff does not know
it takes time by the square of their number."""
MAX_ALL_TAGS: Final = 50_000
"""In all of them: libtiff reads every directory to count the pages."""

_SIZES: Final = dict(enumerate((0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)))
"""Bytes of a value of each type."""
CODES: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""The types of whole numbers, as `struct` names them."""
_MOST_NUMBERS: Final = 1_000_000
"""Of one tag: 100 megapixels in the smallest tiles are 390,000 of them."""
_TILE_WIDTH: Final = 322
_SEPARATE: Final = 2
YCBCR: Final = 6


class Layout(NamedTuple):
    """How wide the numbers of a directory are: `struct` codes, and bytes."""

    offset: str
    length: str
    row: str
    row_bytes: int
    inline: int


_CLASSIC: Final = Layout("I", "H", "HHI", 12, 4)
_BIG: Final = Layout("Q", "Q", "HHQ", 20, 8)


class Row(NamedTuple):
    """One row of a directory: what kind of values, how many, and where they are."""

    kind: int
    length: int
    place: int

    @property
    def bytes(self) -> int:
        """Return how many bytes all its values take."""
        return self.length * _SIZES.get(self.kind, 0)


@dataclass(frozen=True)
class Page:
    """One directory of a TIFF."""

    data: bytes
    order: str
    rows: dict[int, Row]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the whole numbers under a tag, or none.

        Raises BrokenImage for numbers beyond the file, or too many.
        """
        row = self.rows.get(tag)
        if row is None or row.kind not in CODES:
            return ()
        if row.length > _MOST_NUMBERS or row.place + row.bytes > len(self.data):
            raise BrokenImage(f"Expected {row.length} values of TIFF tag {tag}, got fewer.")
        return struct.unpack_from(
            f"{self.order}{row.length}{CODES[row.kind]}", self.data, row.place
        )

    def number(self, tag: int, default: int) -> int:
        """Return the first whole number under a tag."""
        return next(iter(self.numbers(tag)), default)

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return self.number(256, 0)

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return self.number(257, 0)

    @property
    def bands(self) -> int:
        """Return SamplesPerPixel, alpha and the like included."""
        return self.number(277, 1)

    @property
    def bits(self) -> int:
        """Return the bits of the widest sample."""
        return max(self.numbers(258), default=1)

    @property
    def sample_format(self) -> int:
        """Return what a sample is: 1 unsigned, 2 signed, 3 floating point, 5 and 6 complex."""
        return self.number(339, 1)

    @property
    def compression(self) -> int:
        """Return the number of the compression."""
        return self.number(259, 1)

    @property
    def photometric(self) -> int:
        """Return what the samples mean: 0 and 1 grey, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 Lab."""
        return self.number(262, 1)

    @property
    def separate(self) -> bool:
        """Return whether each band lies in a plane of its own."""
        return self.number(284, 1) == _SEPARATE

    @property
    def tiled(self) -> bool:
        """Return whether the picture is cut into tiles, not into strips."""
        return _TILE_WIDTH in self.rows

    @property
    def chunk(self) -> tuple[int, int]:
        """Return width and height of a strip or a tile in pixels."""
        if self.tiled:
            return self.number(_TILE_WIDTH, 0), self.number(323, 0)
        return self.width, min(self.number(278, self.height), self.height)

    @property
    def places(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return where each strip or tile begins, and how many bytes it takes.

        The second is empty where the file leaves it open.
        """
        offsets, counts = (324, 325) if self.tiled else (273, 279)
        return self.numbers(offsets), self.numbers(counts)

    def row_bytes(self, width: int) -> int:
        """Return the bytes of one row of so many pixels as libtiff unpacks it, of all bands."""
        planes, inside = (self.bands, 1) if self.separate else (1, self.bands)
        return planes * -(-width * inside * self.bits // 8)


def pages(data: bytes) -> Iterator[Page]:
    """Yield the directories in their order, up to where they begin anew, as libtiff does.

    Raises BrokenImage for too many or too large ones.
    """
    seen: set[int] = set()
    order = "<" if data[:2] == b"II" else ">"
    layout = _BIG if data[2:4] in {b"+\0", b"\0+"} else _CLASSIC
    at, tags = _number(data, order + layout.offset, 8 if layout is _BIG else 4), 0
    for _ in range(MAX_PAGES):
        seen.add(at)
        count = _number(data, order + layout.length, at)
        tags += count
        if count > MAX_TAGS or tags > MAX_ALL_TAGS:
            raise BrokenImage(
                f"Expected at most {MAX_TAGS} tags on a page of a TIFF and {MAX_ALL_TAGS} in all, "
                f"got {count} and {tags}."
            )
        start = at + struct.calcsize(layout.length)
        yield Page(data, order, _rows(data, order, layout, range(count), start))
        at = _number(data, order + layout.offset, start + count * layout.row_bytes)
        if not at or at in seen:
            return
    raise BrokenImage(f"Expected a TIFF of at most {MAX_PAGES} pages, got more.")


def _rows(data: bytes, order: str, layout: Layout, numbers: range, start: int) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    head = struct.Struct(order + layout.row)
    for number in numbers:
        at = start + number * layout.row_bytes
        if at + layout.row_bytes > len(data):
            break
        tag, kind, count = head.unpack_from(data, at)
        row = Row(kind, count, at + head.size)
        if row.bytes > layout.inline:
            row = row._replace(place=_number(data, order + layout.offset, at + head.size))
        rows.setdefault(tag, row)
    return rows


def _number(data: bytes, code: str, at: int) -> int:
    """Return a number, or 0 past the end."""
    if at + struct.calcsize(code) > len(data):
        return 0
    return int(struct.unpack_from(code, data, at)[0])
