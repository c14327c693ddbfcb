"""JPEGs of the fewest bytes: jpegli's tables and adaptive quantisation, then mozjpeg's scans.

jpegli writes pixels alone, so what belongs beside them is taken from what libvips writes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foveate.sandboxed.jpeg_markers import segments

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

QUALITIES: Final = ((1, 1), (45, 33), (65, 62), (73, 73), (82, 84), (89, 90), (100, 100))
"""Qualities of libjpeg, and those at which jpegli looks as good: medians of SSIMULACRA2."""
TOP, BESIDE = 8, frozenset(range(0xE1, 0xEE))
"""Rows that are enough to have libvips write its segments, and which of them are not of coding."""


def small_jpeg(image: Image, quality: int, *, keep: int) -> bytes:
    """Return an opaque picture of 8-bit RGB as a progressive JPEG; `keep` is as in libvips.

    Neither encoder can be stopped, and colour has half the resolution. May raise pyvips.Error.
    """
    import pyjpegli  # noqa: PLC0415 - for what few ask for
    from mozjpeg_lossless_optimization import optimize  # noqa: PLC0415

    pixels = image.write_to_memory()
    coded = pyjpegli.encode(pixels, image.width, image.height, quality=jpegli_quality(quality))
    small: bytes = optimize(coded)
    beside = _beside(image, keep) if keep else b""
    behind = 4 + int.from_bytes(small[4:6], "big")  # the JFIF header that it begins with
    return small[:behind] + beside + small[behind:]


def jpegli_quality(quality: int) -> int:
    """Return jpegli's quality for the look of libjpeg's.

    >>> [jpegli_quality(each) for each in (1, 50, 80, 89)]
    [1, 40, 82, 90]
    """
    for (low, ours), (high, theirs) in pairwise(QUALITIES):
        if quality <= high:
            return round(ours + (theirs - ours) * (quality - low) / (high - low))
    return quality


def _beside(image: Image, keep: int) -> bytes:
    """Return the segments with the profile, XMP and IPTC that libvips would write."""
    top = image.crop(0, 0, min(TOP, image.width), min(TOP, image.height)).copy_memory()
    written = top.jpegsave_buffer(keep=keep)
    return b"".join(
        written[at - 2 : at + int.from_bytes(written[at : at + 2], "big")]
        for marker, at in segments(written)
        if marker in BESIDE
    )
