"""What of an AVIF costs memory or time beside its pixels: chroma, EXIF."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import Final

from foveate.imaging.directories import places, tangled
from foveate.imaging.exif import ORDERS
from foveate.imaging.header import Header
from foveate.values import Edit

_CONFIGURATION: Final = re.compile(rb"av1C\x81.(.)", re.DOTALL)
"""AV1CodecConfigurationRecord: marker and version, profile and level, then bits that say how wide
samples are and how chroma is stored (AV1 in ISOBMFF, 2.3.3)."""
_MOST_CONFIGURATIONS: Final = 16
_FIXED, _OF_A_SAMPLE = 9.0, 3.0
"""Fitted to what decoding took: 15 bytes a pixel of 4:2:0 in 8 bits, 26 of 4:4:4 in 12."""
_FULL_CHROMA: Final = 3.0


def read_avif(data: bytes) -> Header:
    """Return what of an AVIF to keep from libexif, and what decoding holds.

    libheif turns pictures by the boxes of the file, never by EXIF. Raises BrokenImage.
    """
    found = chain.from_iterable(places(data, mark) for mark in ORDERS)
    # All that may be EXIF: its prefix is optional, so a TIFF header is enough.
    bad = sorted(place for place in found if tangled(data, place))
    return Header(
        edits=tuple(Edit(place, place + 4, bytes(4)) for place in bad),
        held_a_pixel=_FIXED + _OF_A_SAMPLE * _samples(data),
    )


def _samples(data: bytes) -> float:
    """Return the samples a pixel, alpha left out, of the configuration that has most."""
    found = islice(_CONFIGURATION.finditer(data), _MOST_CONFIGURATIONS)
    return max((_samples_of(each[1][0]) for each in found), default=_FULL_CHROMA)


def _samples_of(bits: int) -> float:
    mono, halved = bits & 0x10, (bits >> 3 & 1) + (bits >> 2 & 1)
    return 1.0 if mono else 1 + 2 / 2**halved
