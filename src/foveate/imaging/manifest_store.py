"""Where a picture carries content credentials, found without reading any of them.

C2PA 2.2, A.3: a manifest store is embedded in JPEG as JUMBF in APP11 segments, in PNG as `caBX`, in
WebP as `C2PA`, in GIF as an application extension, in TIFF under a tag, in AVIF and HEIC as a box.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.imaging.header import places
from foveate.imaging.isobmff import boxes
from foveate.imaging.png_chunks import chunks as png_chunks
from foveate.imaging.tiff_header import pages
from foveate.imaging.webp_chunks import chunks as webp_chunks
from foveate.sandboxed.jpeg_markers import segments
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

_APP11: Final = 0xEB
_JUMBF: Final = b"JP"
"""How an APP11 segment with JUMBF begins, behind its length (ISO/IEC 19566-5, D.2)."""
_STORE: Final = b"jumdc2pa"
"""How the description of a manifest store begins, a few bytes into its first segment."""
_FIRST_BYTES: Final = 64
_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_EXTENSION: Final = b"\x21\xff\x0bC2PA_GIF"
_EXTENSION_BYTES: Final = 14
_MAX_BLOCKS: Final = 20_000
"""Of up to 255 bytes each; beyond, what is left of the file is not counted block by block."""
_TAG: Final = 0xCD41


def store_bytes(data: bytes, kind: ImageFormat) -> int:
    """Return about how many bytes of content credentials a picture carries; 0 for none.

    Of a file that breaks off what comes before counts.
    """
    found = _FINDERS.get(kind)
    return found(data) if found else 0


def _in_jpeg(data: bytes) -> int:
    found, is_store = 0, False
    with suppress(BrokenImage):
        for marker, at in segments(data):
            if marker == _APP11 and data.startswith(_JUMBF, at + 2):
                is_store = is_store or data.find(_STORE, at, at + _FIRST_BYTES) >= 0
                found += int.from_bytes(data[at : at + 2], "big")
    return found if is_store else 0


def _in_png(data: bytes) -> int:
    found = 0
    with suppress(BrokenImage):
        for kind, at, end in png_chunks(data):
            found += end - at if kind == b"caBX" else 0
    return found


def _in_webp(data: bytes) -> int:
    found = 0
    with suppress(BrokenImage):
        for kind, at in webp_chunks(data):
            found += int.from_bytes(data[at + 4 : at + 8], "little") if kind == b"C2PA" else 0
    return found


def _in_gif(data: bytes) -> int:
    """Return the bytes of the blocks that follow the first name of the extension."""
    start = next(places(data, _EXTENSION), None)
    if start is None:
        return 0
    at = start + _EXTENSION_BYTES
    for _ in range(_MAX_BLOCKS):
        if at >= len(data) or not data[at]:
            return at - start
        at += 1 + data[at]
    return len(data) - start


def _in_tiff(data: bytes) -> int:
    with suppress(BrokenImage):
        return sum(page.rows[_TAG].bytes for page in pages(data) if _TAG in page.rows)
    return 0


def _in_boxes(data: bytes) -> int:
    found = 0
    with suppress(BrokenImage):
        for box in boxes(memoryview(data)):
            if box.kind == b"uuid" and box.body[: len(_UUID)] == _UUID:
                found += len(box.body)
    return found


_FINDERS: Final[dict[ImageFormat, Callable[[bytes], int]]] = {
    ImageFormat.JPEG: _in_jpeg,
    ImageFormat.PNG: _in_png,
    ImageFormat.WEBP: _in_webp,
    ImageFormat.GIF: _in_gif,
    ImageFormat.TIFF: _in_tiff,
    ImageFormat.AVIF: _in_boxes,
    ImageFormat.HEIC: _in_boxes,
}
