"""Which machines would carry a load that was measured, and what they cost: arithmetic."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.ledger.books import (
    BY_MINUTE_DAYS,
    DAY_MINUTES,
    HOUR_MINUTES,
    MINUTE_S,
    minute_of,
)
from foveate.ledger.report import report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.ledger.books import Books
    from foveate.settings import Costs

MONTH_HOURS: Final = 730
MOST_BUSY: Final = 0.7
"""Which part of a core may be busy in a minute, so that what comes in bursts need not wait."""
EVEN: Final = 1.05
"""So much more than its share of flushes may be in one step, at most."""
RARE: Final = 0.01
"""So many of the busiest minutes may be busier: requests wait a little then."""


class Machine(NamedTuple):
    """Something that can be rented, and what an hour of it costs in USD."""

    name: str
    cores: int
    on_demand: float
    reserved: float
    """For a year, nothing upfront."""
    spot: float
    """What may be taken away at any time; prices of these move."""


SOURCE: Final = (
    "AWS us-east-1: on demand and spot from the example in its guide to Auto Scaling (2026-11), "
    "reserved of 2025"
)
MACHINES: Final = (
    Machine("c5.large", 2, 0.085, 0.054, 0.045),
    Machine("c5.xlarge", 4, 0.17, 0.107, 0.09),
    Machine("c5.2xlarge", 8, 0.34, 0.214, 0.18),
    Machine("c5.4xlarge", 16, 0.68, 0.428, 0.34),
)
KINDS: Final = ("on_demand", "reserved", "spot")


class Fleet(NamedTuple):
    """So many of one machine, and what they cost in a month."""

    machine: Machine
    many: int
    monthly: dict[str, float]


class Sizing(NamedTuple):
    """What a load needs."""

    days: int
    mean_cores: float
    peak_cores: float
    """Busy in all minutes but the busiest hundredth."""
    needed_cores: float
    """So that they are busy to no more than `MOST_BUSY`."""
    fleets: list[Fleet]
    classes: list[dict[str, Any]]
    """What each kind of request took, the dearest first."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        fleets = [
            {"machine": fleet.machine.name, "cores": fleet.machine.cores, "count": fleet.many}
            | {"usd_month": {kind: round(paid, 2) for kind, paid in fleet.monthly.items()}}
            for fleet in self.fleets
        ]
        cores = {
            "mean_cores": round(self.mean_cores, 4),
            "peak_cores": round(self.peak_cores, 4),
            "needed_cores": round(self.needed_cores, 4),
        }
        return {"days": self.days, **cores, "machines": fleets, "source": SOURCE} | {
            "classes": self.classes
        }


def sized(books: Books, prices: Costs, *, now: float, days: int = 1) -> Sizing:
    """Return what the load of so many days would need. Blocks. Raises LedgerUnusable, BadOption.

    A core is one of the machine that measured it.
    """
    kinds = report(books, prices, now=now, days=days, by=("route", "class"))
    since, until = minute_of(kinds.since), minute_of(kinds.until)
    written = books.sums(since, until, ("minute",)) if books.exists else []
    busy = busy_cores(
        [(int(minute), amounts.cpu_s) for (minute,), amounts in written],
        by_hour_before=minute_of(now) - BY_MINUTE_DAYS * DAY_MINUTES,
        step=even_step(prices.flush_s),
    )
    peak = peak_of(busy)
    return Sizing(
        days=days,
        mean_cores=sum(busy) / (until - since),
        peak_cores=peak,
        needed_cores=peak / MOST_BUSY,
        fleets=fleets(peak / MOST_BUSY),
        classes=[
            {
                **line.labels,
                "requests": line.amounts.requests,
                "cpu_ms_each": round(1000 * line.amounts.cpu_s / line.amounts.requests, 3),
                "cost_of_1000": round(1000 * line.cost.total / line.amounts.requests, 6),
            }
            for line in kinds.lines
            if line.amounts.requests
        ],
    )


def even_step(flush_s: float) -> int:
    """Return how many minutes have about as many flushes as the next so many.

    A flush of 59 s is two in a minute now and then: a steady load would be twice itself in it.

    >>> [even_step(flush_s) for flush_s in (10, 45, 59, 60, 600)]
    [1, 3, 15, 1, 10]
    """

    def uneven(minutes: int) -> float:
        span_s = minutes * MINUTE_S
        return math.ceil(span_s / flush_s) * flush_s / span_s

    steps = range(1, HOUR_MINUTES + 1)
    return next((step for step in steps if uneven(step) <= EVEN), HOUR_MINUTES)


def busy_cores(
    written: Iterable[tuple[int, float]], *, by_hour_before: int, step: int
) -> list[float]:
    """Return how many cores were busy in each minute in which anything was done.

    `written` are minutes, and what processor time in seconds was written then: of all since the
    last flush, and in older books of an hour. That is spread over `step` minutes, or that hour.

    >>> written = [(0, 1800.0), (130, 30.0), (131, 60.0)]
    >>> busy_cores(written, by_hour_before=120, step=1)[-3:]
    [0.5, 0.5, 1.0]
    """
    steps: dict[tuple[int, int], float] = defaultdict(float)
    for minute, cpu_s in written:
        long = HOUR_MINUTES if minute < by_hour_before else step
        steps[long, minute // long] += cpu_s
    return [cpu_s / (long * MINUTE_S) for (long, _), cpu_s in steps.items() for _ in range(long)]


def peak_of(busy: Sequence[float]) -> float:
    """Return how busy it was, but for a hundredth of the minutes in which anything was done.

    >>> peak_of([1.0] * 99 + [50.0]), peak_of([0.5]), peak_of([])
    (1.0, 0.5, 0.0)
    """
    return sorted(busy)[math.ceil(len(busy) * (1 - RARE)) - 1] if busy else 0.0


def fleets(cores: float, machines: Iterable[Machine] = MACHINES) -> list[Fleet]:
    """Return for each machine how many have so many cores, the cheapest on demand first.

    >>> [(fleet.machine.name, fleet.many) for fleet in fleets(5)][:2]
    [('c5.large', 3), ('c5.xlarge', 2)]
    """
    found = []
    for machine in machines:
        many = max(1, math.ceil(cores / machine.cores))
        monthly = {kind: many * getattr(machine, kind) * MONTH_HOURS for kind in KINDS}
        found.append(Fleet(machine, many, monthly))
    return sorted(found, key=lambda fleet: fleet.monthly["on_demand"])
