"""How long to wait before what failed is tried again."""

from __future__ import annotations

from typing import Final

MOST_DOUBLINGS: Final = 30
"""More are beyond any wait, and at some thousand no number any more."""


def wait_s(tries: int, first_s: float, most_s: float) -> float:
    """Return how long to wait after so many tries: each time twice as long as before.

    >>> wait_s(0, 5.0, 3600.0), wait_s(3, 5.0, 3600.0), wait_s(5000, 5.0, 3600.0)
    (5.0, 40.0, 3600.0)
    """
    return min(most_s, first_s * 2.0 ** min(tries, MOST_DOUBLINGS))
