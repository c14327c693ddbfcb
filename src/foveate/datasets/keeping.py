"""Which datasets go: those that nobody asked for in a long time, and those for want of room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.datasets.dataset import Dataset

DAY_S: Final = 24 * 3600
SPARED_S: Final = 2 * 3600.0
"""What was asked for or fetched since then is in use: that is noted to the hour."""


def doomed(
    datasets: Sequence[Dataset], now: float, keep_days: float, budget_bytes: int
) -> list[Dataset]:
    """Return those that go, of all that have ended; 0 is no limit of either kind.

    Those that were asked for the longest ago go first, and those that are pinned never do, nor for
    want of room those that are in use.
    """
    free = sorted((each for each in datasets if not each.pinned), key=lambda each: each.used)
    oldest = now - keep_days * DAY_S if keep_days else 0.0
    going = [each for each in free if each.used < oldest]
    over = sum(each.bytes for each in datasets) - sum(each.bytes for each in going)
    for each in (each for each in free[len(going) :] if each.bytes):
        if not budget_bytes or over <= budget_bytes or each.used >= now - SPARED_S:
            break
        going.append(each)
        over -= each.bytes
    return going
