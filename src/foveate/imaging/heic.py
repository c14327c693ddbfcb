"""HEIC, which libvips as packaged does not read; libheif decodes it, out of our process.

libheif turns and mirrors by itself, so the pictures it gives are upright.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Size
from foveate.imaging.exif import upright
from foveate.imaging.fields import blob, with_blobs
from foveate.imaging.sandbox import ask, picture

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

TIMEOUT_S: Final = 10.0


def read_header(data: bytes) -> tuple[Size, bool]:
    """Return the size and whether there is alpha, without decoding. Raises BrokenImage."""
    answer = ask("heic-header", data, timeout_s=TIMEOUT_S)
    return Size(answer["width"], answer["height"]), answer["alpha"]


def decode(data: bytes) -> Image:
    """Return the primary picture, upright and in memory, with its profile and EXIF.

    Raises BrokenImage and TimedOut.
    """
    answer = ask("heic", data, timeout_s=TIMEOUT_S)
    image = picture(answer)
    exif = blob(image, "exif-data")
    if exif:
        # The turn that it asks for is done.
        image = with_blobs(image, {"exif-data": upright(exif)})
    return image.unpremultiply().cast("uchar") if answer["premultiplied"] else image
