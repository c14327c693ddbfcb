"""How likely two faces are of one person, by the cosine of their embeddings."""

from __future__ import annotations

from math import exp, log10
from typing import Final

SLOPE: Final = 21.7
OFFSET: Final = -6.08
"""A logistic curve fitted on 600 pairs of LFW, half of them the same person; `python
benchmarks/people.py --fit` fits it anew."""

POSSIBLY: Final = 0.28
"""Where both are as likely."""
SAME: Final = 0.35
"""97 % of pairs of one person reach it and, among a million gray pairs, 1 in 1,000 of strangers."""

STRANGERS_AT_0: Final = 1.85
STRANGERS_SLOPE: Final = 14.2
"""Of pairs of strangers, one in 10 ** (slope * cosine - offset) is as near as that, or nearer: from
324,000 gray pairs of LFW, at cosines from 0.3 to 0.5. Further out they fall faster than this."""

NEVER: Final = 1e-15
"""A share of strangers that stands for none."""


def probability(cosine: float) -> float:
    """Return how likely it is one person, 0..1, if both were as likely before looking.

    >>> probability(0.0) < 0.01 and probability(0.7) > 0.99
    True
    """
    return 1 / (1 + exp(-(SLOPE * cosine + OFFSET)))


def verdict(cosine: float) -> str:
    """Return `same`, `possibly` or `different`."""
    if cosine >= SAME:
        return "same"
    return "possibly" if cosine >= POSSIBLY else "different"


def confidence(cosine: float, among: int) -> float:
    """Return how likely it is, 0..1, that none of so many strangers would be found as near.

    That is what a search needs: among more faces, a stranger's comes nearer by chance.

    >>> confidence(0.45, 1) > 0.999, confidence(0.45, 100_000) < 0.1
    (True, True)
    """
    return (1 - _as_near(cosine)) ** max(1, among)


def threshold(least: float, among: int) -> float:
    """Return the cosine from which on `confidence` is at least that, at most 1.

    >>> round(threshold(0.99, 100), 2), round(threshold(0.99, 100_000), 2)
    (0.41, 0.62)
    """
    share = max(NEVER, 1 - least ** (1 / max(1, among)))
    return min(1.0, (STRANGERS_AT_0 - log10(share)) / STRANGERS_SLOPE)


def _as_near(cosine: float) -> float:
    """Return the share of strangers that are as near as that."""
    return min(1.0, 10 ** (STRANGERS_AT_0 - STRANGERS_SLOPE * cosine))
