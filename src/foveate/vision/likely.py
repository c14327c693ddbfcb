"""Where to draw the line between what is meant and what is not: where most of it will be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LEAST: Final = 1 / 3
"""Probability below which nothing is shown, as little as there may be."""
SUREST: Final = 1e-3
"""A probability this near to 0 or 1 is."""
MOST_LOG_ODDS: Final = 30.0
"""Beyond these single precision has nothing to add."""


def probability(log_odds: Floats) -> Floats:
    """Return log odds as probabilities."""
    share: Floats = np.reciprocal(1 + np.exp(-log_odds.clip(-MOST_LOG_ODDS, MOST_LOG_ODDS)))
    return share


def odds(shares: Floats) -> Floats:
    """Return probabilities as log odds; they are never surer than one in a thousand."""
    unsure = shares.clip(SUREST, 1 - SUREST)
    logs: Floats = np.log(unsure / (1 - unsure))
    return logs


def levelled(log_odds: Floats) -> Floats:
    """Return log odds, shifted so that what is above 0 overlaps most with what can be expected.

    The best threshold is half of the best Dice (Lipton, Elkan and Naryanaswamy, "Optimal
    thresholding of classifiers to maximize F1 measure", 2014). Where a head is sure, nothing
    changes; where it is not, it leaves out less.
    """
    shares = np.sort(probability(log_odds), axis=None)[::-1].cumsum(dtype=np.float64)
    dice = 2 * shares / (np.arange(1, len(shares) + 1) + shares[-1])
    threshold = max(LEAST, float(dice.max()) / 2)
    return log_odds - np.float32(np.log(threshold / (1 - threshold)))
