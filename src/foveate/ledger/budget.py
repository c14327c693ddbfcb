"""What may be spent in a day and in a month, and how much of it is: arithmetic on dates (UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.settings import Costs

SPENT: Final = 1.0
"""The level at which nothing is left."""


class Period(NamedTuple):
    """A day or a month, and what may be spent in it."""

    kind: str
    name: str
    """As in ISO 8601."""
    since: float
    until: float
    """Seconds since 1970."""
    budget: float


def periods(costs: Costs, now: float) -> Iterator[Period]:
    """Yield the periods that it is now for which there is a budget.

    >>> from foveate.settings import Costs
    >>> [(p.name, p.budget) for p in periods(Costs(budget_day=5, budget_month=100), 1_800_000_000)]
    [('2027-01-15', 5), ('2027-01', 100)]
    """
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    rows = (
        ("day", f"{today:%Y-%m-%d}", today, today + timedelta(days=1), costs.budget_day),
        ("month", f"{today:%Y-%m}", first, after, costs.budget_month),
    )
    for kind, name, since, until, budget in rows:
        if budget:
            yield Period(kind, name, since.timestamp(), until.timestamp(), budget)


def levels(spent: float, budget: float, warn_at: float) -> list[float]:
    """Return which levels are reached, as parts of the budget.

    >>> levels(85, 100, 0.8), levels(120, 100, 0.8), levels(10, 100, 0.8)
    ([0.8], [0.8, 1.0], [])
    """
    return [level for level in sorted({warn_at, SPENT}) if spent >= level * budget]
