"""What is on disk of the ledger."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import LedgerUnusable
from foveate.ledger.amounts import SHARED, Amounts, Name
from foveate.ledger.books import FILE, IN_MEMORY, Books, minute_of

if TYPE_CHECKING:
    from pathlib import Path

SHOP, APP = Name("shop", "image", "resize"), Name("app", "image", "cutout")
DAY = 24 * 60


def test_sums_are_by_any_words_in_any_time() -> None:
    books = Books(IN_MEMORY)
    books.add(120, {SHOP: Amounts(requests=1, cpu_s=0.5), APP: Amounts(requests=2, bytes_in=7)})
    books.add(120, {SHOP: Amounts(requests=3)})
    books.add(DAY, {SHOP: Amounts(requests=10)})
    assert books.sums(0, 121, ("key",)) == [
        (("app",), Amounts(requests=2, bytes_in=7)),
        (("shop",), Amounts(requests=4, cpu_s=0.5)),
    ]
    assert books.sums(0, 120) == [((), Amounts())]
    assert books.sums(0, 2 * DAY, ("day", "class")) == [
        ((0, "cutout"), Amounts(requests=2, bytes_in=7)),
        ((0, "resize"), Amounts(requests=4, cpu_s=0.5)),
        ((DAY, "resize"), Amounts(requests=10)),
    ]


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        (SHOP, Amounts(paid=float("nan"))),
        (SHOP, Amounts(paid=float("inf"))),
        (SHOP, Amounts(tokens_in=10**4000)),
        (SHOP, Amounts(tokens_in=2**63)),
        (Name("\ud800", "image"), Amounts(requests=1)),
    ],
)
def test_what_can_be_no_row_is_left_out_and_told_of(
    name: Name, amounts: Amounts, caplog: pytest.LogCaptureFixture
) -> None:
    books = Books(IN_MEMORY)
    books.add(1, {APP: Amounts(requests=1), name: amounts, SHARED: Amounts(cpu_s=2.0)})
    assert books.sums(0, 2) == [((), Amounts(requests=1, cpu_s=2.0))]
    assert "is left out" in caplog.text


def test_old_minutes_become_hours_and_very_old_ones_go() -> None:
    books, now = Books(IN_MEMORY), 100 * DAY
    for minute in (now - 90 * DAY, now - 9 * DAY + 1, now - 9 * DAY + 2, now - 1):
        books.add(minute, {SHOP: Amounts(requests=1)})
    books.tidy(now, keep_days=30)
    books.tidy(now, keep_days=30)
    assert books.sums(0, now, ("minute",)) == [
        ((now - 9 * DAY,), Amounts(requests=2)),
        ((now - 1,), Amounts(requests=1)),
    ]


def test_a_clock_that_is_years_ahead_forgets_nothing_until_it_was_so_for_a_day() -> None:
    books, now, ahead = Books(IN_MEMORY), 100 * DAY, 600 * DAY
    for minute in (now - 20 * DAY, now - 3 * DAY, now, ahead):
        books.add(minute, {SHOP: Amounts(requests=1)})
    books.tidy(ahead, keep_days=30)
    assert books.sums(0, ahead + 1) == [((), Amounts(requests=4))]
    books.tidy(ahead + DAY, keep_days=30)
    assert books.sums(0, ahead + 1) == [((), Amounts(requests=1))]


def test_a_ledger_that_is_deleted_while_in_use_is_begun_anew_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    books = Books(tmp_path)
    books.add(1, {SHOP: Amounts(requests=1)})
    for file in tmp_path.iterdir():
        file.unlink()
    books.add(2, {SHOP: Amounts(requests=2)})
    books.close()
    assert Books(tmp_path).sums(0, 9) == [((), Amounts(requests=2))]
    assert len(caplog.messages) == 1


def test_an_alert_is_noted_once_and_due_later_and_later_until_it_is_told() -> None:
    books = Books(IN_MEMORY)
    assert books.alert("1970-01", 0.8, "{}")
    assert not books.alert("1970-01", 0.8, "{}")
    alert = books.untold(0.0, 10.0, 25.0)
    assert alert is not None
    assert books.untold(9.0, 10.0, 25.0) is None
    assert books.untold(10.0, 10.0, 25.0) is not None
    assert books.untold(29.0, 10.0, 25.0) is None, "twice as long"
    assert books.untold(30.0, 10.0, 25.0) is not None
    assert books.untold(55.0, 10.0, 25.0) is not None, "at most so long"
    books.told(alert)
    assert books.untold(999.0, 10.0, 25.0) is None


def test_nobody_is_told_of_a_day_or_month_that_is_over_and_it_is_forgotten(tmp_path: Path) -> None:
    books, now = Books(tmp_path), 1_800_000_000.0  # 2027-01-15
    for period in ("2026-01", "2026-12", "2027-01-14", "2027-01-15", "2027-01"):
        books.alert(period, 1.0, "{}")
    told = [books.untold(now, 10.0, 25.0) for _ in range(3)]
    assert [alert and alert.period for alert in told] == ["2027-01", "2027-01-15", None]
    books.tidy(minute_of(now), keep_days=15)
    assert books.alert("2026-01", 1.0, "{}")
    assert not books.alert("2027-01-14", 1.0, "{}")


def test_who_reads_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.add(1, {SHOP: Amounts(requests=1)})
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert books.sums(0, 2) == [((), Amounts(requests=1))]
    other.close()


def test_what_is_closed_is_not_opened_again(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.close()
    with pytest.raises(LedgerUnusable, match="closed"):
        books.add(1, {SHOP: Amounts(requests=1)})
    assert not books.exists


def test_several_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    def write() -> None:
        books = Books(tmp_path)
        for _ in range(20):
            books.add(1, {SHOP: Amounts(requests=1)})
        books.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Books(tmp_path).sums(0, 2) == [((), Amounts(requests=80))]


def test_what_was_written_is_there_after_kill_9(tmp_path: Path) -> None:
    program = f"""
        import sys, time
        from foveate.ledger.amounts import Amounts, Name
        from foveate.ledger.books import Books
        books = Books({str(tmp_path)!r})
        books.add(1, {{Name("shop", "image", "resize"): Amounts(requests=5)}})
        print("written", flush=True)
        time.sleep(60)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == b"written\n"
        child.send_signal(signal.SIGKILL)
    assert Books(tmp_path).sums(0, 2, ("key",)) == [(("shop",), Amounts(requests=5))]


def test_a_file_that_is_no_ledger_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"something else" * 100)
    with pytest.raises(LedgerUnusable, match=FILE):
        Books(tmp_path).sums(0, 1)


def test_nothing_is_made_by_who_only_looks_whether_there_is_anything(tmp_path: Path) -> None:
    assert not Books(tmp_path / "none").exists
    assert not (tmp_path / "none").exists()


def test_minutes_are_counted_from_1970() -> None:
    assert minute_of(3 * 3600 + 59.9) == 180


@pytest.mark.parametrize("column", ["bytes_out", "cpu_s"])
def test_sums_that_are_no_number_make_books_unusable(tmp_path: Path, column: str) -> None:
    books = Books(tmp_path)
    books.add(DAY, {SHOP: Amounts(requests=1)})
    with sqlite3.connect(tmp_path / FILE) as raw:
        raw.execute(f"UPDATE charges SET {column} = 9e999")  # noqa: S608
    raw.close()
    with pytest.raises(LedgerUnusable, match="finite"):
        books.sums(0, 10**9)
    books.close()


def test_a_file_that_is_no_ledger_is_not_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(*given: Any, **named: Any) -> sqlite3.Connection:
        opened.append(connect(*given, **named))
        return opened[-1]

    monkeypatch.setattr("foveate.ledger.books.sqlite3.connect", noted)
    with pytest.raises(LedgerUnusable):
        Books(tmp_path).sums(0, 1)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
