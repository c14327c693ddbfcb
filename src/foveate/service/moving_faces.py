"""What hides the faces, things and text of an animation, from fewer looks than it has frames.

Every fourth frame is looked at, and each one that shows anything which the nearest frames looked
at do not show near the same place. All others are covered by what hides something in those two,
grown by as much as a thing may have moved. Nothing is tracked, so nothing gets lost: a face that
flashes up in one frame is new there, and in a fast scene every frame is looked at. Letters are
smaller and thinner than any face, and things look like what is around them: where these are hidden,
a frame is new if it changes anywhere.

Now and then a detector takes half a frame for a face. Such a one, large and hardly believed, hides
something in its own frame, and in others only where a look at these leaves a trace of doubt.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.geometry.fit import nearest
from foveate.imaging.pixels import BLACK, WHITE
from foveate.service.parts.redaction import patches_in, traces_in
from foveate.service.unfinished import frames_late, telling
from foveate.vision.novelty import REACH, SIDE, is_changed, is_new

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Box
    from foveate.imaging import Image
    from foveate.imaging.pixel_source import PixelSource
    from foveate.service.analysis import Analysis
    from foveate.transform.patch import RedactionPatch

    Patches = tuple[RedactionPatch, ...]
    Small = NDArray[np.uint8]
    IsNew = Callable[[Small, Sequence[Small]], bool]

STEPS: Final = (4, 2, 1)
"""First each fourth frame is looked at, then what is new of each second one, then of all."""
KEPT: Final = 8
"""Small pictures kept at hand: a frame is compared with two that are near, as those after it."""
FINE_SIDE: Final = 640
"""Long side in pixels at which frames are compared where text or things are to be hidden."""
THERE: Final = 0.2
"""Share of their union from which on a trace of a face may be that of another frame."""


def hidden_in(
    analysis: Analysis,
    frames: Sequence[Image],
    patches_of: Callable[[Image], Patches] | None = None,
    traces_of: Callable[[Image], Sequence[Box]] | None = None,
    *,
    fine: bool = False,
) -> list[Patches]:
    """Return what hides something in each frame, that of the frames beside it below its own.

    `patches_of` says what hides it in one frame: by default, every face; `traces_of`, where one
    may be. `fine` is whether that may be something other than faces. Raises Unavailable when time
    is over.
    """
    hides = patches_of or partial(patches_in, analysis)
    look_again = traces_of or partial(traces_in, analysis)
    side, differs = (FINE_SIDE, is_changed) if fine else (SIDE, is_new)
    size = _small(analysis.size, side)
    small = lru_cache(KEPT)(lambda number: _shown(analysis.pixels, frames[number], size))
    seen: dict[int, Patches] = {}
    like: dict[int, frozenset[int]] = {}
    trace = analysis.pixels.trace

    def look(number: int) -> None:
        seen[number] = hides(frames[number])
        trace.unfinished = frames_late(len(seen), len(frames))

    with telling(trace, frames_late(0, len(frames))):
        for step in STEPS:
            due = [n for n in _stepping(len(frames), step) if n not in seen and n not in like]
            near = [beside(number, seen) for number in due]
            compared = zip(due, near, strict=True)
            found = analysis.each(partial(_is_new, differs, small), compared)
            like |= zip(due, near, strict=True)
            analysis.each(look, [n for n, is_so in zip(due, found, strict=True) if is_so])
        others = [_around(number, seen, like[number]) for number in range(len(frames))]
        doubted = [number for number, each in enumerate(others) if any(map(_doubtful, each))]
        traces = analysis.each(lambda number: look_again(frames[number]), doubted)
    there = dict(zip(doubted, traces, strict=True))
    moved = REACH * analysis.size.long_side / _small(analysis.size, SIDE).long_side
    return [
        (*_grown(others[number], there.get(number, ()), moved), *seen.get(number, ()))
        for number in range(len(frames))
    ]


def told(hidden: Sequence[Patches]) -> str:
    """Return in how many frames of an animation something is hidden; empty where in none."""
    count, giants = sum(map(bool, hidden)), sum(any(map(_doubtful, each)) for each in hidden)
    if not count:
        return ""
    doubt = f", in {giants} of them a large face that may be none" if giants else ""
    return f"something is hidden in {count} of {len(hidden)} frames{doubt}"


def _shown(pixels: PixelSource, frame: Image, size: Size) -> Small:
    """Return a frame at a size: where it may be transparent on white, and below that on black."""
    grounds = (WHITE, BLACK) if pixels.facts.alpha else (WHITE,)
    return np.concatenate([pixels.thumbnail_of(frame, size, ground) for ground in grounds])


def _small(size: Size, side: int) -> Size:
    scale = min(1.0, side / size.long_side)
    return Size(nearest(size.width * scale), nearest(size.height * scale))


def _stepping(count: int, step: int) -> list[int]:
    """Return each so-manieth number below `count`, and the last.

    >>> _stepping(10, 4), _stepping(1, 4), _stepping(0, 4)
    ([0, 4, 8, 9], [0], [])
    """
    return [number for number in range(count) if number % step == 0 or number == count - 1]


def beside(number: int, seen: Collection[int]) -> frozenset[int]:
    """Return the nearest before and behind that were looked at.

    >>> sorted(beside(5, [0, 4, 8, 12])), sorted(beside(0, [0, 4]))
    ([4, 8], [4])
    """
    before = max((other for other in seen if other < number), default=None)
    behind = min((other for other in seen if other > number), default=None)
    return frozenset(other for other in (before, behind) if other is not None)


def _is_new(
    differs: IsNew, small: Callable[[int], Small], frame: tuple[int, frozenset[int]]
) -> bool:
    number, near = frame
    return not near or differs(small(number), [small(other) for other in sorted(near)])


def _around(number: int, seen: Mapping[int, Patches], like: frozenset[int]) -> Patches:
    """Return what was found in the frames that a frame was compared with.

    And in those beside it, which covers for a detector that blinks.
    """
    others = sorted((like | beside(number, seen)) - {number})
    return tuple(chain.from_iterable(seen[other] for other in others))


def _grown(others: Patches, traces: Sequence[Box], moved: float) -> list[RedactionPatch]:
    """Return what hides something in another frame as it does here: wherever that has moved."""
    return [
        replace(patch, core=patch.core.grown(1, moved))
        for patch in others
        if not patch.doubtful or any(patch.core.bounds.iou(each) > THERE for each in traces)
    ]


def _doubtful(patch: RedactionPatch) -> bool:
    return patch.doubtful
