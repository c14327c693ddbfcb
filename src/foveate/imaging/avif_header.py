"""What of an AVIF costs memory or time beside its pixels: chroma, EXIF."""

from __future__ import annotations

import struct
from itertools import chain, islice
from typing import Final

from foveate.errors import BrokenImage
from foveate.imaging.directories import marked, tangled
from foveate.imaging.exif import ORDERS
from foveate.imaging.header import ELSEWHERE, Header, places
from foveate.values import Edit

MAX_BOXES: Final = 1_000
"""Side by side; beyond, libheif takes seconds to step over them."""

_BOX: Final = struct.Struct(">I4s")
_CONFIGURATION: Final = b"av1C"
"""AV1CodecConfigurationRecord: version, profile and level, then bits that say how chroma is
stored (AV1 in ISOBMFF, 2.3.3)."""
_SEQUENCE: Final = b"avis"
"""The brand of an AVIF that moves: libvips looks for a still in it."""
_MOST_CONFIGURATIONS: Final = 16
_FIXED, _OF_A_SAMPLE = 9.0, 3.0
"""Fitted to what decoding took: 15 bytes a pixel of 4:2:0 in 8 bits, 26 of 4:4:4 in 12."""
_FULL_CHROMA: Final = 3.0


def read_avif(data: bytes) -> Header:
    """Return what of an AVIF to keep from libexif, and what decoding holds.

    libheif turns pictures by the boxes of the file, never by EXIF. Raises BrokenImage.
    """
    if data[8:12] == _SEQUENCE:
        return ELSEWHERE
    _count_boxes(data)
    found = chain.from_iterable(marked(data, mark) for mark in ORDERS)
    # All that may be EXIF: its prefix is optional, so a TIFF header is enough.
    bad = sorted(place for place in found if tangled(data, place))
    return Header(
        edits=tuple(Edit(place, place + 4, bytes(4)) for place in bad),
        held_a_pixel=_FIXED + _OF_A_SAMPLE * _samples(data),
    )


def _count_boxes(data: bytes) -> None:
    at = 0
    for _ in range(MAX_BOXES):
        if at + _BOX.size > len(data):
            return
        size, _kind = _BOX.unpack_from(data, at)
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < _BOX.size:  # to the end, or broken: libheif says which
            return
        at += size
    raise BrokenImage(f"Expected an AVIF of at most {MAX_BOXES} boxes, got more.")


def _samples(data: bytes) -> float:
    """Return the samples a pixel, alpha left out, of the configuration that has most."""
    found = list(islice(places(data, _CONFIGURATION), _MOST_CONFIGURATIONS + 1))
    if not 0 < len(found) <= _MOST_CONFIGURATIONS:
        return _FULL_CHROMA
    return max(_samples_of(data[at + 6 : at + 7]) for at in found)


def _samples_of(third: bytes) -> float:
    """Return what the two bits for subsampling say; grey is stored as 4:2:0."""
    bits = third[0] if third else 0
    return 1 + 2 / (1 << (bits >> 3 & 1) + (bits >> 2 & 1))
