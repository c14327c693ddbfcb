"""What each key may spend on language models in a day (UTC), whoever asks for it here."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import AllowanceSpent
from foveate.ledger.amounts import money
from foveate.ledger.books import DAY_MINUTES, MINUTE_S, minute_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from foveate.ledger.books import Books
    from foveate.ledger.ledger import Ledger
    from foveate.settings import Settings

BY_KEY: Final = ("key",)


@dataclass(slots=True)
class Kept:
    """What is kept of a purse for a call, until it is known what that cost."""

    paid: float = 0.0


class Purses:
    """Refuses a call that may cost more than is left, before it is made. On one event loop.

    What all servers with these books wrote counts, what was not written yet by this one, and what
    its calls that go on may cost: many at once spend no more than one after the other.
    """

    def __init__(
        self,
        books: Books,
        ledger: Ledger,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._books = books
        self._ledger = ledger
        self._budget = settings.assistant.budget_day
        self._currency = settings.costs.currency
        self._clock = clock
        self._paid: defaultdict[str, float] = defaultdict(float)
        """Since the start."""
        self._kept: defaultdict[str, float] = defaultdict(float)

    @asynccontextmanager
    async def held(self, key: str, at_most: float) -> AsyncIterator[Kept]:
        """Keep so much of a key for a call. Raises AllowanceSpent, LedgerUnusable."""
        self._kept[key] += at_most
        kept = Kept()
        try:
            if self._budget:
                await self._check(key, at_most)
            yield kept
        finally:
            self._kept[key] -= at_most
            self._paid[key] += kept.paid

    async def _check(self, key: str, at_most: float) -> None:
        spent = await asyncio.to_thread(self._written, key)
        spent += max(0.0, self._paid[key] - self._ledger.paid(key))
        if spent + self._kept[key] <= self._budget:
            return
        tomorrow = (self._today + DAY_MINUTES) * MINUTE_S
        told = (
            f"Expected at most {money(self._budget)} {self._currency} a day for the language model "
            f"by this key, got {money(spent)} spent, {money(self._kept[key] - at_most)} in calls "
            f"that go on, and up to {money(at_most)} for this one."
        )
        raise AllowanceSpent(tomorrow - self._clock(), told)

    @property
    def _today(self) -> int:
        """Return the minute in which this day began."""
        return minute_of(self._clock()) // DAY_MINUTES * DAY_MINUTES

    def _written(self, key: str) -> float:
        if not self._books.exists:
            return 0.0
        rows = self._books.sums(self._today, self._today + DAY_MINUTES, BY_KEY)
        return sum(amounts.paid for (name,), amounts in rows if name == key)
