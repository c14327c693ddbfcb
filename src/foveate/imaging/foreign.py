"""Pictures that libvips does not read, or not these: other decoders do, out of our process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BrokenImage, TooManyPixels
from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging.fields import with_delays, with_numbers
from foveate.imaging.rounding import rounded
from foveate.imaging.sandbox import ask, memory_bytes, picture, pixel_bytes
from foveate.imaging.tiff_header import YCBCR, Page, pages
from foveate.values import Facts, ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.imaging.engine import Image

HEADER_TIMEOUT_S: Final = 4.0
TIMEOUT_S: Final = 10.0
MOST_PIXELS: Final = 2**31 - 1

_DECODERS: Final[Mapping[ImageFormat, str]] = {
    ImageFormat.BMP: "bmp",
    ImageFormat.JP2: "jp2",
    ImageFormat.PAM: "netpbm",
    ImageFormat.PFM: "netpbm",
    ImageFormat.JXL: "codec",
    ImageFormat.JXR: "codec",
    ImageFormat.JPEG: "codec",
    ImageFormat.TIFF: "tiff",
}
"""Pillow, where nothing is said. Of JPEG, TIFF and the like, they read what libvips does not."""

_DISPUTED: Final = {ImageFormat.GIF, ImageFormat.AVIF, ImageFormat.TIFF}
"""In these, another decoder reads something that libvips does not."""
_OLD_JPEG: Final = 6
_PSD_BITS: Final = slice(22, 24)
_DEEP: Final = {b"\0\x10", b"\0\x20"}


def read_header(data: bytes, kind: ImageFormat) -> Facts:
    """Return what the header says. Raises BrokenImage and Unavailable."""
    decoder = _decoder(data, kind)
    said = ask(f"{decoder}-probe", data, str(kind), timeout_s=HEADER_TIMEOUT_S)
    try:
        return Facts(
            format=kind,
            stored=Size(_number(said, "width"), _number(said, "height")),
            orientation=Orientation.exif(_number(said, "orientation", 1)),
            frames=_number(said, "frames", 1),
            alpha=bool(said.get("alpha")),
            bytes=len(data),
            loop=_number(said, "loop", 0),
            decoder=decoder,
        )
    except (KeyError, ValueError) as why:
        raise BrokenImage(f"Expected a header of {kind}, got {why}.") from why


def _decoder(data: bytes, kind: ImageFormat) -> str:
    if kind is ImageFormat.TIFF and _is_mixed(next(pages(data))):
        return "pillow"
    deep = kind is ImageFormat.PSD and data[_PSD_BITS] in _DEEP
    return "psd" if deep else _DECODERS.get(kind, "pillow")


def _is_mixed(page: Page) -> bool:
    """Return whether the brightness of a TIFF is apart from its colours, which tifffile leaves."""
    return page.photometric == YCBCR or page.compression == _OLD_JPEG


def second_opinion(data: bytes, kind: ImageFormat) -> Facts | None:
    """Return what another decoder says of a picture that libvips refuses; None if it does too."""
    if kind not in _DISPUTED:
        return None
    try:
        return read_header(data, kind)
    except BrokenImage:
        return None


def decode(data: bytes, facts: Facts, frames: int = 1) -> Image:
    """Return the picture as it lies in the file, in memory, with its profile and EXIF.

    Several `frames` come as one tall picture with `page-height`. Raises BrokenImage, also for
    another size than the header promised, and Unavailable.
    """
    size = facts.stored
    asked = (str(facts.format), str(size.width), str(size.height), str(frames))
    pixels = size.area * frames
    answers = pixels * (4 if facts.alpha else 3)
    try:
        answer = ask(facts.decoder, data, *asked, timeout_s=TIMEOUT_S, answer_bytes=answers)
    except BrokenImage as why:
        _refuse_if_large(pixels * pixel_bytes(facts), memory_bytes(len(data), answers), why)
        raise
    image = picture(answer)
    if answer.get("premultiplied"):
        image = rounded(image.unpremultiply(), image.format)
    if image.width != size.width or image.height % size.height:
        raise BrokenImage(f"Expected frames of {size}, got {image.width}x{image.height}.")
    count = image.height // size.height
    if count == 1:
        return image
    pages = {"page-height": size.height, "n-pages": count, "loop": facts.loop}
    return with_delays(with_numbers(image, pages), [int(ms) for ms in answer["delays_ms"]])


def _refuse_if_large(need: int, allowed: int, why: BrokenImage) -> None:
    """Raise TooManyPixels where memory may have been short: not all libraries say so."""
    if need > allowed:
        sentence = (
            f"Expected a picture that is decoded in {allowed >> 20} MiB, got one that may need "
            f"{need >> 20} MiB, or is broken."
        )
        raise TooManyPixels(sentence, public=sentence) from why


def _number(said: Mapping[str, Any], name: str, default: int | None = None) -> int:
    number = int(said[name] if default is None else said.get(name) or default)
    if not 0 <= number <= MOST_PIXELS:
        raise ValueError(f"{name} {number}")
    return number
