"""What networks see in the frames of an animation, steadied along what moves: numpy only.

A network looks at each frame anew, and answers a little differently each time. Here what it said of
the frames before and behind goes with what moves: a place that looks as it did keeps most of what
was said of it, one that shows something new has its own. From both ends, so that nothing lags.
benchmarks/moving.py says by how much less mattes flicker.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current
from foveate.geometry.box import Size
from foveate.vision.focus import INSIDE, part_touching
from foveate.vision.masks import at
from foveate.vision.matting import decided
from foveate.vision.motion import change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.vision.depth import Depth
    from foveate.vision.motion import Change

    Map = NDArray[np.float32]

KEPT: Final = 0.85
"""How much of what was said of a place stays said where it looks the same."""
BOTH: Final = 2
HALF: Final = np.float32(0.5)
SIDE: Final = 384
"""Longer side to which mattes are brought: edges are studied on a grid that is no finer."""
SUBJECT: Final = 0.001
"""Share of a picture that is a subject which can be followed."""
STEEPEST: Final = 2.0
"""By how much the contrast of two maps of depth may differ."""
FIRM: Final = 1e-3
"""Variance of nearness below which a map says nothing of its own contrast."""


class Clip:
    """How the frames of an animation, small as RGB, become each other, both ways.

    Raises TimedOut and ClientDisconnected.
    """

    def __init__(self, small: Sequence[NDArray[np.uint8]]) -> None:
        self.forth: list[Change] = []
        self.back: list[Change] = []
        for one, other in pairwise(small):
            current().check()
            self.forth.append(change(one, other))
            self.back.append(change(other, one))


def small_enough(matte: Map) -> Map:
    """Return a matte no finer than it is of use."""
    size = Size(matte.shape[1], matte.shape[0])
    return matte if size.long_side <= SIDE else at(matte, size.within(SIDE))


def steady_mattes(mattes: Sequence[Map], clip: Clip, *, one_subject: bool = False) -> list[Map]:
    """Return the mattes of all frames, in one size; with `one_subject`, of what the first shows.

    A network that sees now one kind of thing, now another, answers in different sizes: the rarer
    kind is not believed where the frames beside it know better.
    """
    kinds = Counter(matte.shape for matte in mattes)
    usual = max(kinds, key=lambda shape: (kinds[shape], shape))
    size = Size(usual[1], usual[0])
    believed = [matte.shape == usual for matte in mattes]
    sized = [matte if matte.shape == usual else at(matte, size) for matte in mattes]
    if one_subject:
        sized = of_the_first(sized, clip.forth)
    # What frames disagree about would be seen as a ghost of it.
    return [decided(matte) for matte in steadied(sized, clip, believed)]


def steady_depths(depths: Sequence[Depth], clip: Clip) -> list[Depth]:
    """Return the depths of all frames on one scale, as sure as most of them are."""
    near = [depth.nearness for depth in depths]
    maps = steadied(levelled(near, clip.forth), clip, [True] * len(near))
    sure = median(depth.confidence for depth in depths)
    return [
        replace(depth, nearness=each, confidence=sure)
        for depth, each in zip(depths, maps, strict=True)
    ]


def steadied(maps: Sequence[Map], clip: Clip, believed: Sequence[bool]) -> list[Map]:
    """Return maps of one size, each the mean of what both ends of the animation say of it."""
    maps = [_middle(maps, clip, number) for number in range(len(maps))]
    said, made = maps[0], [maps[0]]
    for own, step, is_believed in zip(maps[1:], clip.forth, believed[1:], strict=True):
        said = _along(own, said, step, KEPT if is_believed else 1)
        made.append(said)
    said = maps[-1]
    for number in reversed(range(len(maps) - 1)):
        kept = KEPT if believed[number] else 1
        said = _along(maps[number], said, clip.back[number], kept)
        made[number] = (made[number] + said) * HALF
    made[-1] = (made[-1] + maps[-1]) * HALF
    return made


def _middle(maps: Sequence[Map], clip: Clip, number: int) -> Map:
    """Return the median of a map and those beside it, which knows nothing of what only flashes."""
    own, beside = maps[number], []
    if number:
        beside.append(_along(own, maps[number - 1], clip.forth[number - 1], 1))
    if number + 1 < len(maps):
        beside.append(_along(own, maps[number + 1], clip.back[number], 1))
    if len(beside) < BOTH:
        return own
    low, high = np.minimum(*beside), np.maximum(*beside)
    middle: Map = np.maximum(low, np.minimum(high, own))
    return middle


def _along(own: Map, said: Map, step: Change, kept: float) -> Map:
    """Return a map in which places that look the same have what is said of them, or much of it."""
    current().check()
    mixed: Map = own + (step.moved(said) - own) * (step.trusted(own.shape) * np.float32(kept))
    return mixed


def of_the_first(mattes: Sequence[Map], changes: Sequence[Change]) -> list[Map]:
    """Return what of mattes is the subject of the first that has one, until a scene ends.

    Where a matte has nothing of it, it is where it has moved to, as far as that looks the same.
    """
    kept = [mattes[0]]
    for own, step in zip(mattes[1:], changes, strict=True):
        kept.append(own if step.cut else _followed(own, step.moved(kept[-1]), step))
    return kept


def _followed(own: Map, before: Map, step: Change) -> Map:
    there = before > INSIDE
    if there.mean() < SUBJECT:
        return own
    part = part_touching(own, there)
    return before * step.trusted(own.shape) if part is None else part


def levelled(maps: Sequence[Map], changes: Sequence[Change]) -> list[Map]:
    """Return maps of nearness on the scale of the first, until a scene ends.

    Each is stretched over its own frame, so that what comes into view would move all the rest.
    """
    level = [maps[0]]
    for own, step in zip(maps[1:], changes, strict=True):
        level.append(own if step.cut else _fitted(own, step.moved(level[-1]), step))
    return level


def _fitted(own: Map, before: Map, step: Change) -> Map:
    """Return a linear function of a map that is nearest to another where both show the same."""
    weights = step.trusted(own.shape)
    weights = weights / weights.sum()
    mean, wanted = (own * weights).sum(), (before * weights).sum()
    spread = ((own - mean) ** 2 * weights).sum() + FIRM
    together = ((own - mean) * (before - wanted) * weights).sum() + FIRM
    slope = np.clip(together / spread, 1 / STEEPEST, STEEPEST)
    fitted: Map = (wanted + (own - mean) * slope).clip(0, 1).astype(np.float32)
    return fitted
