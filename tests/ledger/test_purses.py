from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

from foveate.errors import AllowanceSpent
from foveate.ledger.amounts import Amounts, Name
from foveate.ledger.books import FILE, IN_MEMORY, Books, minute_of
from foveate.ledger.ledger import Ledger
from foveate.ledger.purses import Purses
from foveate.settings import Assistant, Costs, Settings
from foveate.trace import Trace

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_800_014_400.0
SETTINGS = Settings(assistant=Assistant(budget_day=1.0), costs=Costs(currency="EUR"))
NAME = Name("shop", "designs")


class Day:
    """A ledger, its books, and purses with one budget."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.now = NOON
        self.books = Books(IN_MEMORY)
        self.ledger = Ledger(used=lambda: 0.0)
        self.purses = Purses(self.books, self.ledger, settings, clock=lambda: self.now)

    def spend(self, paid: float, at_most: float = 0.1, key: str = "shop") -> None:
        async def call() -> None:
            async with self.purses.held(key, at_most) as held:
                held.paid = paid

        asyncio.run(call())

    def charge(self, paid: float, *, write: bool = True) -> None:
        """Charge it in the ledger, as at the end of a request."""
        trace = Trace()
        trace.pay(1000, 100, paid)
        self.ledger.charge(self.ledger.account(NAME), trace)
        if write:
            news = self.ledger.due()
            self.books.add(minute_of(self.now), news)
            self.ledger.written(news)


def test_a_key_spends_up_to_its_budget_and_no_further() -> None:
    day = Day()
    for _ in range(9):
        day.spend(0.1)
    day.spend(0.05)
    with pytest.raises(AllowanceSpent, match=r"at most 1\.00 EUR a day .* 0\.95000 spent"):
        day.spend(0.0)
    day.spend(0.04, at_most=0.05)


def test_nothing_is_asked_once_it_is_spent_and_the_answer_says_until_when() -> None:
    day = Day()
    day.spend(1.0)
    with pytest.raises(AllowanceSpent) as caught:
        day.spend(0.0)
    assert caught.value.retry_after_s == 12 * 3600
    assert "by this key" in caught.value.public


def test_another_key_has_its_own_budget_and_another_day_a_new_one() -> None:
    day = Day()
    day.spend(1.0)
    day.charge(1.0)
    day.spend(0.5, key="other")
    day.now += 24 * 3600
    day.spend(0.5)


def test_what_is_written_counts_once() -> None:
    day = Day()
    day.spend(0.6)
    day.charge(0.6)
    day.spend(0.2)
    with pytest.raises(AllowanceSpent, match=r"0\.80000 spent"):
        day.spend(0.0, at_most=0.3)


def test_what_others_wrote_counts() -> None:
    day = Day()
    day.books.add(minute_of(NOON) - 5, {NAME: Amounts(paid=0.95)})
    with pytest.raises(AllowanceSpent, match=r"0\.95000 spent"):
        day.spend(0.0)


def test_many_at_once_spend_no_more_than_one_after_the_other() -> None:
    day = Day()

    async def call() -> str:
        try:
            async with day.purses.held("shop", 0.3) as held:
                await asyncio.sleep(0.05)
                held.paid = 0.3
        except AllowanceSpent:
            return "refused"
        return "asked"

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(call() for _ in range(10)))

    assert sorted(asyncio.run(all_of_them())).count("asked") <= 3


def test_without_a_budget_everybody_spends() -> None:
    day = Day(Settings())
    for _ in range(3):
        day.spend(1000.0)


def test_tokens_and_what_was_paid_are_in_the_ledger() -> None:
    day = Day()
    day.charge(0.5)
    ((_, amounts),) = day.books.sums(0, 2**31)
    assert (amounts.tokens_in, amounts.tokens_out, amounts.paid) == (1000, 100, 0.5)


def test_books_of_an_older_release_get_what_they_lack(tmp_path: Path) -> None:
    new = ("tokens_in", "tokens_out", "paid")
    books = Books(tmp_path)
    books.add(1, {NAME: Amounts(requests=2)})
    books.close()
    with sqlite3.connect(tmp_path / FILE) as old:
        for name in new:
            old.execute(f"ALTER TABLE charges DROP COLUMN {name}")
    old.close()
    books = Books(tmp_path)
    books.add(2, {NAME: Amounts(requests=1, tokens_in=5, paid=0.25)})
    ((_, amounts),) = books.sums(0, 10)
    assert (amounts.requests, amounts.tokens_in, amounts.paid) == (3, 5, 0.25)
    books.close()
