"""JPEGs of the fewest bytes: jpegli's tables and adaptive quantisation, then mozjpeg's scans.

jpegli writes pixels alone, so what belongs beside them is taken from what libvips writes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foveate.sandboxed.jpeg_markers import segments

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

QUALITIES: Final = (
    *((1, 1), (10, 1), (20, 11), (30, 20), (40, 30), (50, 47), (60, 58), (70, 70), (75, 77)),
    *((80, 82), (85, 86), (89, 89), (100, 100)),
)
"""Qualities of a plain JPEG, and those at which jpegli looks as good: medians of SSIMULACRA2, by
`benchmarks/formats.py`. Nothing of jpegli looks as bad as what is plain below 10."""
BESIDE: Final = frozenset(range(0xE1, 0xEE))
"""Segments that are not of coding."""


def small_jpeg(image: Image, quality: int, plain: bytes) -> bytes:
    """Return an opaque picture of 8-bit RGB as a JPEG of fewer bytes than `plain`, if there is one.

    That is the same picture in the same quality as libvips writes it, and what lies in it beside
    the pixels is kept. Tiny pictures, drawings and noise take jpegli more bytes: then the answer is
    that, with other scans where these help. None of this can be stopped, and colour has half the
    resolution.
    """
    from mozjpeg_lossless_optimization import COPY_MARKERS, optimize  # noqa: PLC0415 - as below

    coded = by_jpegli(image, jpegli_quality(quality))
    behind = 4 + int.from_bytes(coded[4:6], "big")  # the JFIF header that it begins with
    small = coded[:behind] + _beside(plain) + coded[behind:]
    if len(small) < len(plain):
        return small
    ordered: bytes = optimize(plain, copy=COPY_MARKERS.ALL)
    return min(plain, ordered, key=len)


def by_jpegli(image: Image, quality: int) -> bytes:
    """Return the pixels alone as a progressive JPEG, in a quality of jpegli's."""
    import pyjpegli  # noqa: PLC0415 - for what few ask for
    from mozjpeg_lossless_optimization import optimize  # noqa: PLC0415

    pixels = image.write_to_memory()
    coded: bytes = optimize(pyjpegli.encode(pixels, image.width, image.height, quality=quality))
    return coded


def jpegli_quality(quality: int) -> int:
    """Return jpegli's quality for the look of libjpeg's.

    >>> [jpegli_quality(each) for each in (1, 50, 80, 89)]
    [1, 47, 82, 89]
    """
    for (low, ours), (high, theirs) in pairwise(QUALITIES):
        if quality <= high:
            return round(ours + (theirs - ours) * (quality - low) / (high - low))
    return quality


def _beside(jpeg: bytes) -> bytes:
    """Return the segments with the profile, XMP and IPTC."""
    return b"".join(
        jpeg[at - 2 : at + int.from_bytes(jpeg[at : at + 2], "big")]
        for marker, at in segments(jpeg)
        if marker in BESIDE
    )
