"""JPEGs of one scan by libjpeg-turbo: read as libvips reads them, and written, for less time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import simplejpeg

from foveate.errors import OutputTooLarge
from foveate.geometry.box import Size
from foveate.imaging.encode_cost import FULL_CHROMA
from foveate.imaging.header import edited
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging.engine import Image
    from foveate.ports import Picture

_COLOURS: Final = 3
_LONGEST: Final = 65_500
"""No side of a JPEG is longer."""


def size_of(data: bytes) -> Size | None:
    """Return the size that the header of a JPEG tells, as stored; None for what is none.

    And for what libjpeg-turbo has anything to say against.
    """
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    return Size(width, height)


def decoded(image: Image, picture: Picture, shrink: int) -> NDArray[np.uint8] | None:
    """Return the pixels of a JPEG that libvips opened with that shrink, (height, width, 3) RGB.

    None is for what is left to libvips: other formats and colours, several scans, which take more
    memory than is said of them, and what libjpeg-turbo has anything to say against. It cannot be
    stopped meanwhile, and lets other threads run.
    """
    facts = picture.facts
    plain = (image.bands, image.format, image.interpretation) == (_COLOURS, "uchar", "srgb")
    if facts.format is not ImageFormat.JPEG or facts.decoder or facts.held_bytes or not plain:
        return None
    height, width = (-(-side // shrink) for side in (facts.stored.height, facts.stored.width))
    try:
        # Each side is the least that there is, so that no other scale than the shrink is taken.
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
            edited(picture.data, facts.edits), "RGB", min_height=height, min_width=width
        )
    except ValueError:
        return None
    if pixels.shape != (height, width, _COLOURS):
        return None
    # libvips leaves out what is no whole pixel of the original's.
    return np.ascontiguousarray(pixels[: image.height, : image.width])


def encoded(rgb: NDArray[np.uint8], quality: int) -> bytes:
    """Return (height, width, 3) RGB as a JPEG of one scan, in a seventh of the time of `encode`.

    It has the tables of the standard, which take 2 % more bytes. Raises OutputTooLarge.
    """
    if max(rgb.shape) > _LONGEST:
        height, width = rgb.shape[:2]
        raise OutputTooLarge(f"Expected sides up to {_LONGEST} for jpeg, got {width}x{height}.")
    chroma = "444" if quality >= FULL_CHROMA else "420"
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(rgb), quality, "RGB", chroma)
    return data
