"""Who writes the ledger, looks at budgets and tells of them."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import TYPE_CHECKING

import pytest

from foveate.errors import BudgetSpent, LedgerUnusable
from foveate.ledger.amounts import Amounts, Name
from foveate.ledger.books import FILE, IN_MEMORY, Alert, Books
from foveate.ledger.keeper import Keeper
from foveate.ledger.ledger import Ledger
from foveate.settings import Costs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Sums = list[tuple[tuple[str | int, ...], Amounts]]

NOW = 1_800_000_000.0
SHOP = Name("shop", "image", "resize")
DEAR = {"out_gb": 1.0, "cpu_hour": 0.0}


def keeper(
    books: Books | None = None,
    post: Callable[[str, bytes], None] | None = None,
    clock: Callable[[], float] = lambda: NOW,
    **costs: object,
) -> Keeper:
    ledger = Ledger(used=lambda: 0.0, clock=clock)
    settings = Costs(**DEAR, **costs)  # type: ignore[arg-type]
    send = post or (lambda _url, _body: None)
    return Keeper(ledger, books or Books(IN_MEMORY), settings, send, clock=clock)


def test_what_was_charged_is_written_now_and_then_and_at_the_end(tmp_path: Path) -> None:
    kept = keeper(Books(tmp_path), flush_s=0.01)

    async def run() -> None:
        kept.begin()
        kept.ledger.account(SHOP).requests += 1
        while not Books(tmp_path).sums(0, 10**9)[0][1].requests:
            await asyncio.sleep(0.01)
        kept.ledger.account(SHOP).requests += 1
        await kept.end()

    asyncio.run(asyncio.wait_for(run(), 10))
    assert Books(tmp_path).sums(0, 10**9) == [((), Amounts(requests=2))]


class SlowBooks(Books):
    """Books of a busy disk."""

    def __init__(self) -> None:
        super().__init__(IN_MEMORY)
        self.writing, self.go = threading.Event(), threading.Event()
        self.written: list[int] = []
        self.read: list[tuple[int, int]] = []

    def add(self, minute: int, news: Mapping[Name, Amounts]) -> None:
        self.writing.set()
        self.go.wait(5)
        super().add(minute, news)
        self.written += [amounts.requests for amounts in news.values()]

    def sums(self, since: int, until: int, by: Sequence[str] = ()) -> Sums:
        self.read.append((since, until))
        return super().sums(since, until, by)


def test_what_is_being_written_at_the_end_is_written_once() -> None:
    books = SlowBooks()
    kept = keeper(books, flush_s=0.01)

    async def run() -> None:
        kept.begin()
        kept.ledger.account(SHOP).requests += 1
        await asyncio.to_thread(books.writing.wait)
        kept.ledger.account(SHOP).requests += 2
        begun = asyncio.Event()

        async def end() -> None:
            begun.set()
            await kept.end()

        ending = asyncio.create_task(end())
        await begun.wait()
        books.go.set()
        await ending

    asyncio.run(asyncio.wait_for(run(), 10))
    assert sum(books.written) == 3


def test_who_is_still_told_at_the_end_opens_no_books_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    telling, go = threading.Event(), threading.Event()

    def post(_url: str, _body: bytes) -> None:
        telling.set()
        go.wait(5)

    kept = keeper(post=post, budget_day=1.0, webhook="http://tell.test/")

    async def run() -> None:
        kept.ledger.account(SHOP).bytes_out += 900_000_000
        await kept.flush()
        await asyncio.to_thread(telling.wait)
        await kept.end()
        go.set()

    asyncio.run(asyncio.wait_for(run(), 10))  # waits for threads, too
    assert not kept.books.exists
    assert len(caplog.messages) == 1


def test_minutes_that_are_long_over_are_read_once_for_a_budget() -> None:
    books, clock = SlowBooks(), [NOW]
    books.go.set()
    kept = keeper(books, budget_month=10.0)
    kept.clock = lambda: clock[0]
    for ago in (9 * 1440, 30, 0):
        books.add(int(NOW) // 60 - ago, {SHOP: Amounts(bytes_out=10**9)})

    async def run() -> None:
        for hours in (0, 1, 2):
            clock[0] = NOW + hours * 3600
            await kept.flush()
            assert kept.used["month"] == pytest.approx(0.3)

    asyncio.run(run())
    minute = int(NOW) // 60
    assert [since for since, _ in books.read[1:]] == [
        *(minute - 60, minute - 60),
        *(minute, minute),
        minute + 60,
    ]


def test_a_clock_that_is_set_back_hides_nothing_of_what_is_spent() -> None:
    clock = [NOW]
    kept = keeper(budget_month=10.0)
    kept.clock = lambda: clock[0]

    async def run() -> None:
        for moved_s in (0, 2 * 86_400, 0):
            clock[0] = NOW + moved_s
            kept.ledger.account(SHOP).bytes_out += 10**9
            await kept.flush()

    asyncio.run(run())
    assert kept.used["month"] == pytest.approx(0.3)


def test_budgets_are_told_of_once_at_each_level(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[dict[str, object]] = []
    kept = keeper(
        post=lambda _, body: sent.append(json.loads(body)),
        budget_day=1.0,
        webhook="http://tell.test/",
    )

    async def run() -> None:
        with caplog.at_level(logging.WARNING):
            for _ in range(4):
                kept.ledger.account(SHOP).bytes_out += 400_000_000
                await kept.flush()
            while len(sent) < 2:
                await kept.flush()
        await kept.end()

    asyncio.run(asyncio.wait_for(run(), 10))
    assert [(told["of"], told["level"]) for told in sent] == [
        ("2027-01-15", 0.8),
        ("2027-01-15", 1.0),
    ]
    assert str(sent[0]["text"]).startswith(
        "Foveate: 80% of the budget of the day 2027-01-15 is reached, "
        "0.80000 of 1.00 USD are spent."
    )
    assert len(caplog.messages) == 2
    assert kept.used["day"] == pytest.approx(1.6)
    kept.ledger.check()


def test_a_webhook_that_fails_is_told_again_later() -> None:
    answers = [OSError("away"), ValueError("500"), None]
    clock, told = [NOW], []

    def post(_url: str, body: bytes) -> None:
        if (why := answers.pop(0)) is not None:
            raise why
        told.append(body)

    kept = keeper(post=post, webhook="http://tell.test/", flush_s=10.0)
    kept.clock = lambda: clock[0]
    kept.books.alert("2027-01", 1.0, "{}")
    for seconds in (0.0, 5.0, 11.0, 20.0, 31.0, 9999.0):
        clock[0] = NOW + seconds
        kept.tell()
    assert told == [b"{}"]
    assert answers == []


def test_with_a_hard_stop_no_work_is_done_until_the_day_is_over_also_after_a_restart() -> None:
    books = Books(IN_MEMORY)
    books.add(int(NOW) // 60, {SHOP: Amounts(bytes_out=2 * 10**9)})
    kept = keeper(books, budget_day=1.0, budget_month=100.0, hard_stop=True)

    async def run() -> None:
        kept.begin()
        with pytest.raises(BudgetSpent) as caught:
            kept.ledger.check()
        assert caught.value.retry_after_s == 86_400 - NOW % 86_400
        await kept.end()

    asyncio.run(run())


def test_pictures_go_on_without_books_and_what_was_charged_is_written_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).mkdir()
    kept = keeper(Books(tmp_path))

    async def run() -> None:
        kept.ledger.account(SHOP).requests += 1
        await kept.flush()
        await kept.flush()
        (tmp_path / FILE).rmdir()
        await kept.flush()

    asyncio.run(run())
    assert len(caplog.messages) == 1
    assert kept.books.sums(0, 10**9) == [((), Amounts(requests=1))]
    kept.books.close()


class FullBooks(Books):
    """Books on a disk that is full now and then."""

    def __init__(self) -> None:
        super().__init__(IN_MEMORY)
        self.full, self.asked = False, 0

    def untold(self, now: float, first_wait_s: float, most_wait_s: float) -> Alert | None:
        self.asked += 1
        return super().untold(now, first_wait_s, most_wait_s)

    def add(self, minute: int, news: Mapping[Name, Amounts]) -> None:
        if self.full:
            raise LedgerUnusable("The ledger cannot be used: disk is full")
        super().add(minute, news)


def test_what_cannot_be_written_counts_for_budgets_all_the_same() -> None:
    books, clock = FullBooks(), [NOW]
    kept = keeper(books, clock=lambda: clock[0], budget_day=3.0, hard_stop=True)

    async def spend() -> tuple[bool, float]:
        kept.ledger.account(SHOP).bytes_out += 10**9
        await kept.flush()
        return kept.usable, round(kept.used["day"], 3)

    async def run() -> None:
        assert await spend() == (True, 0.333)
        books.full = True
        assert await spend() == (False, 0.667)
        kept.ledger.check()
        assert await spend() == (False, 1.0)
        with pytest.raises(BudgetSpent):
            kept.ledger.check()
        clock[0] += 86_400
        assert await spend() == (False, 0.0), "of the day before"
        assert await spend() == (False, 0.333)
        kept.ledger.check()
        books.full = False
        assert await spend() == (True, 1.667), "all of it is written now"

    asyncio.run(run())


def test_budgets_are_told_of_without_a_ledger_too_and_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    books, posted = FullBooks(), []
    kept = keeper(
        books, lambda _, body: posted.append(json.loads(body)), budget_day=1.0, webhook="http://b"
    )

    async def run() -> None:
        books.full = True
        kept.ledger.account(SHOP).bytes_out += 10**9
        await kept.flush()
        await kept.flush()
        assert caplog.text.count("100 % of the budget of a day is reached") == 1
        books.full = False
        await kept.flush()
        while not posted:
            await asyncio.sleep(0.001)
        await kept.end()

    asyncio.run(asyncio.wait_for(run(), 10))
    assert caplog.text.count("100 % of the budget of a day is reached") == 1
    assert [told["level"] for told in posted] == [1.0]


def test_a_jump_over_both_levels_is_told_of_as_the_higher_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kept = keeper(budget_day=1.0)
    kept.ledger.account(SHOP).bytes_out += 10**9
    for _ in range(2):
        asyncio.run(kept.flush())
    assert len(caplog.messages) == 1
    assert "100 % of the budget" in caplog.text
    alert = kept.books.untold(NOW, 10.0, 10.0)
    assert alert is not None
    assert alert.level == 1.0
    assert kept.books.untold(NOW, 10.0, 10.0) is None


def test_a_disk_that_stays_full_is_said_once_also_where_reading_goes_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    books = FullBooks()
    kept = keeper(books, webhook="http://tell.test/", budget_day=1.0)

    async def run() -> None:
        books.full = True
        for flushes in range(3):
            await kept.flush()
            while books.asked <= flushes:
                await asyncio.sleep(0.001)
        books.full = False
        await kept.flush()
        books.full = True
        await kept.flush()
        await kept.end()

    asyncio.run(run())
    assert [text.count("disk is full") for text in caplog.messages] == [1, 1]


class OddBooks(Books):
    """Books that are odd in what nobody thought of, once."""

    def __init__(self) -> None:
        super().__init__(IN_MEMORY)
        self.odd, self.tidied = 1, 0
        self.broken = 0

    def add(self, minute: int, news: Mapping[Name, Amounts]) -> None:
        if self.odd:
            self.odd -= 1
            raise RuntimeError("odd")
        super().add(minute, news)

    def tidy(self, minute: int, keep_days: int) -> None:
        if self.broken:
            self.broken -= 1
            raise LedgerUnusable("The ledger cannot be used: locked")
        super().tidy(minute, keep_days)
        self.tidied += 1


def test_a_flush_that_fails_as_nobody_thought_is_logged_and_the_next_one_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    books = OddBooks()
    kept = keeper(books, flush_s=0.01)

    async def run() -> None:
        kept.begin()
        kept.ledger.account(SHOP).requests += 1
        while not books.sums(0, 10**9)[0][1].requests:
            await asyncio.sleep(0.01)
        await kept.end()

    asyncio.run(asyncio.wait_for(run(), 10))
    assert "RuntimeError: odd" in caplog.text
    assert len(caplog.messages) == 1


def test_books_that_could_not_be_tidied_are_tidied_at_the_next_flush() -> None:
    books = OddBooks()
    books.odd, books.broken = 0, 1
    kept = keeper(books)
    for _ in range(3):
        asyncio.run(kept.flush())
    assert books.tidied == 1


def test_a_hard_stop_holds_from_the_start_where_the_ledger_never_opens(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    kept = keeper(Books(tmp_path), budget_day=1.0, hard_stop=True)

    async def run() -> None:
        kept.begin()
        assert not kept.usable
        kept.ledger.account(SHOP).bytes_out += 10**9
        await kept.flush()
        with pytest.raises(BudgetSpent):
            kept.ledger.check()
        await kept.end()

    asyncio.run(run())


def test_whether_books_can_be_used_is_known_at_the_start_without_a_budget_too(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).mkdir()
    kept = keeper(Books(tmp_path))

    async def run() -> None:
        kept.begin()
        assert not kept.usable
        await kept.end()

    asyncio.run(run())


def test_small_budgets_are_logged_in_digits_that_say_something(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kept = keeper(budget_day=0.00003, warn_at=1.0)
    kept.ledger.account(SHOP).bytes_out += 40_000
    asyncio.run(kept.flush())
    assert "0.00004 of 0.00003 USD are spent" in caplog.text
