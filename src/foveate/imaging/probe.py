"""What can be known of a picture without decoding it, checked against the limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.errors import (
    BrokenImage,
    EmptyImage,
    SourceTooLarge,
    TooManyPixels,
)
from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging import foreign, heic_header, svg
from foveate.imaging.avif_header import read_avif
from foveate.imaging.fields import number, numbers
from foveate.imaging.formats import sniff
from foveate.imaging.frame_walk import first_frame, walk
from foveate.imaging.guard import guard
from foveate.imaging.header import Header, edited
from foveate.imaging.jpeg_segments import read_jpeg
from foveate.imaging.loaders import load
from foveate.imaging.png_chunks import read_png
from foveate.imaging.tiff_bounds import MAX_BANDS, read_tiff, too_many_bands
from foveate.imaging.webp_chunks import read_webp
from foveate.values import Facts, ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging.frame_walk import Walked
    from foveate.settings import Limits

ANIMATED: Final = frozenset({ImageFormat.GIF, ImageFormat.WEBP})
"""Of other formats with several pictures, TIFF and HEIF, we read the first."""

ROOM_A_PIXEL: Final = 4.5
"""Bytes that decoding may take for each pixel of the limit: what RGBA takes, and some more."""
OF_FILE: Final = 100
"""How often the bytes of its file it may take in any case: real pictures take 10 to 50."""
SAMPLE_BYTES: Final = {
    "uchar": 1,
    "char": 1,
    "ushort": 2,
    "short": 2,
    "uint": 4,
    "int": 4,
    "float": 4,
    "complex": 8,
    "double": 8,
    "dpcomplex": 16,
}
GIF_HELD: Final = 5.0


def probe(data: bytes, limits: Limits) -> Facts:
    """Return the facts of a picture that is within the limits; no pixel is decoded.

    Frames are counted up to one more than `limits.max_frames`: whether they are too many is for
    those to say who know how many are asked for.
    Raises EmptyImage, NotAnImage, UnsupportedFormat, BrokenImage, SourceTooLarge or TooManyPixels.
    """
    if len(data) > limits.max_bytes:
        raise SourceTooLarge(f"Expected at most {limits.max_bytes} bytes, got {len(data)}.")
    kind = sniff(data)
    walked = walk(data, kind, limits.max_frames)
    read = _READERS.get(kind, foreign.read_header)
    facts = _walked_facts(data, kind, walked, limits) if walked else read(data, kind)
    _check(facts, limits)
    return facts


def of_ours(limits: Limits) -> Limits:
    """Return limits for what was made here: how large that may be was for others to say."""
    return replace(limits, max_bytes=2**40, max_pixels=2**40, max_side=1_000_000)


def _heic_facts(data: bytes, kind: ImageFormat) -> Facts:
    size, alpha = heic_header.read_header(data)
    return Facts(format=kind, stored=size, alpha=alpha, bytes=len(data))


def _svg_facts(data: bytes, kind: ImageFormat) -> Facts:
    exact = svg.exact_size(data)
    return Facts(format=kind, stored=svg.whole(exact), exact=exact, alpha=True, bytes=len(data))


def _native_facts(data: bytes, kind: ImageFormat) -> Facts:
    """Return what libvips says, and where it refuses what another decoder may read, that one."""
    header = _HEADERS[kind](data)
    if header.elsewhere:
        return replace(foreign.read_header(data, kind), held_bytes=header.held_bytes)
    try:
        return _vips_facts(data, kind, header)
    except BrokenImage:
        facts = foreign.second_opinion(data, kind)
        if facts is None:
            raise
        return replace(facts, held_bytes=header.held_bytes)


def _walked_facts(data: bytes, kind: ImageFormat, walked: Walked, limits: Limits) -> Facts:
    end = walked.first_end
    if walked.frames > limits.max_frames:
        first = _native_facts(first_frame(data, kind, end), kind)
        return replace(first, frames=walked.frames, first_frame_end=end, bytes=len(data))
    facts = _native_facts(data, kind)
    if facts.frames < walked.frames:
        raise BrokenImage(f"Expected {walked.frames} frames, got {facts.frames} that can be read.")
    return facts


@guard()
def _vips_facts(data: bytes, kind: ImageFormat, header: Header) -> Facts:
    image = load(edited(data, header.edits), kind)
    if image.bands > MAX_BANDS:
        raise too_many_bands(image.bands)
    animated = kind in ANIMATED
    stored = Size(image.width, image.height)
    turn = Orientation.exif(number(image, "orientation", 1))
    return Facts(
        format=kind,
        stored=stored,
        orientation=turn if header.orientation is None else header.orientation,
        frames=number(image, "n-pages", 1) if animated else 1,
        alpha=bool(image.hasalpha()),
        bytes=len(data),
        delays_ms=tuple(numbers(image, "delay")) if animated else (),
        loop=number(image, "loop", 0),
        pixel_bytes=image.bands * SAMPLE_BYTES[str(image.format)],
        held_bytes=header.held_bytes + round(header.held_a_pixel * stored.area),
        edits=header.edits,
    )


def _gif_header(_: bytes) -> Header:
    return Header(held_a_pixel=GIF_HELD)


_HEADERS: Final[dict[ImageFormat, Callable[[bytes], Header]]] = {
    ImageFormat.JPEG: read_jpeg,
    ImageFormat.PNG: read_png,
    ImageFormat.WEBP: read_webp,
    ImageFormat.GIF: _gif_header,
    ImageFormat.AVIF: read_avif,
    ImageFormat.TIFF: read_tiff,
}
_READERS: Final = {
    ImageFormat.HEIC: _heic_facts,
    ImageFormat.SVG: _svg_facts,
    **dict.fromkeys(_HEADERS, _native_facts),
}


def _check(facts: Facts, limits: Limits) -> None:
    size = facts.stored
    if min(size.width, size.height) < 1:
        raise EmptyImage(f"Expected at least one pixel, got {size}.")
    if facts.exact:
        return  # it has no pixels before it is drawn, and that has limits of its own
    if size.area > limits.max_pixels or size.long_side > limits.max_side:
        raise TooManyPixels(
            f"Expected at most {limits.max_pixels} pixels and sides up to {limits.max_side}, "
            f"got {size}."
        )
    need = size.area * facts.pixel_bytes + facts.held_bytes
    room = round(max(limits.max_pixels * ROOM_A_PIXEL, OF_FILE * facts.bytes))
    if need > room:
        sentence = f"Expected pixels that decode in {room} bytes, got {need} for {size}."
        raise TooManyPixels(sentence, public=sentence)
