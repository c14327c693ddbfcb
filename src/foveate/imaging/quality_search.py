"""Which quality to try next, so that a picture has a score: arithmetic on what was tried before.

Encoders differ in what a number means, and pictures in how well they compress. How the score of
most pictures follows the quality is a table. How many times as far from 100 one picture is as most
are is nearly the same at all its qualities, and much the same in other sizes and formats: so one
try tells most of it.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from math import log
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MOST_TRIES: Final = 3
TOO_LITTLE: Final = 0.7
TOO_MUCH: Final = 0.9
"""Points below and above the score that was asked for, within which nobody looks further."""
LEAST: Final = -1.0
"""What is no further below comes before all that is further above."""
QUALITIES: Final = (5, 99)
"""What is tried: 100 is another way of encoding in some formats."""
FEWEST: Final = 1
"""Of the fewest bytes: what is tried last where even the least of these is too large."""
NO_LOSS: Final = 100.0
FULL: Final = 0.9
"""Of the bytes that there may be: who uses so much looks no further."""
_AIM: Final = 0.95
_GROWTH: Final = 0.03
"""How the logarithm of most pictures' bytes grows with a point of their score."""
_SLOPES: Final = (0.5, 2.0)
"""How much of what most pictures gain by quality one gains; what lies beyond is noise."""

_MEDIANS: Final[Mapping[str, tuple[tuple[float, float], ...]]] = {
    "jpeg": (
        *((5, -45), (8, -20), (12, 5), (15, 17.9), (18, 27.1), (24, 41.0), (30, 48.7)),
        *((33, 53.0), (39, 58.4), (69, 73.7), (75, 77.4), (81, 80.3), (87, 84.3), (96, 91.2)),
        (99, 95),
    ),
    "webp": (
        *((0, 5), (3, 20), (8, 30.0), (11, 35.1), (14, 39.4), (17, 42.9), (23, 48.3)),
        *((32, 54.3), (44, 61.0), (74, 71.7), (80, 75.9), (95, 88.7), (97, 90), (99, 95)),
    ),
    "avif": (
        *((0, -45), (1, -20), (11, 5), (20, 23.0), (26, 31.3), (30, 37.6), (34, 43.5)),
        *((35, 46.7), (39, 51.9), (40, 54.0), (42, 56.3), (44, 57.9), (45, 61.3), (49, 65.2)),
        *((50, 67.1), (54, 69.9), (56, 72.8), (58, 73.7), (60, 75.8), (63, 77.5), (64, 78.1)),
        *((66, 78.6), (67, 80.2), (68, 81.0), (74, 83.0), (76, 84.2), (79, 85.4), (84, 87.8)),
        *((91, 90.2), (92, 90.7), (99, 95)),
    ),
    "jxl": (
        *((0, -20), (3, 5), (11, 20), (16, 30), (22, 40), (28, 50), (45, 60), (56, 65)),
        *((64, 70), (74, 75), (82, 80), (88, 85), (93, 90), (99, 95)),
    ),
}
"""The score that half of all pictures have with each of these qualities: of photos of 0.1 to 0.4
megapixels with colour at half the resolution, and at the efforts that are usual here. Fitted by
benchmarks/fit_quality.py; below what that tries, by eye."""
_OF_ITSELF: Final = (
    *((-16, 1.0), (-12, 0.92), (-8, 0.85), (-6, 0.79), (-4, 0.72), (-2, 0.62)),
    *((0, 0.57), (8, 0.55)),
)
"""A JPEG that is encoded once more at its own size loses less, as its own quantisation left fewer
levels: how many times as far from 100 it is, by the quality above its own. Medians of 38 photos."""
_STEPS: Final[Mapping[str, tuple[int, ...]]] = {
    "avif": (
        *(0, 1, 3, *range(6, 35, 2)),
        *(35, 37, 39, 40, 42, 44, 45, 47, 49, 50, 52, 54, 55, 56, 58, 59, 60, 62, 63, 64, 66, 67),
        *(68, 70, 71, 72, 74, 75, 76, 78, 79, 80, 82, 83, 84, 86, 87, 88, 90, 91, 92, 94, 95, 96),
        *(98, 99, 100),
    )
}
"""The qualities from which on an encoder makes another file, where those are not all."""


class Tried(NamedTuple):
    """A quality, and the score that a picture has with it."""

    quality: int
    score: float


class Curve(NamedTuple):
    """How the score of half of all pictures follows the quality, rising."""

    qualities: NDArray[np.int64]
    """Those that make other files."""
    scores: NDArray[np.float64]

    def quality(self, score: float) -> int:
        """Return the quality at which half of all pictures come nearest to that score."""
        return int(self.qualities[np.abs(self.scores - score).argmin()])

    def score(self, quality: float) -> float:
        """Return the score that half of all pictures have with that quality."""
        return float(np.interp(quality, self.qualities, self.scores))


@cache
def usual(format_: str, own: int | None = None) -> Curve:
    """Return the curve of a format; `own` is the quality of a JPEG that meets itself.

    >>> usual("jpeg").quality(75), usual("avif").quality(75), usual("jpeg", own=75).quality(75)
    (71, 59, 65)
    """
    least, most = QUALITIES
    tried = np.array([q for q in range(least, most + 1) if as_set(format_, q) == q])
    scores = _between(_MEDIANS[format_], tried)
    if own is not None:
        scores = NO_LOSS - (NO_LOSS - scores) * _between(_OF_ITSELF, tried - own)
    return Curve(tried, np.maximum.accumulate(scores))


def _between(points: Sequence[tuple[float, float]], places: NDArray[Any]) -> NDArray[np.float64]:
    """Return what straight lines between points give at these places."""
    across, up = np.array(points, np.float64).T
    found: NDArray[np.float64] = np.interp(places, across, up)
    return found


def usual_quality(format_: str, score: float) -> int:
    """Return the quality at which half of all pictures have that score."""
    return usual(format_).quality(score)


def usual_score(format_: str, quality: int) -> float:
    """Return the score that half of all pictures have with that quality."""
    return usual(format_).score(quality)


def hardness(format_: str, tried: Tried) -> float:
    """Return how many times as far from 100 a picture is as most are with that quality."""
    return _hardness(usual(format_), tried)


def _hardness(curve: Curve, tried: Tried) -> float:
    times = (NO_LOSS - tried.score) / (NO_LOSS - curve.score(tried.quality))
    return min(max(times, _SLOPES[0]), _SLOPES[1])


def next_quality(
    format_: str,
    score: float,
    tried: Sequence[Tried],
    expected: float = 1.0,
    *,
    own: int | None = None,
) -> int | None:
    """Return what to try next to reach a score; None where there is nothing better to try.

    `expected` is the hardness that other sizes, formats or scores of the picture have taught, and
    `own` the quality of a JPEG that is encoded once more at its own size.
    """
    curve = usual(format_, own)
    if not tried:
        return curve.quality(NO_LOSS - (NO_LOSS - score) / expected)
    if len(tried) >= MOST_TRIES or any(is_enough(each, score) for each in tried):
        return None
    near = min(tried, key=lambda each: abs(each.score - score))
    step = (score - near.score) / _slope(curve, near, tried)
    guess = curve.quality(curve.score(near.quality) + step)
    return _untried(format_, guess, tried, 1 if step > 0 else -1)


def is_enough(tried: Tried, score: float) -> bool:
    """Return whether that is so near to a score that nobody looks further."""
    return -TOO_LITTLE <= tried.score - score <= TOO_MUCH


def best_of(tried: Sequence[Tried], score: float) -> Tried:
    """Return what comes nearest to a score and hardly misses it; else what misses it least."""
    reached = [each for each in tried if each.score - score >= LEAST]
    if not reached:
        return max(tried, key=lambda each: each.score)
    return min(reached, key=lambda each: abs(each.score - score))


class Weighed(NamedTuple):
    """A quality, and the bytes that a picture has with it."""

    quality: int
    bytes: int


def next_smaller(format_: str, most: int, weighed: Sequence[Weighed]) -> int | None:
    """Return what to try next to have at most so many bytes; None where nothing is better.

    The first of `weighed` is too large. Where no try was small enough, the smallest file that there
    is comes last.
    """
    tries, fits = len(weighed) - 1, [each for each in weighed if each.bytes <= most]
    if any(each.bytes >= most * FULL for each in fits) or tries >= MOST_TRIES:
        least = min(each.quality for each in weighed)
        return None if fits or least <= FEWEST else FEWEST
    near = min(weighed, key=lambda each: abs(log(each.bytes / most)))
    aim = _AIM if fits else _AIM ** (tries + 1)  # what missed twice is aimed at with more room
    step = log(most * aim / near.bytes) / _growth(format_, near, weighed)
    guess = usual_quality(format_, usual_score(format_, near.quality) + step)
    return _untried(format_, guess, [Tried(w.quality, 0) for w in weighed], 1 if step > 0 else -1)


def largest_within(most: int, weighed: Sequence[Weighed]) -> Weighed:
    """Return the best quality of at most so many bytes; else the fewest bytes."""
    fits = [each for each in weighed if each.bytes <= most]
    return max(fits) if fits else min(weighed, key=lambda each: each.bytes)


def _growth(format_: str, near: Weighed, weighed: Sequence[Weighed]) -> float:
    """Return how the logarithm of bytes grows where the score of most pictures grows by one."""
    at = usual_score(format_, near.quality)
    others = [each for each in weighed if usual_score(format_, each.quality) != at]
    if not others:
        return _GROWTH
    other = min(others, key=lambda each: abs(each.quality - near.quality))
    grown = log(other.bytes / near.bytes) / (usual_score(format_, other.quality) - at)
    return min(max(grown, _GROWTH / 3), _GROWTH * 3)


def _slope(curve: Curve, near: Tried, tried: Sequence[Tried]) -> float:
    """Return how the score grows where that of half of all pictures grows by one."""
    at = curve.score(near.quality)
    others = [each for each in tried if curve.score(each.quality) != at]
    if not others:
        return _hardness(curve, near)
    other = min(others, key=lambda each: abs(each.quality - near.quality))
    slope = (other.score - near.score) / (curve.score(other.quality) - at)
    return min(max(slope, _SLOPES[0]), _SLOPES[1])


def _untried(format_: str, guess: int, tried: Sequence[Tried], step: int) -> int | None:
    """Return the first quality from a guess on that would make another file."""
    known = {as_set(format_, each.quality) for each in tried}
    while as_set(format_, guess) in known:
        guess += step
    return guess if QUALITIES[0] <= guess <= QUALITIES[1] else None


def as_set(format_: str, quality: int) -> int:
    """Return the lowest quality with which an encoder makes the same file."""
    steps = _STEPS.get(format_)
    return steps[bisect_right(steps, quality) - 1] if steps else quality
