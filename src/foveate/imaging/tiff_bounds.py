"""A TIFF that is complete, of few bands and readable: said from its directories alone.

libtiff reads on where a strip is missing, broken or packed in a way that it does not know, and
what it could not read is black.
"""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage, UnsupportedFormat
from foveate.imaging.header import Header, occurrences
from foveate.imaging.jpeg_segments import MAX_SCANS
from foveate.imaging.tiff_compression import NONE, is_read_elsewhere
from foveate.imaging.tiff_header import YCBCR, pages

if TYPE_CHECKING:
    from foveate.imaging.tiff_header import Page

MAX_BANDS: Final = 5
"""Four colours and alpha."""
OF_FILE: Final = 4
"""How often the bytes of a file may be read as values: pages share some."""

_JPEG, _SCAN = 7, b"\xff\xda"
_MAKES_RGB: Final = frozenset({6, _JPEG})
_BY_ROW: Final = frozenset({1, 5, 8, 32946})
"""Compressions of which libvips reads tall strips row by row."""
_TALL: Final = 128
_CHUNK_ROWS: Final = 2
"""Rows of tiles, or strips, that libvips holds at once."""


def read_tiff(data: bytes) -> Header:
    """Return what decoding holds.

    Raises BrokenImage for what is incomplete or without end, UnsupportedFormat for bands or a
    compression that are not read.
    """
    page = _first_of_all(data)
    if page.bands > MAX_BANDS:
        raise too_many_bands(page.bands)
    # libtiff makes RGB of it only where it is JPEG.
    mixed = page.photometric == YCBCR and page.compression not in _MAKES_RGB
    apart = page.tiled and page.separate  # which libvips does not put together
    elsewhere = is_read_elsewhere(page.compression) or mixed or apart
    _check_complete(page)
    if page.compression == _JPEG:
        _check_scans(page)
    return Header(held_bytes=_held(page), elsewhere=elsewhere)


def _check_scans(page: Page) -> None:
    """Refuse endless scans, as in a JPEG by itself: libjpeg cannot be stopped meanwhile."""
    offsets, counts = _used(page)
    if sum(counts) > OF_FILE * len(page.data):
        raise BrokenImage(f"Expected JPEG of up to {len(page.data)} bytes, got {sum(counts)}.")
    places = zip(offsets, counts, strict=False)
    scans = sum(occurrences(page.data, _SCAN, at, at + count) for at, count in places)
    if scans > MAX_SCANS + len(offsets):
        raise BrokenImage(f"Expected JPEG of at most {MAX_SCANS} scans in a TIFF, got {scans}.")


def too_many_bands(bands: int) -> UnsupportedFormat:
    """Return the error of a picture with more bands than colours and alpha take."""
    sentence = f"Expected a picture of at most {MAX_BANDS} bands, got {bands}."
    return UnsupportedFormat(sentence, public=sentence)


def _first_of_all(data: bytes) -> Page:
    """Return the first page, after a look at all that libtiff will read to count them."""
    first, values = None, 0
    for page in pages(data):
        first = first or page
        values += sum(row.bytes for row in page.rows.values())
        if values > OF_FILE * len(data):
            raise BrokenImage(f"Expected TIFF tags of up to {len(data)} bytes, got {values}.")
    if first is None or not first.width or not first.height:
        raise BrokenImage("Expected a TIFF that says its width and height, got none.")
    return first


def _wanted(page: Page) -> int:
    """Return of how many strips or tiles the picture is made."""
    wide, high = page.chunk
    planes = page.bands if page.separate else 1
    return -(-page.width // wide) * -(-page.height // high) * planes


def _used(page: Page) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where those that are read begin, and how long they are."""
    offsets, counts = page.places
    wanted = _wanted(page)
    return offsets[:wanted], counts[:wanted]


def _check_complete(page: Page) -> None:
    """Refuse a picture of which strips or tiles are missing, or lie beyond the end."""
    wide, high = page.chunk
    if not wide or not high:
        raise BrokenImage(f"Expected strips or tiles in a TIFF, got {wide}x{high} of them.")
    wanted = _wanted(page)
    offsets, counts = _used(page)
    if len(offsets) < wanted:
        raise BrokenImage(f"Expected {wanted} strips or tiles in a TIFF, got {len(offsets)}.")
    if len(counts) < wanted:  # left open, for libtiff to find out
        counts = (1,) * wanted
    if wanted == 1 and page.compression == NONE:  # the one that libtiff measures by itself
        counts = (min(counts[0], page.row_bytes(wide) * high),)
    end = max(map(add, offsets, counts))
    if end > len(page.data):
        raise BrokenImage(f"Expected strips or tiles up to byte {end}, got {len(page.data)}.")


def _held(page: Page) -> int:
    """Return the bytes of the strips or tiles that are unpacked at once."""
    wide, high = page.chunk
    if not page.tiled and not page.separate and high > _TALL and page.compression in _BY_ROW:
        return 0
    across = -(-page.width // wide) * wide
    return _CHUNK_ROWS * high * page.row_bytes(across)
