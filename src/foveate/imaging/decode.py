"""From bytes to an opened picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging import foreign, heic
from foveate.imaging.colour import PROFILE
from foveate.imaging.fields import without
from foveate.imaging.frame_walk import first_frame
from foveate.imaging.guard import guard
from foveate.imaging.header import edited
from foveate.imaging.loaders import load
from foveate.imaging.signal import with_signal
from foveate.imaging.signalled import signalled
from foveate.imaging.stop import watched
from foveate.imaging.svg import rasterise, sanitise_svg
from foveate.imaging.tiff_numbers import as_meant, brightest
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from foveate.imaging.engine import Image
    from foveate.imaging.signal import Signal
    from foveate.values import Facts

__all__ = ["guard", "is_sandboxed", "open_image", "open_sandboxed", "sanitise_svg", "to_memory"]

ALL_FRAMES: Final = -1
_ORIENTATION: Final = ("orientation",)
"""Dropped, as `Facts.orientation` says it, so that no operation turns a picture a second time."""
_SINGLE: Final = (*_ORIENTATION, "n-pages", "page-height", "delay", "loop", "gif-delay", "gif-loop")
"""Dropped from a single frame, so that no encoder takes it for an animation."""


@guard()
def open_image(
    data: bytes,
    facts: Facts,
    *,
    shrink: int = 1,
    frames: int = 1,
    sequential: bool = True,
    svg_scale: float = 1.0,
) -> Image:
    """Return the picture as it lies in the file (not turned upright), decoded when it is read.

    `shrink` (1, 2, 4, 8) makes JPEG and WebP smaller while decoding; others ignore it.
    `frames` of an animation come as one tall picture with `page-height`; -1 is all of them.
    `sequential` pictures are read once, top to bottom. HEIC and SVG are decoded at once.
    What the file says of its colours travels with the picture, as a profile or as a signal.
    Raises BrokenImage, and TimedOut for an SVG that takes too long.
    """
    kind = facts.format
    if is_sandboxed(facts):
        return open_sandboxed(data, facts, scale=svg_scale, frames=frames)
    if frames == 1 and facts.first_frame_end:
        data = first_frame(data, kind, facts.first_frame_end)
    data = edited(data, facts.edits)
    image = load(data, kind, sequential=sequential, **_options(facts, shrink, frames))
    if kind is ImageFormat.TIFF:
        image = as_meant(image, data, lambda: brightest(load(data, kind)))
    still = not facts.animated or frames == 1
    return _explained(without(image, _SINGLE if still else _ORIENTATION), signalled(data, kind))


def _explained(image: Image, signal: Signal | None) -> Image:
    """Return the picture with what its file says of its colours; None leaves a profile its word."""
    if signal is None:
        return image
    image = without(image, [PROFILE])
    return image if signal.is_srgb else with_signal(image, signal)


def _options(facts: Facts, shrink: int, frames: int) -> dict[str, float]:
    """Return what the loader of the format is told."""
    options: dict[str, float] = {}
    if facts.format is ImageFormat.JPEG:
        options["shrink"] = shrink
    if facts.format is ImageFormat.WEBP:
        options["scale"] = 1 / shrink
    if facts.animated and frames != 1:
        options["n"] = min(frames, facts.frames)
    return options


def is_sandboxed(facts: Facts) -> bool:
    """Return whether the picture is decoded whole and at once, in a process of its own."""
    return bool(facts.decoder) or facts.format in {ImageFormat.HEIC, ImageFormat.SVG}


@guard()
def open_sandboxed(data: bytes, facts: Facts, *, scale: float = 1.0, frames: int = 1) -> Image:
    """Return such a picture in memory; the decoder is ended with the current deadline.

    `scale` is of drawings alone. Raises BrokenImage and Unavailable.
    """
    if facts.format is ImageFormat.SVG:
        return rasterise(data, scale)
    signal = signalled(data, facts.format)
    if facts.format is ImageFormat.HEIC:
        deep = signal is not None and not signal.is_srgb
        image = heic.decode(data, facts.stored, deep=deep)
    else:
        count = facts.frames if frames == ALL_FRAMES else min(frames, facts.frames)
        image = foreign.decode(data, facts, count)
    return _explained(without(image, _ORIENTATION), signal)


@guard()
def to_memory(image: Image) -> Image:
    """Return the picture with its pixels computed, to be read any number of times.

    What is made from it stops at the current deadline. Raises BrokenImage, and TimedOut when it
    was stopped.
    """
    return watched(image.copy_memory())
