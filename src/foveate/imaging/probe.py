"""What can be known of a picture without decoding it, checked against the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import AnimationTooLarge, EmptyImage, SourceTooLarge, TooManyPixels
from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging import heic_header, svg
from foveate.imaging.directories import refuse_tangled
from foveate.imaging.fields import number, numbers
from foveate.imaging.formats import sniff
from foveate.imaging.guard import guard
from foveate.imaging.loaders import load
from foveate.values import Facts, ImageFormat

if TYPE_CHECKING:
    from foveate.settings import Limits

ANIMATED: Final = frozenset({ImageFormat.GIF, ImageFormat.WEBP})
"""Of other formats with several pictures, TIFF and HEIF, we read the first."""


def probe(data: bytes, limits: Limits) -> Facts:
    """Return the facts of a picture that is within the limits; no pixel is decoded.

    Raises EmptyImage, NotAnImage, UnsupportedFormat, BrokenImage, SourceTooLarge,
    TooManyPixels or AnimationTooLarge.
    """
    if len(data) > limits.max_bytes:
        raise SourceTooLarge(f"Expected at most {limits.max_bytes} bytes, got {len(data)}.")
    kind = sniff(data)
    facts = _READERS.get(kind, _vips_facts)(data, kind)
    _check(facts, limits)
    return facts


def _heic_facts(data: bytes, kind: ImageFormat) -> Facts:
    size, alpha = heic_header.read_header(data)
    return Facts(format=kind, stored=size, alpha=alpha, bytes=len(data))


def _svg_facts(data: bytes, kind: ImageFormat) -> Facts:
    return Facts(format=kind, stored=svg.natural_size(data), alpha=True, bytes=len(data))


@guard()
def _vips_facts(data: bytes, kind: ImageFormat) -> Facts:
    refuse_tangled(data, kind)
    image = load(data, kind)
    animated = kind in ANIMATED
    return Facts(
        format=kind,
        stored=Size(image.width, image.height),
        orientation=Orientation.exif(number(image, "orientation", 1)),
        frames=number(image, "n-pages", 1) if animated else 1,
        alpha=bool(image.hasalpha()),
        bytes=len(data),
        delays_ms=tuple(numbers(image, "delay")) if animated else (),
        loop=number(image, "loop", 0),
    )


_READERS: Final = {ImageFormat.HEIC: _heic_facts, ImageFormat.SVG: _svg_facts}


def _check(facts: Facts, limits: Limits) -> None:
    size = facts.stored
    if min(size.width, size.height) < 1:
        raise EmptyImage(f"Expected at least one pixel, got {size}.")
    if size.area > limits.max_pixels or size.long_side > limits.max_side:
        raise TooManyPixels(
            f"Expected at most {limits.max_pixels} pixels and sides up to {limits.max_side}, "
            f"got {size}."
        )
    if facts.animated and (
        facts.frames > limits.max_frames or facts.pixels > limits.max_animation_pixels
    ):
        raise AnimationTooLarge(
            f"Expected at most {limits.max_frames} frames and {limits.max_animation_pixels} "
            f"pixels in all, got {facts.frames} frames of {size}."
        )
