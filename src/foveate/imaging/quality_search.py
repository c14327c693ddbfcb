"""Which quality to try next, so that a picture has a score: arithmetic on what was tried before.

Encoders differ in what a number means, and pictures in how well they compress. How the score of
most pictures follows the quality is a table. How many times as far from 100 one picture is as most
are is nearly the same at all its qualities, and much the same in other sizes and formats: so one
try tells most of it.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_TRIES: Final = 3
TOO_LITTLE: Final = 0.7
TOO_MUCH: Final = 0.9
"""Points below and above the score that was asked for, within which nobody looks further."""
LEAST: Final = -1.0
"""What is no further below comes before all that is further above."""
QUALITIES: Final = (5, 99)
"""What is tried: 100 is another way of encoding in some formats."""
NO_LOSS: Final = 100.0
FULL: Final = 0.9
"""Of the bytes that there may be: who uses so much looks no further."""
_AIM: Final = 0.95
_GROWTH: Final = 0.03
"""How the logarithm of most pictures' bytes grows with a point of their score."""
_SLOPES: Final = (0.5, 2.0)
"""How much of what most pictures gain by quality one gains; what lies beyond is noise."""

_SCORES: Final = (-45, -20, 5, 20, 30, 40, 50, 60, 65, 70, 75, 80, 85, 90, 95)
_MEDIANS: Final[Mapping[str, tuple[int, ...]]] = {
    "jpeg": (5, 8, 12, 16, 19, 24, 31, 43, 51, 60, 71, 80, 89, 95, 99),
    "webp": (0, 0, 0, 3, 6, 12, 25, 42, 55, 70, 79, 85, 91, 97, 99),
    "avif": (0, 1, 11, 18, 25, 31, 38, 45, 49, 54, 61, 68, 79, 91, 99),
    "jxl": (0, 0, 3, 11, 16, 22, 28, 45, 56, 64, 74, 82, 88, 93, 99),
}
"""The quality at which half of all pictures have each of these scores: of photos of 0.1 to 0.4
megapixels with colour at half the resolution, and at the efforts that are usual here. No WebP looks
as bad as the first."""
_SETTINGS: Final[Mapping[str, int]] = {"avif": 63}
"""How many steps an encoder has from 0 to 100, where those are fewer."""


class Tried(NamedTuple):
    """A quality, and the score that a picture has with it."""

    quality: int
    score: float


def usual_quality(format_: str, score: float) -> int:
    """Return the quality at which half of all pictures have that score.

    >>> usual_quality("jpeg", 75), usual_quality("avif", 75)
    (71, 61)
    """
    least, most = QUALITIES
    return min(max(round(np.interp(score, _SCORES, _MEDIANS[format_])), least), most)


def usual_score(format_: str, quality: int) -> float:
    """Return the score that half of all pictures have with that quality."""
    return float(np.interp(quality, _MEDIANS[format_], _SCORES))


def hardness(format_: str, tried: Tried) -> float:
    """Return how many times as far from 100 a picture is as most are with that quality."""
    times = (NO_LOSS - tried.score) / (NO_LOSS - usual_score(format_, tried.quality))
    return min(max(times, _SLOPES[0]), _SLOPES[1])


def next_quality(
    format_: str, score: float, tried: Sequence[Tried], expected: float = 1.0
) -> int | None:
    """Return what to try next to reach a score; None where there is nothing better to try.

    `expected` is the hardness that other sizes, formats or scores of the picture have taught.
    """
    if not tried:
        return usual_quality(format_, NO_LOSS - (NO_LOSS - score) / expected)
    if len(tried) >= MOST_TRIES or any(is_enough(each, score) for each in tried):
        return None
    near = min(tried, key=lambda each: abs(each.score - score))
    step = (score - near.score) / _slope(format_, near, tried)
    guess = usual_quality(format_, usual_score(format_, near.quality) + step)
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
        return None if fits or least <= QUALITIES[0] else QUALITIES[0]
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


def _slope(format_: str, near: Tried, tried: Sequence[Tried]) -> float:
    """Return how the score grows where that of half of all pictures grows by one."""
    at = usual_score(format_, near.quality)
    others = [each for each in tried if usual_score(format_, each.quality) != at]
    if not others:
        return hardness(format_, near)
    other = min(others, key=lambda each: abs(each.quality - near.quality))
    slope = (other.score - near.score) / (usual_score(format_, other.quality) - at)
    return min(max(slope, _SLOPES[0]), _SLOPES[1])


def _untried(format_: str, guess: int, tried: Sequence[Tried], step: int) -> int | None:
    """Return the first quality from a guess on that would make another file."""
    known = {_setting(format_, each.quality) for each in tried}
    while _setting(format_, guess) in known:
        guess += step
    return guess if QUALITIES[0] <= guess <= QUALITIES[1] else None


def _setting(format_: str, quality: int) -> int:
    """Return what an encoder makes of a quality."""
    steps = _SETTINGS.get(format_, 100)
    return ((100 - quality) * steps + 50) // 100
