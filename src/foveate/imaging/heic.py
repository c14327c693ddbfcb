"""The pixels of HEIC, which libvips as packaged does not read: libheif does, out of our process.

libheif turns and mirrors by itself, so the pictures it gives are upright.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.exif import upright
from foveate.imaging.fields import blob, with_blobs
from foveate.imaging.rounding import rounded
from foveate.imaging.sandbox import ask, picture

if TYPE_CHECKING:
    from foveate.geometry.box import Size
    from foveate.imaging.engine import Image

TIMEOUT_S: Final = 10.0
DEEP_PIXELS: Final = 40_000_000
"""Larger pictures come with 8 bits: with 16 they would need more memory than decoding may take."""


def decode(data: bytes, size: Size, *, deep: bool = False) -> Image:
    """Return the picture, upright and in memory, with its profile and EXIF.

    `size` is what its header says. A `deep` one of more than 8 bits comes with 16. Raises
    BrokenImage, also for another size, and Unavailable.
    """
    bits = "16" if deep and size.area <= DEEP_PIXELS else "8"
    asked = str(size.width), str(size.height), bits
    answer = ask("heic", data, *asked, timeout_s=TIMEOUT_S, answer_bytes=3 * size.area)
    image = picture(answer)
    exif = blob(image, "exif-data")
    if exif:
        # The turn that it asks for is done.
        image = with_blobs(image, {"exif-data": upright(exif)})
    return rounded(image.unpremultiply(), image.format) if answer["premultiplied"] else image
