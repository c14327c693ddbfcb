"""What can be known of a picture without decoding it, checked against the limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import AnimationTooLarge, EmptyImage, SourceTooLarge, TooManyPixels
from foveate.geometry.box import Size
from foveate.geometry.pose import Pose
from foveate.imaging import heic_header, svg
from foveate.imaging.directories import refuse_tangled
from foveate.imaging.fields import number, numbers
from foveate.imaging.formats import ImageFormat, sniff
from foveate.imaging.guard import guard
from foveate.imaging.loaders import load

if TYPE_CHECKING:
    from foveate.settings import Limits

__all__ = ["Facts", "ImageFormat", "probe", "sniff"]

UPRIGHT: Final = Pose()
ANIMATED: Final = frozenset({ImageFormat.GIF, ImageFormat.WEBP})
"""Of other formats with several pictures, TIFF and HEIF, we read the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the header of a picture says."""

    format: ImageFormat
    stored: Size
    """One frame, as it lies in the file."""
    pose: Pose = UPRIGHT
    """What brings the stored picture upright."""
    frames: int = 1
    alpha: bool = False
    bytes: int
    delays_ms: tuple[int, ...] = ()
    loop: int = 0
    """How often an animation plays; 0 is for ever."""

    @property
    def size(self) -> Size:
        """Return the size of one frame, upright."""
        return self.pose.size(self.stored)

    @property
    def animated(self) -> bool:
        """Return whether there is more than one frame."""
        return self.frames > 1

    @property
    def pixels(self) -> int:
        """Return the number of pixels over all frames."""
        return self.stored.area * self.frames


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
        pose=Pose.exif(number(image, "orientation", 1)),
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
