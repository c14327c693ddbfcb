"""TIFFs whose compression libtiff was built without, by tifffile and imagecodecs."""

from __future__ import annotations

import codecs
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import imagecodecs
import numpy as np
from tifffile import TiffFile, TiffPage

from foveate.sandboxed.answer import check, say, say_pixels
from foveate.sandboxed.codec import say_array
from foveate.sandboxed.levels import of_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CODECS: Final = (
    "zstd_decode",
    "lzma_decode",
    "lerc_decode",
    "jpeg2k_decode",
    "jpegxl_decode",
    "jpegxr_decode",
    "jpeg8_decode",
    "png_decode",
    "webp_decode",
    "lzw_decode",
    "packbits_decode",
    "packints_decode",
    "zlib_decode",
    "deflate_decode",
    "delta_decode",
    "floatpred_decode",
    "bitorder_decode",
    "pixarlog_decode",
    "byteshuffle_decode",
    "ccittfax4_decode",
)
_MIN_IS_WHITE, _PALETTE, _CMYK = 0, 3, 5
_ORIENTATION, _PROFILE, _EXTRA = 274, 34_675, 338
_ALPHAS: Final = {1, 2}
_ASSOCIATED: Final = 1
_LAB_CENTRES: Final = {8: 0, 9: 128}
"""CIELAB and ICCLAB, and where grey lies in their a and b."""
_COLOURS: Final = {_CMYK: "CMYK"}
_BANDS: Final = {_MIN_IS_WHITE: 1, 1: 1, _CMYK: 4}


def prepare(*_: str) -> None:
    """Load the codecs: each is loaded on first use."""
    for name in _CODECS:
        getattr(imagecodecs, name, None)
    codecs.lookup("cp1252")  # in which texts are read, once no file can be opened


def probe(data: bytes, _: str) -> None:
    """Answer with what the first directory says."""
    with TiffFile(BytesIO(data)) as file:
        page = file.pages.first
        say(
            {
                "width": page.imagewidth,
                "height": page.imagelength,
                "alpha": _has_alpha(page),
                "orientation": int(page.tags.valueof(_ORIENTATION, 1)),
            }
        )


def decode(data: bytes, _: str, width: str, height: str, __: str) -> None:
    """Answer with the first picture, of that size, as it lies in the file."""
    with TiffFile(BytesIO(data)) as file:
        page = file.pages.first
        pixels = _as_shown(page, _interleaved(page.asarray(maxworkers=1)))
        profile = page.tags.valueof(_PROFILE, b"")
    size = int(width), int(height)
    if page.photometric in _LAB_CENTRES:
        check((pixels.shape[1], pixels.shape[0]), size)
        say_pixels(size, "LAB", [_lab(page, pixels).tobytes()])
        return
    blobs, mode = {"icc-profile-data": bytes(profile)}, _mode(page, pixels)
    say_array(pixels, size, blobs, mode, premultiplied=_is_premultiplied(page))


def _has_alpha(page: TiffPage) -> bool:
    return any(int(kind) in _ALPHAS for kind in page.extrasamples)


def _is_premultiplied(page: TiffPage) -> bool:
    return any(int(kind) == _ASSOCIATED for kind in page.extrasamples)


def _lab(page: TiffPage, pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Return L* in 0..100, a* and b* of 8 or 16 bits (TIFF 6.0 section 23, Technical Note 4)."""
    deep = page.bitspersample > 8  # noqa: PLR2004
    centre, unit = _LAB_CENTRES[int(page.photometric)], 256 if deep else 1
    signed = pixels[..., 1:3].astype(np.float32) / unit - centre
    if not centre:
        signed = (signed + 128) % 256 - 128
    most = 0xFF00 if deep and centre else (1 << page.bitspersample) - 1
    lightness = pixels[..., :1].astype(np.float32) * (100 / most)
    lab: NDArray[np.float32] = np.concatenate([lightness, signed], axis=2)
    return lab


def _interleaved(pixels: NDArray[Any]) -> NDArray[Any]:
    return pixels if pixels.ndim > 2 else pixels[..., np.newaxis]  # noqa: PLR2004 - rows, columns


def _as_shown(page: TiffPage, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the bands that are shown, white where most is, and colours of a palette."""
    if page.planarconfig == 2 and pixels.shape[0] == page.samplesperpixel:  # noqa: PLR2004 - apart
        pixels = np.moveaxis(pixels, 0, -1)
    if page.photometric == _PALETTE:
        colours: NDArray[Any] = np.moveaxis(np.asarray(page.colormap), 0, -1)[pixels[..., 0]]
        return colours
    if page.photometric == _MIN_IS_WHITE and pixels.dtype.kind in "u":
        pixels = ((1 << page.bitspersample) - 1) - pixels
    bands = _BANDS.get(int(page.photometric), 3) + _has_alpha(page)
    return of_bits(pixels[..., :bands], page.bitspersample)


def _mode(page: TiffPage, pixels: NDArray[Any]) -> str:
    return _COLOURS.get(int(page.photometric), "") if pixels.shape[2] == 4 else ""  # noqa: PLR2004
