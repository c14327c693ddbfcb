"""Tiny pictures that the imaging tests draw themselves."""

from __future__ import annotations

import base64
from typing import Any

import pyvips

from foveate.imaging import Image
from foveate.imaging.decode import open_image
from foveate.imaging.fields import with_blobs
from foveate.imaging.probe import probe
from foveate.settings import Limits

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 200, 40), (40, 50, 220), (240, 240, 240)
LIMITS = Limits()

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAbRtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB2AABAAAAAAAAAMgAAgAAAAACoAABAAAAAAAAADgAAAA4aWluZgAAAAAA"
    "AgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA82lwcnAAAADT"
    "aXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAq"
    "QgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAAUaXNwZQAAAAAAAABA"
    "AAAAQAAAAChjbGFwAAAAQAAAAAEAAAAwAAAAAQAAAAAAAAAC////8AAAAAIAAAAQcGl4aQAAAAADCAgIAAAACWlyb3QD"
    "AAAAGGlwbWEAAAAAAAAAAQABBYECBIOFAAAAGmlyZWYAAAAAAAAADmNkc2MAAgABAAEAAAEIbWRhdAAAAMQoAa8J4CE4"
    "qf/yLd//Ex2XuZcnlae/WP/7VD7zYn/4wG3R+ja83/wqjvuz7/jgXEwsnxdpjuujehafBopr+8uljWDohsM8MPCebLxV"
    "KC+Yv0QAi8dXqU92kd4U2QMT4HuwS/lqvV8C+gWJZxg/zX9RZM1004CCI/AMbc99Wwx8o3sJlaqEoMRtWuRXXQetfOyY"
    "GlGqtb8e9/vvRjTKcVmyWlOe83ZqXKLwkJKyWiFL9NKqZmUX1r1z5uzXHVudHcnocXyoAAAABkV4aWYAAE1NACoAAAAI"
    "AAIBEgADAAAAAQAGAACCmAACAAAABwAAACYAAAAASj9yZ2VuAAA="
)
"""`quarters(64, 48)` turned clockwise by the file itself, and EXIF that says so once more."""

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">
<rect width="20" height="30" fill="#dc1e1e"/></svg>"""


def plain(width: int, height: int, *bands: int) -> Image:
    image = (Image.black(width, height, bands=len(bands)) + list(bands)).cast("uchar")
    return image.copy(interpretation="srgb" if len(bands) > 2 else "b-w")


def quarters(width: int = 64, height: int = 48) -> Image:
    """Red and green above blue and grey."""
    image = plain(width, height, *GREY)
    left, top = width // 2, height // 2
    image = image.insert(plain(left, height - top, *BLUE), 0, top)
    image = image.insert(plain(width - left, top, *GREEN), left, 0)
    return image.insert(plain(left, top, *RED), 0, 0)


def corners(image: Image) -> list[tuple[int, ...]]:
    """Return the colours near the four corners, in reading order."""
    x, y = image.width - 3, image.height - 3
    return [tuple(round(v) for v in image(*at)) for at in ((2, 2), (x, 2), (2, y), (x, y))]


def close(actual: Any, expected: Any, distance: float = 6) -> bool:
    """Return whether each number of each colour is near the expected one."""
    return len(actual) == len(expected) and all(
        len(a) == len(b) and max(abs(x - y) for x, y in zip(a, b, strict=True)) <= distance
        for a, b in zip(actual, expected, strict=True)
    )


def opened(data: bytes, **options: Any) -> Image:
    return open_image(data, probe(data, LIMITS), **options)


def animation(delays_ms: list[int], width: int = 20, height: int = 10, loop: int = 3) -> Image:
    """Return frames in red, green and blue, again and again."""
    colours = [(RED, GREEN, BLUE)[i % 3] for i in range(len(delays_ms))]
    tall = Image.arrayjoin([plain(width, height, *c) for c in colours], across=1).copy()
    tall.set_type(pyvips.GValue.gint_type, "page-height", height)
    tall.set_type(pyvips.GValue.gint_type, "loop", loop)
    tall.set_type(pyvips.GValue.array_int_type, "delay", delays_ms)
    return tall


def with_orientation(image: Image, orientation: int) -> Image:
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image


def with_blob(image: Image, name: str, value: bytes) -> Image:
    return with_blobs(image, {name: value})


def files(image: Image | None = None) -> dict[str, bytes]:
    """Return the picture in every format that can be written here, and a HEIC and an SVG."""
    image = image or quarters()
    return {
        "jpeg": image.jpegsave_buffer(Q=95, subsample_mode="off"),
        "png": image.pngsave_buffer(),
        "webp": image.webpsave_buffer(lossless=True),
        "gif": image.gifsave_buffer(dither=0),
        "avif": image.heifsave_buffer(
            compression="av1", lossless=True, effort=0, subsample_mode="off"
        ),
        "tiff": image.tiffsave_buffer(compression="lzw"),
        "heic": HEIC,
        "svg": SVG,
    }
