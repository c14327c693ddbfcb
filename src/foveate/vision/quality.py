"""How well a face can be recognised, from its pixels: measured, not guessed by a network."""

from __future__ import annotations

from math import cos, log, radians
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.values import FaceQuality
from foveate.vision.align import SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.values import HeadPose

LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)
BLURRED: Final = 0.03
"""Fine detail, as a share of contrast, of a face that nobody can recognise."""
SHARP: Final = 0.2
"""The same of one in which a finer lens would not help: 95 % of LFW's faces are above."""
ROUNDING: Final = 20 / 12 * float(np.square(LUMA).sum())
"""What rounding to whole levels, variance 1/12 in each colour, adds to the fine detail below, whose
weights have squares that sum to 20. A wide blur leaves so little contrast that it would seem sharp
by that alone."""
SMALL: Final = 0.08
LARGE: Final = 0.5
"""Pixels of the picture that one of the crop covers: 3 and 18 pixels from eye to eye. Larger
faces are not recognised better."""
BLACK: Final = 5.0
LIT: Final = 40.0
BRIGHT: Final = 200.0
WHITE: Final = 250.0
"""Mean luma, 0..255. Dark skin in good light is above `LIT`: being dark is not being badly lit."""
_ROWS, _COLUMNS = np.ogrid[:SIDE, :SIDE]
OVAL: Final = ((_COLUMNS - 56) / 40) ** 2 + ((_ROWS - 62) / 50) ** 2 < 1
"""Where the face is in an aligned crop: neither hair nor background count."""


def _between(value: float, low: float, high: float) -> float:
    """Return how far it is from `low` to `high`: 0..1."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def sharpness(luma: NDArray[np.float32]) -> float:
    """Return 0..1: how much of the contrast of a (112, 112) aligned face is in fine detail.

    A face that was enlarged has less of it, like one that is blurred.
    """
    middle = luma[1:-1, 1:-1]
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    detail = float(np.square(around - 4 * middle)[OVAL[1:-1, 1:-1]].mean())
    contrast = float(luma[OVAL].var()) + 1.0  # of 255 levels: an even face is not sharp
    share = max((max(0.0, detail - ROUNDING) / contrast) ** 0.5, 1e-6)
    return _between(log(share), log(BLURRED), log(SHARP))


def exposure(luma: NDArray[np.float32]) -> float:
    """Return 0..1: whether a (112, 112) aligned face is lit, and neither crushed nor blown out."""
    face = luma[OVAL]
    mean = float(face.mean())
    kept = float(((face > BLACK) & (face < WHITE)).mean())
    return min(kept, _between(mean, BLACK, LIT), _between(-mean, -WHITE, -BRIGHT))


def frontal(pose: HeadPose) -> float:
    """Return 0..1: how much of a face is seen when it is turned so. Leaning does not matter."""
    return max(0.0, cos(radians(pose.yaw))) * max(0.0, cos(radians(pose.pitch)))


def quality(crop: NDArray[np.uint8], scale: float, pose: HeadPose) -> FaceQuality:
    """Return the quality of a face from its (112, 112, 3) aligned crop.

    `scale` is how many pixels of the picture one of the crop covers: below 1 it was enlarged.
    """
    luma = crop @ LUMA
    sharp, lit = sharpness(luma), exposure(luma)
    large = _between(log(max(scale, SMALL)), log(SMALL), log(LARGE))
    score = sharp * lit * large * frontal(pose)
    return FaceQuality(score=score, sharpness=sharp, exposure=lit, size=large)
