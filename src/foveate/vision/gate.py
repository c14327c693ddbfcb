"""Whether a face is good enough to be found again by."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foveate.vision.quality import frontal

if TYPE_CHECKING:
    from foveate.values import Attributes

LEAST: Final = 0.3
"""Of faces of LFW that were spoilt in a dozen ways, those below were recognised on another photo
in 3 cases of 10, those up to 0.4 in 8, those above 0.7 in 19 of 20: see `benchmarks/people.py`. LFW
has nobody who is turned by more than 40 degrees."""
SURE: Final = 0.9
"""Score of the detector from which on a face is one by which somebody can be found. On 807 photos
of LFW the lowest is 0.99; of faces that a blur of 12 pixels leaves to be seen, four in five are
below."""


class Flaw(StrEnum):
    """What spoils a face, in a word."""

    UNSURE = "unsure"
    """The detector is not sure that it is one."""
    SMALL = "small"
    BLURRED = "blurred"
    TURNED = "turned"
    DARK = "dark"
    """Whatever light does."""


def refusal(read: Attributes, least: float = LEAST, *, score: float = 1.0) -> Flaw | None:
    """Return what spoils a face most that is not good enough, and None for others.

    `score` is the detector's. With `least` 0 every face is good enough.
    """
    quality = read.quality
    if least > 0 and score < SURE:
        return Flaw.UNSURE
    if quality.score >= least:
        return None
    spoilt = {
        Flaw.SMALL: quality.size,
        Flaw.BLURRED: quality.sharpness,
        Flaw.TURNED: frontal(read.pose),
        Flaw.DARK: quality.exposure,
    }
    return min(spoilt, key=spoilt.__getitem__)
