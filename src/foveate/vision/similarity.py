"""How likely two faces are of one person, by the cosine of their embeddings."""

from __future__ import annotations

from math import exp
from typing import Final

SLOPE: Final = 21.7
OFFSET: Final = -6.08
"""A logistic curve fitted on 600 pairs of LFW, half of them the same person; `python
benchmarks/people.py --fit` fits it anew."""

POSSIBLY: Final = 0.28
"""Where both are as likely."""
SAME: Final = 0.35
"""97 % of pairs of one person reach it and, among a million gray pairs, 1 in 1,000 of strangers."""
STRICT: Final = 0.45
"""95 % of pairs of one person, and fewer than 1 in 10,000 of strangers."""


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
