"""Animations: one tall picture, frame under frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.imaging.decode import to_memory
from foveate.imaging.engine import Image
from foveate.imaging.fields import number, numbers, with_delays, with_numbers, without
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from collections.abc import Callable


@guard()
def frames_of(image: Image) -> list[Image]:
    """Return the frames of an animation, each a picture; a single picture is its only frame."""
    height = image.get_page_height()
    if height == image.height:
        return [image]
    return [_frame(image, top, height) for top in range(0, image.height, height)]


@guard()
def per_frame(image: Image, fn: Callable[[Image, int], Image]) -> Image:
    """Return the animation with `fn` applied to each frame and its number, from 0 on.

    A single picture goes straight in.
    """
    height = image.get_page_height()
    if height == image.height:
        return fn(image, 0)
    # One after the other: a pipeline holds lines of its picture for as long as it is there.
    frames = [to_memory(fn(frame, number)) for number, frame in enumerate(frames_of(image))]
    pages = {
        "page-height": frames[0].height,
        "n-pages": len(frames),
        "loop": number(image, "loop", 0),
    }
    joined = with_numbers(Image.arrayjoin(frames, across=1), pages)
    return with_delays(joined, numbers(image, "delay")[: len(frames)])


def _frame(image: Image, top: int, height: int) -> Image:
    return without(image.crop(0, top, image.width, height), ("page-height", "n-pages"))
