"""What the numbers of a TIFF mean, where libvips takes them for something else.

Source: TIFF 6.0, sections 19 (sample formats) and 23 (CIELAB); TIFF Technical Note 4 (ICCLAB).
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Final, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.imaging.engine import Image

_PHOTOMETRIC, _BITS = 262, 258
_WHITE_IS_ZERO, _RGB, _CIELAB, _ICCLAB = 0, 2, 8, 9
_UNREAD: Final = frozenset({(_CIELAB, 8), (_ICCLAB, 8), (_ICCLAB, 16)})
_WIDTHS: Final = {1: 1, 3: 2, 4: 4}
"""Bytes of the types that a whole number may have."""
_COLOURS: Final = 3

_WHITES: Final[Mapping[str, float]] = {
    "short": 2**15 - 1,
    "int": 2**31 - 1,
    "uint": 2**32 - 1,
}
"""The largest whole number is white; 0 is black, and so is what is below it."""
_FLOAT_WHITES: Final = ((16.0, 1.0), (255.0, 255.0), (65_535.0, 65_535.0))
"""Up to which largest float which float is white: 1, with room for lights that are brighter than
white, or the white of 8 or 16 bits. Beyond, the largest float is white."""
_WHITE: Final = 65_535
_PLAIN: Final = frozenset({"b-w", "grey16", "srgb", "rgb16", "scrgb", "multiband"})


def readable(tiff: bytes) -> bytes:
    """Return a TIFF that libvips reads: CIELAB that it refuses or does not know is called RGB.

    `as_meant` makes CIELAB of it again.
    """
    place, width, photometric = _number(tiff, _PHOTOMETRIC)
    if (photometric, _number(tiff, _BITS)[2]) not in _UNREAD:
        return tiff
    return tiff[:place] + _RGB.to_bytes(width, _order_of(tiff)) + tiff[place + width :]


def as_meant(image: Image, tiff: bytes, most: Callable[[], float]) -> Image:
    """Return the pixels of a TIFF as numbers of 8 or 16 bits, or as CIELAB. Lazy.

    `most` tells the largest number in it, and is only asked for floats.
    """
    photometric = _number(tiff, _PHOTOMETRIC)[2]
    if lab := _LABS.get((photometric, str(image.format))):
        return lab(image)
    if image.format == "char":
        return _unsigned(image, inverted=photometric == _WHITE_IS_ZERO)
    if image.format in {"uchar", "ushort"} or image.interpretation not in _PLAIN:
        return image
    white = _WHITES.get(str(image.format)) or white_of(most())
    inverted = photometric == _WHITE_IS_ZERO and image.format != "uint"
    return _in_16_bits(image, white, inverted=inverted)


def brightest(image: Image) -> float:
    """Return the largest number in a picture, which is read for it once, top to bottom."""
    return cast("float", image.max())


def white_of(most: float) -> float:
    """Return which float is white in a picture whose largest one is that.

    >>> [white_of(most) for most in (0.8, 3.0, 200.0, 4095.0, 1e6, math.inf)]
    [1.0, 1.0, 255.0, 65535.0, 1000000.0, 1.0]
    """
    if not math.isfinite(most):
        return 1.0
    return next((white for limit, white in _FLOAT_WHITES if most <= limit), most)


def _unsigned(image: Image, *, inverted: bool) -> Image:
    """Return signed bytes as bytes: nearly all that are called so are, and shown so everywhere."""
    image = image.copy(format="uchar")
    return image.invert() if inverted else image


def _in_16_bits(image: Image, white: float, *, inverted: bool) -> Image:
    """Return numbers of 0..white as 16 bits, rounded, where what lies beyond is clipped."""
    scale, offset = (-_WHITE / white, _WHITE) if inverted else (_WHITE / white, 0)
    deep = image.linear([scale], [offset + 0.5]).cast("ushort")
    return deep.copy(interpretation="rgb16" if image.bands >= _COLOURS else "grey16")


def _cielab_8(image: Image) -> Image:
    # a and b are signed bytes.
    return _lab(image, 100 / 255, (image + 128) % 256 - 128, alpha=1.0)


def _icclab_8(image: Image) -> Image:
    return _lab(image, 100 / 255, image - 128, alpha=1.0)


def _icclab_16(image: Image) -> Image:
    return _lab(image, 100 / 0xFF00, image / 256 - 128, alpha=255 / _WHITE)


def _lab(image: Image, lightness: float, centred: Image, *, alpha: float) -> Image:
    colours = (image[0] * lightness).bandjoin(centred.extract_band(1, n=2))
    if image.bands > _COLOURS:
        colours = colours.bandjoin(image[_COLOURS] * alpha)
    return colours.cast("float").copy(interpretation="lab")


_LABS: Final[Mapping[tuple[int, str], Callable[[Image], Image]]] = {
    (_CIELAB, "uchar"): _cielab_8,
    (_ICCLAB, "uchar"): _icclab_8,
    (_ICCLAB, "ushort"): _icclab_16,
}


def _order_of(tiff: bytes) -> Literal["little", "big"]:
    return "little" if tiff[:2] == b"II" else "big"


def _number(tiff: bytes, tag: int) -> tuple[int, int, int]:
    """Return where the first value of a tag lies, its width and itself; -1 where there is none."""
    order, big = "<" if tiff[:2] == b"II" else ">", b"+" in tiff[2:4]
    long, row = (order + "Q", order + "HHQ") if big else (order + "I", order + "HHI")
    try:
        (at,) = struct.unpack_from(long, tiff, 8 if big else 4)
        (rows,) = struct.unpack_from(order + ("Q" if big else "H"), tiff, at)
        start, length = at + (8 if big else 2), struct.calcsize(row) + struct.calcsize(long)
        for place in range(start, min(start + rows * length, len(tiff)), length):
            found, kind, count = struct.unpack_from(row, tiff, place)
            if found == tag and (width := _WIDTHS.get(kind)):
                inline = place + struct.calcsize(row)
                if width * count > struct.calcsize(long):
                    (inline,) = struct.unpack_from(long, tiff, inline)
                value = tiff[inline : inline + width]
                return inline, width, int.from_bytes(value, _order_of(tiff))
    except struct.error:
        pass  # ends early: libtiff has the word
    return 0, 0, -1
