"""What of a picture moderation looks at: some frames, parts of a long one, and on which grounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.decode import to_memory
from foveate.imaging.frames import frames_of
from foveate.imaging.pixels import BLACK
from foveate.service.parts.grounds import on_each_ground
from foveate.service.parts.shown import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.service.analysis import Analysis
    from foveate.service.parts.grounds import OnAnyGround
    from foveate.settings import Settings

FRAMES: Final = 8
"""Frames of an animation that are looked at, the first and the last among them."""
COMPARED_SIDE: Final = 640
"""At this size it is seen whether a picture looks the same on both grounds."""
FAINT: Final = 32
"""By so many of 255 at least alpha darkens what is looked at without it, too."""
EDGES: Final = 0.02
"""Share of a picture that may be half transparent for the sake of smooth edges."""
LONG: Final = 2.5
"""From this ratio of its sides on, parts of a picture are looked at beside the whole of it."""
MOST_PARTS: Final = 16


@dataclass(frozen=True, slots=True)
class Look:
    """A picture, a frame or a part of one, on one ground: what is judged by itself."""

    place: Box
    """In pixels of the upright source."""
    thumbnail: OnAnyGround

    @property
    def size(self) -> Size:
        """Return how many pixels the source has there."""
        return Size(nearest(self.place.width), nearest(self.place.height))


def looks(analysis: Analysis, *, whole: bool = False) -> Iterator[Look]:
    """Yield what is looked at of a picture, or of each of the frames that are.

    What is transparent is looked at on white and on black: on one of them alone, nothing may be
    seen of a picture that alpha draws; and, where more than edges is half transparent, without
    alpha, as whoever drops it sees what a file keeps. `whole` is for an answer that was cut out of
    a picture: its parts would be small cuts of that, of which more are taken for nudity than are.
    """
    alpha = analysis.pixels.facts.alpha
    for look in _on_white(analysis, whole=whole):
        compared, shown, grounds = look.size.within(COMPARED_SIDE), remembered(look.thumbnail), 0
        for thumbnail in on_each_ground(shown, compared, alpha=alpha):
            yield replace(look, thumbnail=thumbnail)
            grounds += 1
        if grounds > 1 and _is_veiled(shown, compared):
            yield replace(look, thumbnail=partial(shown, ground=None))


def _is_veiled(thumbnail: OnAnyGround, size: Size) -> bool:
    """Return whether alpha takes much from colours that it leaves in the file.

    Black alone: what is dark there is as dark without alpha.
    """
    seen, kept = thumbnail(size, ground=BLACK), thumbnail(size, ground=None)
    taken = np.maximum(kept, seen) - seen
    return bool((taken.max(axis=2) > FAINT).mean() > EDGES)


def _on_white(analysis: Analysis, *, whole: bool) -> Iterator[Look]:
    pixels, size = analysis.pixels, analysis.size
    shown, everything = _frames_shown(analysis), Box.of(analysis.size)
    if shown == 1:
        yield Look(everything, pixels.thumbnail)
        for part in () if whole else long_parts(size):
            yield Look(part.scaled(size.width, size.height), partial(pixels.thumbnail, within=part))
        return
    frames = frames_of(pixels.pixels(1.0, frames=shown))
    for number in sampled(len(frames)):
        pixels.deadline.check()
        yield Look(everything, partial(pixels.thumbnail_of, to_memory(frames[number])))


def long_parts(size: Size) -> list[Box]:
    """Return the parts, 0..1 of the sides, in which a long picture is looked at beside the whole.

    They are about square and lie side by side, or are as long as `MOST_PARTS` of them have to be.

    >>> long_parts(Size(250, 100))
    []
    >>> long_parts(Size(100, 300))[-1]
    Box(left=0.0, top=0.6666666666666666, width=1.0, height=0.3333333333333333)
    >>> [len(long_parts(Size(width, 800))) for width in (12000, 48000)]
    [15, 16]
    """
    ratio = size.long_side / min(size.width, size.height)
    if ratio <= LONG:
        return []
    count = min(MOST_PARTS, math.ceil(ratio))
    along = Box(0.0, 0.0, 1.0, 1.0 / count)
    if size.width > size.height:
        along = Box(0.0, 0.0, 1.0 / count, 1.0)
        return [along.moved(number / count, 0.0) for number in range(count)]
    return [along.moved(0.0, number / count) for number in range(count)]


def _frames_shown(analysis: Analysis) -> int:
    """Return how many frames an answer may show at most: of longer ones it shows the first."""
    facts, limits = analysis.pixels.facts, analysis.networks.settings.limits
    fit = limits.max_animation_pixels // facts.stored.area
    return max(1, min(facts.frames, limits.max_frames, fit))


def sampled(frames: int) -> list[int]:
    """Return the numbers of the frames that are looked at, evenly spread.

    >>> sampled(3), sampled(100)
    ([0, 1, 2], [0, 14, 28, 42, 57, 71, 85, 99])
    """
    if frames <= FRAMES:
        return list(range(frames))
    return [round(step * (frames - 1) / (FRAMES - 1)) for step in range(FRAMES)]


def frames_limit(settings: Settings) -> object:
    """Return the settings by which fewer frames may be looked at."""
    return settings.limits.max_animation_pixels, settings.limits.max_frames
