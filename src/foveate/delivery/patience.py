"""How long work waits for its turn, and whose fault it is when its time is over."""

from __future__ import annotations

from typing import Final

BEGUN_WITHIN: Final = 3 / 4
"""Part of its time after which nothing is begun that waits for its turn: too little is left."""
MOSTLY: Final = 1 / 2
"""Part of its time that it may have waited for where it took too long by itself."""


def begun_by(until: float, timeout_s: float) -> float:
    """Return until when something may wait for its turn whose time is over at `until`.

    >>> begun_by(120.0, 20.0)
    115.0
    """
    return until - timeout_s * (1 - BEGUN_WITHIN)


def kept_waiting(waited_s: float, timeout_s: float) -> bool:
    """Return whether what was not done in its time waited for the most of it.

    >>> kept_waiting(12.0, 20.0), kept_waiting(3.0, 20.0)
    (True, False)
    """
    return waited_s > timeout_s * MOSTLY
