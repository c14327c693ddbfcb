"""Who keeps the books: writes what was charged, looks at budgets, and tells of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.errors import LedgerUnusable
from foveate.ledger.amounts import Amounts, cost
from foveate.ledger.books import HOUR_MINUTES, minute_of
from foveate.ledger.budget import SPENT, Period, levels, periods

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.ledger.books import Books
    from foveate.ledger.ledger import Ledger
    from foveate.settings import Costs

    Post = Callable[[str, bytes], None]
    """Sends JSON to an address. Raises OSError or ValueError where nobody takes it."""

log = logging.getLogger("foveate.ledger")
TIDY_EVERY_S: Final = 3600.0
MOST_WAIT_S: Final = 3600.0
"""Between two tries to tell."""


@dataclass(slots=True)
class _Over:
    """What was charged in those minutes of a day or month that are over."""

    name: str
    until: int
    amounts: Amounts = field(default_factory=Amounts)


@dataclass(slots=True)
class Keeper:
    """Keeps the books of one server, as long as that runs."""

    ledger: Ledger
    books: Books
    costs: Costs
    post: Post
    clock: Callable[[], float] = time.time
    used: dict[str, float] = field(default_factory=lambda: {"day": 0.0, "month": 0.0}, init=False)
    """Which part of each budget is spent; 0 where there is none."""
    _keeping: asyncio.Task[None] | None = field(default=None, init=False)
    _telling: asyncio.Task[None] | None = field(default=None, init=False)
    _flushing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    """Who flushes: two at once would write the same twice."""
    _over: dict[str, _Over] = field(default_factory=dict, init=False)
    _tidied: float = field(default=0.0, init=False)
    _complained: bool = field(default=False, init=False)

    def begin(self) -> None:
        """Keep them from now on, on the loop that runs; what budgets are left is known at once."""
        self._quietly(self._judge)
        self._keeping = asyncio.get_running_loop().create_task(self._keep_on())

    async def end(self) -> None:
        """Write what is left, and close the books."""
        for task in filter(None, (self._keeping, self._telling)):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._keeping is not None:
            await self._write()
        await asyncio.to_thread(self.books.close)

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(self.costs.flush_s)
            # A flush that has begun is done: otherwise nobody knew whether it was written.
            await asyncio.shield(asyncio.ensure_future(self.flush()))

    async def flush(self) -> None:
        """Write what has come since the last time, look at the budgets, and tell of them."""
        await self._write()
        if self.costs.webhook and (self._telling is None or self._telling.done()):
            # Whoever answers slowly must not hold up what is written.
            self._telling = asyncio.get_running_loop().create_task(self._tell_aside())

    async def _write(self) -> None:
        async with self._flushing:
            news, minute = self.ledger.due(), minute_of(self.clock())
            if await asyncio.to_thread(self._quietly, lambda: self.books.add(minute, news)):
                self.ledger.written(news)
                await asyncio.to_thread(self._quietly, self._look)

    async def _tell_aside(self) -> None:
        await asyncio.to_thread(self._quietly, self.tell)

    def _look(self) -> None:
        self._judge()
        if self.clock() - self._tidied > TIDY_EVERY_S:
            self._tidied = self.clock()
            self.books.tidy(minute_of(self.clock()), self.costs.keep_days)

    def _judge(self) -> None:
        """See what of each budget is spent; let the ledger refuse work where that is to be."""
        until = 0.0
        for period in periods(self.costs, self.clock()):
            spent = self._spent(period)
            self.used[period.kind] = spent / period.budget
            for level in levels(spent, period.budget, self.costs.warn_at):
                self._alert(period, level, spent)
                if level >= SPENT and self.costs.hard_stop:
                    until = max(until, period.until)
        self.ledger.stop(until)

    def _spent(self, period: Period) -> float:
        """Return what is spent of a budget. Nothing is charged to minutes long over: read once."""
        minute, since = minute_of(self.clock()) - HOUR_MINUTES, minute_of(period.since)
        over = self._over.get(period.kind)
        if over is None or over.name != period.name:
            over = self._over[period.kind] = _Over(period.name, since)
        if minute > over.until:
            over.amounts.add(self._charged(over.until, minute))
            over.until = minute
        total = self._charged(over.until, minute_of(period.until))
        total.add(over.amounts)
        return cost(total, self.costs).total

    def _charged(self, since: int, until: int) -> Amounts:
        ((_, amounts),) = self.books.sums(since, until)
        return amounts

    def _alert(self, period: Period, level: float, spent: float) -> None:
        told = {
            "event": "budget",
            "period": period.kind,
            "of": period.name,
            "level": level,
            "spent": round(spent, 6),
            "budget": period.budget,
            "currency": self.costs.currency,
            "hard_stop": self.costs.hard_stop,
            "text": in_words(period, level, spent, self.costs),
        }
        if self.books.alert(period.name, level, json.dumps(told)):
            log.warning(
                "%.2f of %.2f %s are spent in %s: %.0f %% of the budget of a %s is reached",
                *(spent, period.budget, self.costs.currency, period.name),
                *(level * 100, period.kind),
            )

    def tell(self) -> None:
        """Tell of budgets what is still to be told. Raises LedgerUnusable."""
        while alert := self.books.untold(self.clock(), self.costs.flush_s, MOST_WAIT_S):
            try:
                self.post(self.costs.webhook, alert.text.encode())
            except (OSError, ValueError) as why:
                log.warning("costs.webhook did not take what was told: %r. It is tried again.", why)
            else:
                self.books.told(alert)

    def _quietly(self, act: Callable[[], None]) -> bool:
        """Return whether that went well; said once where not, for pictures go on without books."""
        try:
            act()
        except LedgerUnusable as why:
            if not self._complained and not self.books.closed:
                self._complained = True
                log.warning("%s. What was charged is written when that is over.", why)
            return False
        self._complained = False
        return True


def in_words(period: Period, level: float, spent: float, costs: Costs) -> str:
    """Return what people are told of a budget, for receivers that show a text and nothing else."""
    told = (
        f"Foveate: {level:.0%} of the budget of the {period.kind} {period.name} is reached, "
        f"{spent:.6g} of {period.budget:.6g} {costs.currency} are spent."
    )
    stopped = level >= SPENT and costs.hard_stop
    return told + (" Work on pictures is refused until it is over." if stopped else "")
