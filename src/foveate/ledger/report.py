"""What was spent on what: sums of the books at today's prices, as every door tells them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.errors import BadOption
from foveate.ledger.amounts import Amounts, Cost, cost, summed
from foveate.ledger.books import BY, DAY_MINUTES, MINUTE_S, minute_of
from foveate.settings.costs import MOST_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.ledger.books import Books
    from foveate.settings import Costs

TIMES: Final = frozenset({"minute", "hour", "day"})
USUAL_DAYS: Final = 30
MOST_ROWS: Final = 20_000
"""Of a report: a week by the minute is half of that, and each takes 2.5 kB while it is told."""
USUAL_BY: Final = ("route", "class")
LITTLE: Final = 0.01
"""Of all costs."""
A_FEW: Final = 2
OTHER: Final = "other"
PLACES: Final = 8
"""Of money: a hit costs some billionths."""


class Line(NamedTuple):
    """One sum, and what it is of."""

    labels: dict[str, str]
    amounts: Amounts
    cost: Cost

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        sums = self.amounts
        return {
            **self.labels,
            "requests": sums.requests,
            "hits": sums.hits,
            "hit_rate": round(sums.hits / max(1, sums.requests), 4),
            "cpu_ms": round(sums.cpu_s * 1000, 3),
            "gpu_ms": round(sums.gpu_s * 1000, 3),
            "bytes_in": sums.bytes_in,
            "bytes_out": sums.bytes_out,
            "bytes_stored": sums.bytes_stored,
            "bytes_saved": sums.bytes_saved,
            "tokens_in": sums.tokens_in,
            "tokens_out": sums.tokens_out,
            "cost": {name: round(paid, PLACES) for name, paid in self.cost._asdict().items()}
            | {"total": round(self.cost.total, PLACES)},
        }


def largest(lines: Sequence[Line]) -> list[Line]:
    """Return the lines that say something, and one of what is no rendition and costs next to none.

    Such are refusals, pages and probes.
    """
    little = LITTLE * sum(line.cost.total for line in lines)
    small = [line for line in lines if line.labels["class"] == "" and line.cost.total < little]
    if len(small) < A_FEW:
        return list(lines)
    together = summed(line.amounts for line in small)
    costs = Cost(*map(sum, zip(*(line.cost for line in small), strict=True)))
    labels = dict.fromkeys(small[0].labels, "") | {"route": OTHER}
    return [line for line in lines if line not in small] + [Line(labels, together, costs)]


class Report(NamedTuple):
    """The lines of some days, the dearest first, or in the order of time."""

    since: float
    until: float
    """Seconds since 1970."""
    by: tuple[str, ...]
    currency: str
    lines: list[Line]
    total: Line

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "since": _time(self.since),
            "until": _time(self.until),
            "currency": self.currency,
            "by": list(self.by),
            "rows": [line.to_json() for line in self.lines],
            "total": self.total.to_json(),
        }


def report(
    books: Books, prices: Costs, *, now: float, days: int = USUAL_DAYS, by: Sequence[str] = USUAL_BY
) -> Report:
    """Return what was spent in so many days until now, for each of the words in `by`. Blocks.

    Raises BadOption, LedgerUnusable.
    """
    by = checked(by)
    if not 0 < days <= MOST_DAYS:
        raise BadOption(f"Expected days from 1 to {MOST_DAYS}, got {days}.")
    until = minute_of(now) + 1
    since = until - days * DAY_MINUTES
    rows = books.sums(since, until, by, most=MOST_ROWS + 1) if books.exists else []
    if len(rows) > MOST_ROWS:
        asked = f"{days} days by {', '.join(by)}"
        raise BadOption(f"Expected fewer days or words in by: {asked} are over {MOST_ROWS} rows.")
    lines = [Line(_named(by, values), sums, cost(sums, prices)) for values, sums in rows]
    if not TIMES.intersection(by):
        lines.sort(key=lambda line: -line.cost.total)
    total = summed(line.amounts for line in lines)
    whole = Line({}, total, cost(total, prices))
    return Report(since * MINUTE_S, until * MINUTE_S, by, prices.currency, lines, whole)


def checked(by: Sequence[str]) -> tuple[str, ...]:
    """Return the words, each once. Raises BadOption for one that sums cannot be by."""
    for word in by:
        if word not in BY:
            raise BadOption(f"Expected by {', '.join(BY)}, got {word[:40]!r}.")
    return tuple(dict.fromkeys(by))


def _named(by: Sequence[str], values: Sequence[str | int]) -> dict[str, str]:
    return dict(_labels(zip(by, values, strict=True)))


def _labels(pairs: zip[tuple[str, str | int]]) -> Iterator[tuple[str, str]]:
    for word, value in pairs:
        yield word, _time(value * MINUTE_S) if isinstance(value, int) else value


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%MZ")
