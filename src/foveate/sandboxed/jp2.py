"""JPEG 2000: by Pillow, and colours of more than 8 bits, which Pillow lets wrap, by OpenJPEG."""

from __future__ import annotations

import struct
from typing import Final

import imagecodecs

from foveate.sandboxed import pillow
from foveate.sandboxed.codec import say_array
from foveate.sandboxed.levels import of_bits

_SIZES: Final = b"\xff\x4f\xff\x51"
"""The start of a codestream, and the marker segment that says its sizes (ISO/IEC 15444-1 A.5.1)."""
_COMPONENTS, _DEPTHS = 38, 40
_COLOURS: Final = 3
_EIGHT: Final = 8
_SYCC: Final = b"\1\0\0\0\0\0\x12"
"""What a colour specification box says of brightness and two differences."""


def prepare(kind: str, *_: str) -> None:
    """Load both libraries."""
    pillow.prepare(kind)
    getattr(imagecodecs, "jpeg2k_decode")  # noqa: B009 - it is loaded on first use


def decode(data: bytes, kind: str, width: str, height: str, frames: str) -> None:
    """Answer with the picture of that size."""
    bits = deep_colour_bits(data)
    if not bits:
        pillow.decode(data, kind, width, height, frames)
        return
    pixels = of_bits(imagecodecs.jpeg2k_decode(data, numthreads=1), bits)
    blobs = {"icc-profile-data": pillow.jp2_profile(data)}
    say_array(pixels, (int(width), int(height)), blobs)


def deep_colour_bits(data: bytes) -> int:
    """Return the bits of a component, 9 and more, of three or four that are RGB; 0 for others."""
    at = data.find(_SIZES) + 2
    if at < len(_SIZES) - 2 or _SYCC in data[:at]:
        return 0
    (count,) = struct.unpack_from(">H", data, at + _COMPONENTS)
    depths = {(depth & 0x7F) + 1 for depth in data[at + _DEPTHS : at + _DEPTHS + 3 * count : 3]}
    deep = count in {_COLOURS, _COLOURS + 1} and len(depths) == 1
    return next(iter(depths)) if deep and min(depths) > _EIGHT else 0
