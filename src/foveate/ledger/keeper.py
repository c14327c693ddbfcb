"""Who keeps the books: writes what was charged, looks at budgets, and tells of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import LedgerUnusable
from foveate.ledger.amounts import Amounts, cost, money, summed
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
class _Seen:
    """What is known to be charged in a day or month."""

    name: str
    until: int
    """The minutes before are over."""
    over: Amounts = field(default_factory=Amounts)
    """In those."""
    total: Amounts = field(default_factory=Amounts)
    """In all, when it was read last."""
    before: Amounts = field(default_factory=Amounts)
    """What could not be written when the day or month began, and belongs to others."""
    said: set[float] = field(default_factory=set)
    """Levels of the budget that the log has."""


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
    usable: bool = field(default=True, init=False)
    """Whether the ledger could be read at the start, and written and read at the last flush."""
    _keeping: asyncio.Task[None] | None = field(default=None, init=False)
    _telling: asyncio.Task[None] | None = field(default=None, init=False)
    _flushing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    """Who flushes: two at once would write the same twice."""
    _seen: dict[str, _Seen] = field(default_factory=dict, init=False)
    _tidied: float = field(default=0.0, init=False)
    _complaints: dict[str, str] = field(default_factory=dict, init=False)
    """What does not go well now, by the kind of work."""

    def begin(self) -> None:
        """Keep them from now on, on the loop that runs; what budgets are left is known at once."""
        self.usable = self._quietly("read", self._read_first)
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
            try:
                await asyncio.shield(asyncio.ensure_future(self.flush()))
            except Exception:
                log.exception("A flush of the ledger failed. The next one tries again.")

    async def flush(self) -> None:
        """Write what has come since the last time, look at the budgets, and tell of them."""
        await self._write()
        if self.costs.webhook and (self._telling is None or self._telling.done()):
            # Whoever answers slowly must not hold up what is written.
            self._telling = asyncio.get_running_loop().create_task(self._tell_aside())

    async def _write(self) -> None:
        async with self._flushing:
            news, minute = self.ledger.due(), minute_of(self.clock())
            add = partial(self.books.add, minute, news)
            if await asyncio.to_thread(self._quietly, "write", add):
                self.ledger.written(news)
                self.usable = await asyncio.to_thread(self._quietly, "read", self._look)
            else:
                self.usable = False
                self._judge(unwritten=summed(news.values()))

    async def _tell_aside(self) -> None:
        await asyncio.to_thread(self._quietly, "tell", self.tell)

    def _read_first(self) -> None:
        """See what budgets are left, and without any whether there are books to read."""
        minute = minute_of(self.clock())
        self._charged(minute, minute + 1)
        self._judge()

    def _look(self) -> None:
        self._judge()
        if abs(self.clock() - self._tidied) > TIDY_EVERY_S:
            self.books.tidy(minute_of(self.clock()), self.costs.keep_days)
            self._tidied = self.clock()

    def _judge(self, unwritten: Amounts | None = None) -> None:
        """See what of each budget is spent; let the ledger refuse work where that is to be.

        Where something could not be written, the books are left alone: each look would wait.
        """
        until = 0.0
        for period in periods(self.costs, self.clock()):
            known = self._read(period) if unwritten is None else self._assumed(period, unwritten)
            spent = cost(known, self.costs).total
            self.used[period.kind] = spent / period.budget
            reached = levels(spent, period.budget, self.costs.warn_at)
            self._tell_of(period, reached, spent, written=unwritten is None)
            if SPENT in reached and self.costs.hard_stop:
                until = max(until, period.until)
        self.ledger.stop(until)

    def _tell_of(
        self, period: Period, reached: list[float], spent: float, *, written: bool
    ) -> None:
        """Tell of the highest level that is reached: of those below it nobody needs to hear too."""
        *below, highest = reached or [0.0]
        if not highest:
            return
        for level in below:
            if written:
                self._alert(period, level, spent, told=True)
        if not written or self._alert(period, highest, spent):
            self._say(period, highest, spent)

    def _read(self, period: Period) -> Amounts:
        """Return what is charged in it. Nothing is charged to minutes long over: read once."""
        minute, since = minute_of(self.clock()) - HOUR_MINUTES, minute_of(period.since)
        seen = self._seen.get(period.kind)
        # A clock that is set back tells of minutes that were not over.
        if seen is None or seen.name != period.name or seen.until > max(minute, since):
            seen = self._seen[period.kind] = _Seen(period.name, since)
        if minute > seen.until:
            seen.over.add(self._charged(seen.until, minute))
            seen.until = minute
        seen.total = summed((seen.over, self._charged(seen.until, minute_of(period.until))))
        seen.before = Amounts()
        return seen.total

    def _assumed(self, period: Period, unwritten: Amounts) -> Amounts:
        """Return what is charged in it as far as it is known: read last, and come since."""
        seen = self._seen.setdefault(period.kind, _Seen(period.name, minute_of(period.since)))
        if seen.name != period.name:
            seen = _Seen(period.name, minute_of(period.since), before=unwritten)
            self._seen[period.kind] = seen
        return summed((seen.total, unwritten.since(seen.before)))

    def _charged(self, since: int, until: int) -> Amounts:
        ((_, amounts),) = self.books.sums(since, until)
        return amounts

    def _alert(self, period: Period, level: float, spent: float, *, told: bool = False) -> bool:
        """Note that the webhook is to be told, or need not be; return whether nobody did before."""
        what = {
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
        return self.books.alert(period.name, level, json.dumps(what), told=told)

    def _say(self, period: Period, level: float, spent: float) -> None:
        """Say in the log that a level is reached, once; without the ledger, too."""
        said = self._seen[period.kind].said
        if level in said:
            return
        said.add(level)
        log.warning(
            "%s of %s %s are spent in %s: %.0f %% of the budget of a %s is reached",
            *(money(spent), money(period.budget), self.costs.currency, period.name),
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

    def _quietly(self, kind: str, act: Callable[[], None]) -> bool:
        """Return whether that went well; said once where not, for pictures go on without books.

        On a disk that is full, all can be read: each kind of work has its own end of that. What
        fails for the same reason as another kind is not said again.
        """
        try:
            act()
        except LedgerUnusable as why:
            if not self.books.closed:
                self._complain(kind, str(why))
            return False
        self._complaints.pop(kind, None)
        return True

    def _complain(self, kind: str, why: str) -> None:
        known = tuple(self._complaints.values())
        if self._complaints.setdefault(kind, why) == why and why not in known:
            log.warning("%s. What was charged is written when that is over.", why)


def in_words(period: Period, level: float, spent: float, costs: Costs) -> str:
    """Return what people are told of a budget, for receivers that show a text and nothing else."""
    told = (
        f"Foveate: {level:.0%} of the budget of the {period.kind} {period.name} is reached, "
        f"{money(spent)} of {money(period.budget)} {costs.currency} are spent."
    )
    stopped = level >= SPENT and costs.hard_stop
    return told + (" Work on pictures is refused until it is over." if stopped else "")
