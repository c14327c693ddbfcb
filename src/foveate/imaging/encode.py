"""From a picture to the bytes of a rendition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pyvips

from foveate.errors import BrokenImage, EncodeFailed, OutputTooLarge
from foveate.imaging import exif
from foveate.imaging.encode_apart import encoded_apart
from foveate.imaging.encode_cost import (
    FULL_CHROMA,
    OPTIMISED_AREA,
    chooses_filter,
    encodes_small,
    runs_apart,
)
from foveate.imaging.fields import blob, numbers, with_blobs, without
from foveate.imaging.gain_map import without_claims
from foveate.imaging.guard import error_for
from foveate.imaging.jxl import SAVER, jxl
from foveate.imaging.png_filter import png_filter
from foveate.imaging.small_jpeg import small_jpeg
from foveate.options.model import Gamut, Metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.errors import FoveateError
    from foveate.imaging.engine import Image

OutputFormat = Literal["jpeg", "png", "webp", "avif", "jxl", "gif", "tiff"]

_CONTENT_TYPES: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "heic": "image/heic",
    "tiff": "image/tiff",
    "svg": "image/svg+xml",
    "jp2": "image/jp2",
    "jxl": "image/jxl",
    "jxr": "image/jxr",
    "bmp": "image/bmp",
    "ico": "image/vnd.microsoft.icon",
    "psd": "image/vnd.adobe.photoshop",
    "fits": "image/fits",
    "json": "application/json",
}

BRIEF_MS: Final = 10
"""Browsers show a frame of so long, or less, for 100 ms; equal ones joined would lose that time."""
_SHORT: Final = {"jpeg": "jpg", "tiff": "tif"}
"""What names of files end with instead."""

MAX_SIDE: Final = {
    "jpeg": 65_500,
    "png": 1_000_000,
    "webp": 16_383,
    "avif": 16_384,
    "jxl": 262_144,
    "gif": 65_535,
    "tiff": 1_000_000,
}
"""What the formats themselves can say."""

_PROGRESSIVE_AREA: Final = (50 * 50, 3000 * 3000)
"""Outside of it progressive JPEG costs more than it gives."""
_TABLES: Final = 3
"""ImageMagick's tables of quantisation (N. Robidoux): a twelfth fewer bytes than those of the
standard for what looks as good, and no more time."""
_LOSSLESS: Final = 100
_SHARP_FROM: Final = 75
"""Quality of WebP below which blocks show where its edges between them are hardly filtered."""

_PALETTE_EFFORT: Final = 3
"""Of 1..10: a seventh of the time of libvips' own 7, for a sixth more bytes."""

_KEEP: Final = pyvips.enums.ForeignKeep
_ENCODER_FAILED: Final = re.compile(r"\w+save(_buffer|_target)?: ")
_XMP_ORIENTATION: Final = re.compile(rb"""(tiff:Orientation(?:=["']|>))[2-8](?=["'<])""")


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeOptions:
    """What to write, and how hard to try."""

    format: OutputFormat
    quality: int = 85
    """1..100; WebP and JPEG XL are lossless from 100 on."""
    explicit_quality: bool = False
    """Whether the request named the quality: below 100 it lets a PNG have 256 colours."""
    progressive: bool = False
    lossless: bool = False
    fast: bool = False
    """The quickest settings, at the cost of bytes."""
    small: bool = False
    """The fewest bytes for a JPEG of the same look, at the cost of time."""
    metadata: Metadata = Metadata.COPYRIGHT
    """What a JPEG keeps; other formats keep none."""
    lettered: bool = False
    """Whether much of it is text, whose edges blur where colour has a lower resolution."""
    smoothed: bool = False
    """Whether faint detail is gone where nobody looks. From `_SHARP_FROM` on, WebP then takes fewer
    bits from where much detail is left, which is what people look at."""
    half_chroma: bool = False
    """Whether colour has half the resolution at any quality, but for what is lettered: a search
    for a quality goes up and down within one of both."""
    whole_chroma: bool = False
    """Whether colour has full resolution at any quality, for the same reason."""
    gamut: Gamut = Gamut.SRGB
    """With P3 the profile that `to_srgb` left on the picture is embedded; JPEG XL knows none."""
    webp_effort: int = 2
    """0..6"""
    avif_effort: int = 1
    """0..9"""
    jxl_effort: int = 4
    """1..7: beyond, it takes four times the memory."""

    @property
    def exact(self) -> bool:
        """Return whether no colour may change."""
        return self.lossless or self.quality >= _LOSSLESS

    @property
    def palette(self) -> bool:
        """Return whether a PNG gets 256 colours."""
        return self.format == "png" and self.explicit_quality and not (self.exact or self.fast)

    @property
    def full_chroma(self) -> bool:
        """Return whether AVIF and JPEG keep colour at full resolution."""
        best = self.quality >= FULL_CHROMA and not self.half_chroma
        return self.lossless or self.lettered or self.whole_chroma or best


def content_type(name: str) -> str:
    """Return the media type of a format, read or written."""
    return _CONTENT_TYPES.get(name, f"image/x-{name}")


def ending_of(content_type: str) -> str:
    """Return how names of files with that content end.

    >>> ending_of("image/jpeg"), ending_of("image/svg+xml"), ending_of("image/x-qoi")
    ('.jpg', '.svg', '.qoi')
    """
    names = {kind: name for name, kind in _CONTENT_TYPES.items()}
    name = names.get(content_type) or content_type.rpartition("/")[2].removeprefix("x-")
    return f".{_SHORT.get(name, name)}"


def encode(image: Image, options: EncodeOptions) -> bytes:
    """Return the picture, 8-bit RGB or RGBA, as a file; here the pixels are computed.

    Raises OutputTooLarge, BrokenImage when the source turns out to be damaged, EncodeFailed,
    and TimedOut when it was stopped.
    """
    _check_sides(image, options.format)
    try:
        data: bytes = _ENCODERS[options.format](image, options)
    except pyvips.Error as why:
        detail = str(why)
        raise error_for(detail, failure_of(detail)) from why
    return data


def failure_of(detail: str) -> type[FoveateError]:
    """Return whose failure it is: libvips decodes while we encode, so mostly the source's."""
    return EncodeFailed if _ENCODER_FAILED.search(detail) else BrokenImage


def _check_sides(image: Image, name: OutputFormat) -> None:
    longest = max(image.width, image.get_page_height())
    if longest > MAX_SIDE[name]:
        raise OutputTooLarge(
            f"Expected sides up to {MAX_SIDE[name]} for {name}, "
            f"got {image.width}x{image.get_page_height()}."
        )


def _jpeg(image: Image, options: EncodeOptions) -> bytes:
    if image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    if options.metadata is Metadata.KEEP:
        image = _with_true_xmp(image)
    small = encodes_small(options, image.width * image.height)
    image = image.copy_memory() if small else image
    jpeg = _turbo(image, options)
    if small:
        jpeg = small_jpeg(image, options.quality, jpeg)
    return exif.into_jpeg(jpeg, _exif_block(image, options.metadata))


def _turbo(image: Image, options: EncodeOptions) -> bytes:
    least, most = _PROGRESSIVE_AREA
    jpeg: bytes = image.jpegsave_buffer(
        Q=options.quality,
        quant_table=_TABLES,
        subsample_mode="off" if options.full_chroma else "on",
        optimize_coding=not options.fast and image.width * image.height <= OPTIMISED_AREA,
        interlace=options.progressive
        and not options.fast
        and least <= image.width * image.height <= most,
        keep=_kept(options),
    )
    return jpeg


def _kept(options: EncodeOptions) -> int:
    """Return what libvips writes into a JPEG beside its pixels; EXIF is written by ourselves."""
    return _profile(options) | (_KEEP.XMP | _KEEP.IPTC if options.metadata is Metadata.KEEP else 0)


def _exif_block(image: Image, wanted: Metadata) -> bytes:
    block = blob(image, "exif-data")
    if wanted is Metadata.NONE or not block:
        return b""
    return exif.upright(block) if wanted is Metadata.KEEP else exif.copyright_alone(block)


def _with_true_xmp(image: Image) -> Image:
    """Return the picture with XMP that says of it what is so."""
    xmp = blob(image, "xmp-data")
    if not xmp:
        return image
    true = without_claims(_XMP_ORIENTATION.sub(rb"\g<1>1", xmp))
    return with_blobs(image, {"xmp-data": true}) if true else without(image, ["xmp-data"])


def _png(image: Image, options: EncodeOptions) -> bytes:
    how: dict[str, Any] = {"compression": 1 if options.fast else 6, "keep": _profile(options)}
    if options.palette:
        how |= {"palette": True, "Q": options.quality, "effort": _PALETTE_EFFORT}
    elif chooses_filter(options, image.width * image.height):
        image = image.copy_memory()
        how |= png_filter(image)
    return _written(image, options, "pngsave", how)


def _webp(image: Image, options: EncodeOptions) -> bytes:
    how = {
        "Q": options.quality,
        "lossless": options.exact,
        "effort": 0 if options.fast else options.webp_effort,
        "smart_subsample": options.lettered,
        "preset": "drawing" if options.smoothed and options.quality >= _SHARP_FROM else "default",
        "keep": _profile(options),
    }
    return _written(image, options, "webpsave", how)


def _avif(image: Image, options: EncodeOptions) -> bytes:
    how = {
        "compression": "av1",
        "Q": options.quality,
        "lossless": options.lossless,
        "effort": 0 if options.fast else options.avif_effort,
        "subsample_mode": "off" if options.full_chroma else "on",
        "bitdepth": 8,
        "keep": _profile(options),
    }
    return _written(image, options, "heifsave", how)


def _jxl(image: Image, options: EncodeOptions) -> bytes:
    how: dict[str, Any] = {
        "quality": options.quality,
        "lossless": options.exact,
        "effort": 1 if options.fast else options.jxl_effort,
    }
    if runs_apart(options, image.width * image.height):
        return encoded_apart(image, SAVER, how)
    return jxl(image.numpy(), **how)


def _gif(image: Image, options: EncodeOptions) -> bytes:
    how = {
        "effort": 1 if options.fast else 4,
        "keep": int(_KEEP.NONE),
        "keep_duplicate_frames": min(numbers(image, "delay"), default=100) <= BRIEF_MS,
    }
    return _written(image, options, "gifsave", how)


def _tiff(image: Image, options: EncodeOptions) -> bytes:
    how = {
        "compression": "deflate",
        "level": 1 if options.fast else 6,
        # Neighbours are alike: their differences take half the bytes of photos.
        "predictor": "horizontal",
        "keep": _profile(options),
    }
    return _written(image, options, "tiffsave", how)


def _written(image: Image, options: EncodeOptions, saver: str, how: dict[str, Any]) -> bytes:
    """Return what libvips' `saver` writes. Between frames of an animation it can be stopped."""
    height = image.get_page_height()
    if runs_apart(options, image.width * height, image.height // height):
        return encoded_apart(image, saver, how)
    data: bytes = getattr(image, f"{saver}_buffer")(**how)
    return data


def _profile(options: EncodeOptions) -> int:
    return int(_KEEP.ICC if options.gamut is Gamut.P3 else _KEEP.NONE)


_ENCODERS: Final[dict[str, Callable[[Image, EncodeOptions], bytes]]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    "jxl": _jxl,
    "gif": _gif,
    "tiff": _tiff,
}
