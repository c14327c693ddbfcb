"""What the numbers of a TIFF mean, where libvips takes them for something else.

Source: TIFF 6.0, sections 19 (sample formats) and 23 (CIELAB); TIFF Technical Note 4 (ICCLAB).
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Final, cast

from foveate.imaging.tiff_header import CODES, pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.imaging.engine import Image

_PHOTOMETRIC, _BITS = 262, 258
_WHITE_IS_ZERO, _RGB, _CIELAB, _ICCLAB = 0, 2, 8, 9
_UNREAD: Final = frozenset({(_CIELAB, 8), (_ICCLAB, 8), (_ICCLAB, 16)})
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
_INK: Final = "cmyk"
_PLAIN: Final = frozenset({"b-w", "grey16", "srgb", "rgb16", "scrgb", "multiband"})


def readable(tiff: bytes) -> bytes:
    """Return a TIFF that libvips reads: CIELAB that it refuses or does not know is called RGB.

    `as_meant` makes CIELAB of it again.
    """
    page = next(pages(tiff))
    row, meaning = page.rows.get(_PHOTOMETRIC), (page.photometric, page.number(_BITS, 1))
    if row is None or meaning not in _UNREAD:
        return tiff
    called = struct.pack(page.order + CODES[row.kind], _RGB)
    return tiff[: row.place] + called + tiff[row.place + len(called) :]


def as_meant(image: Image, tiff: bytes, most: Callable[[], float]) -> Image:
    """Return the pixels of a TIFF as numbers of 8 or 16 bits, or as CIELAB. Lazy.

    `most` tells the largest number in it, and is only asked for floats.
    """
    photometric = next(pages(tiff)).photometric
    if lab := _LABS.get((photometric, str(image.format))):
        return lab(image)
    if image.format == "char":
        return _unsigned(image, inverted=photometric == _WHITE_IS_ZERO)
    if image.format in {"uchar", "ushort"} or image.interpretation not in _PLAIN | {_INK}:
        return image
    white = _WHITES.get(str(image.format)) or white_of(most())
    if image.interpretation == _INK:
        return image.linear([255 / white], [0.5]).cast("uchar").copy(interpretation=_INK)
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
