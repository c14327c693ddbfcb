"""JPEG XL, JPEG XR, and the JPEGs of more than 8 bits or without loss, by imagecodecs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import imagecodecs
import numpy as np

from foveate.sandboxed.answer import check, say_pixels
from foveate.sandboxed.headers import jpeg_bits, jpeg_profile
from foveate.sandboxed.jxl import read_jxl
from foveate.sandboxed.levels import of_bits, sixteen_bit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def prepare(kind: str, *_: str) -> None:
    """Load the library of that format: they are loaded on first use."""
    getattr(imagecodecs, _LIBRARIES[kind])


def decode(data: bytes, kind: str, width: str, height: str, _: str) -> None:
    """Answer with the first frame, of that size."""
    pixels, blobs = _DECODERS[kind](data)
    say_array(pixels, (int(width), int(height)), blobs)


def say_array(
    pixels: NDArray[Any],
    size: tuple[int, int],
    blobs: dict[str, bytes] | None = None,
    mode: str = "",
    *,
    premultiplied: bool = False,
) -> None:
    """Answer with (height, width) or (height, width, bands) numbers of any kind."""
    pixels = pixels if pixels.ndim > 2 else pixels[..., np.newaxis]  # noqa: PLR2004 - rows, columns
    check((pixels.shape[1], pixels.shape[0]), size)
    mode = mode or MODES[pixels.shape[2]]
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    if pixels.dtype != np.uint8:
        pixels = sixteen_bit(pixels)
        mode = _DEEP.get(mode, mode)
    if mode == "CMYK" and pixels.dtype != np.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    parts = [np.ascontiguousarray(pixels).data.cast("B")]
    say_pixels(size, mode, parts, blobs, premultiplied=premultiplied)


_DEEP: Final = {"L": "I;16", "LA": "LA;16", "RGB": "RGB;16", "RGBA": "RGBA;16"}


def _jpeg(data: bytes) -> tuple[NDArray[Any], dict[str, bytes]]:
    pixels = of_bits(imagecodecs.jpeg8_decode(data), jpeg_bits(data))
    return pixels, {"icc-profile-data": jpeg_profile(data)}


def _jpeg_xl(data: bytes) -> tuple[NDArray[Any], dict[str, bytes]]:
    pixels = imagecodecs.jpegxl_decode(data, index=0, numthreads=1)
    return of_bits(pixels, read_jxl(data).bits), {}


def _jpeg_xr(data: bytes) -> tuple[NDArray[Any], dict[str, bytes]]:
    return imagecodecs.jpegxr_decode(data), {}


_LIBRARIES: Final = {"jpeg": "jpeg8_decode", "jxl": "jpegxl_decode", "jxr": "jpegxr_decode"}
_DECODERS: Final[dict[str, Callable[[bytes], tuple[NDArray[Any], dict[str, bytes]]]]] = {
    "jpeg": _jpeg,
    "jxl": _jpeg_xl,
    "jxr": _jpeg_xr,
}
