"""Who writes the ledger, looks at budgets and tells of them."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

import pytest

from foveate.errors import BudgetSpent
from foveate.ledger.amounts import Amounts, Name
from foveate.ledger.books import FILE, IN_MEMORY, Books
from foveate.ledger.keeper import Keeper
from foveate.ledger.ledger import Ledger
from foveate.settings import Costs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = 1_800_000_000.0
SHOP = Name("shop", "image", "resize")
DEAR = {"out_gb": 1.0, "cpu_hour": 0.0}


def keeper(
    books: Books | None = None, post: Callable[[str, bytes], None] | None = None, **costs: object
) -> Keeper:
    ledger = Ledger(used=lambda: 0.0, clock=lambda: NOW)
    settings = Costs(**DEAR, **costs)  # type: ignore[arg-type]
    send = post or (lambda _url, _body: None)
    return Keeper(ledger, books or Books(IN_MEMORY), settings, send, clock=lambda: NOW)


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
            await asyncio.sleep(0)
        await kept.end()

    asyncio.run(run())
    kept.tell()
    assert [(told["of"], told["level"]) for told in sent] == [
        ("2027-01-15", 0.8),
        ("2027-01-15", 1.0),
    ]
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
