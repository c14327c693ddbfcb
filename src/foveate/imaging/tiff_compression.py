"""Which compressions of TIFF the libtiff at hand can read: asked of itself, once for each."""

from __future__ import annotations

import re
import struct
import threading
from functools import lru_cache
from typing import Final

import pyvips

from foveate.errors import UnsupportedFormat

NONE: Final = 1

_NAMES: Final = {
    6: "old-style JPEG",
    22610: "JPEG XR",
    32766: "NeXT",
    32809: "ThunderScan",
    32909: "PixarLog",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    33007: "JPEG",
    34661: "JBIG",
    34676: "LogLuv",
    34677: "LogLuv",
    34712: "JPEG 2000",
    34887: "LERC",
    34892: "lossy JPEG",
    34925: "LZMA",
    34933: "PNG",
    34934: "JPEG XR",
    50000: "ZSTD",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
_ELSEWHERE: Final = frozenset(
    {"old-style JPEG", "JPEG XR", "JPEG 2000", "LERC", "LZMA", "PNG", "ZSTD", "WebP", "JPEG XL"}
)
"""Those that the decoder of the sandbox reads."""
_LACKING: Final = re.compile(r"(not|isn't) (configured|implemented|compiled)|not supported", re.I)
_SIDE: Final = 8
_ASKING: Final = threading.Lock()
"""libvips has one list of errors for all threads."""


def is_read_elsewhere(compression: int) -> bool:
    """Return whether not libtiff has a decoder for it, but the sandbox.

    Raises UnsupportedFormat, which names the compression, where neither has one.
    """
    if compression == NONE or is_read(compression):
        return False
    name = _NAMES.get(compression, "unknown")
    if name not in _ELSEWHERE:
        sentence = f"Expected a TIFF that is read here, got {name} compression ({compression})."
        raise UnsupportedFormat(sentence, public=sentence)
    return True


@lru_cache(256)
def is_read(compression: int) -> bool:
    """Return whether libtiff has a decoder, from what it says about a strip of zeros."""
    with _ASKING:
        try:
            pyvips.Image.new_from_buffer(_strip_of(compression), "", fail_on="error").copy_memory()
        except pyvips.Error as why:
            return not _LACKING.search(str(why))
    return True


def _strip_of(compression: int) -> bytes:
    """Return a TIFF of 8x8 black and white pixels whose only strip says that it is packed so."""
    pixels = bytes(64)
    rows = (
        (256, _SIDE),
        (257, _SIDE),
        (258, 1),
        (259, compression),
        (262, 0),
        (273, 8),
        (277, 1),
        (278, _SIDE),
        (279, len(pixels)),
    )
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in rows)
    directory = struct.pack("<H", len(rows)) + table + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory
