"""What is told of the ledger."""

from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.ledger.amounts import SHARED, Amounts, Name
from foveate.ledger.books import IN_MEMORY, Books
from foveate.ledger.machines import Machine, fleets, sized
from foveate.ledger.report import largest, report
from foveate.settings import Costs

NOW = 1_800_000_000.0
MINUTE = int(NOW) // 60
PRICES = Costs(cpu_hour=3.6, out_gb=1.0, in_gb=0.5, stored_gb_month=0.1)


@pytest.fixture
def books() -> Books:
    kept = Books(IN_MEMORY)
    resize, cutout = Name("shop", "image", "resize"), Name("shop", "image", "cutout")
    kept.add(MINUTE - 5, {resize: Amounts(requests=4, hits=3, cpu_s=1.0, bytes_out=10**9)})
    kept.add(MINUTE - 4, {cutout: Amounts(requests=1, cpu_s=90.0, bytes_in=2_000_000)})
    kept.add(MINUTE - 2000, {resize: Amounts(requests=1000)})
    return kept


def test_the_dearest_comes_first_and_the_total_is_all_of_it(books: Books) -> None:
    told = report(books, PRICES, now=NOW, days=1).to_json()
    first, second = told["rows"]
    assert (first["class"], first["route"], first["hit_rate"]) == ("resize", "image", 0.75)
    assert first["cost"] == {
        "cpu": 0.001, "gpu": 0, "bytes_in": 0, "bytes_out": 1.0, "bytes_stored": 0, "models": 0,
        "total": 1.001
    }  # fmt: skip
    assert (second["class"], second["cpu_ms"]) == ("cutout", 90_000)
    assert second["cost"]["total"] == pytest.approx(0.09 + 0.001)
    assert told["total"]["requests"] == 5
    assert told["total"]["cost"]["total"] == pytest.approx(1.092)
    assert (told["since"], told["until"]) == ("2027-01-14T08:01Z", "2027-01-15T08:01Z")


def test_what_is_no_rendition_and_costs_next_to_nothing_is_one_line(books: Books) -> None:
    probes, refused = Name("unsigned", "health"), Name("unsigned", "image")
    dear = Name("shop", "recognise")
    books.add(MINUTE - 3, {name: Amounts(requests=3) for name in (probes, refused)})
    books.add(MINUTE - 3, {dear: Amounts(requests=1, cpu_s=50.0), SHARED: Amounts(cpu_s=0.1)})
    told = largest(report(books, PRICES, now=NOW, days=1).lines)
    assert [line.labels["route"] for line in told] == [
        *("image", "image", "recognise", "shared", "other"),
    ]
    assert told[-1].amounts.requests == 6
    assert told[3].labels["class"] == "shared"


def test_times_come_in_their_order(books: Books) -> None:
    rows = report(books, PRICES, now=NOW, days=2, by=("minute",)).to_json()["rows"]
    assert [row["requests"] for row in rows] == [1000, 4, 1]
    assert rows[-1]["minute"] == "2027-01-15T07:56Z"


def test_words_that_sums_cannot_be_by_are_refused(books: Books) -> None:
    for by in (("colour",), ("key; DROP TABLE charges",)):
        with pytest.raises(BadOption, match="Expected by key"):
            report(books, PRICES, now=NOW, by=by)
    with pytest.raises(BadOption, match="days"):
        report(books, PRICES, now=NOW, days=0)


def test_more_rows_than_anybody_reads_are_refused_before_they_are_read(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foveate.ledger.report.MOST_ROWS", 2)
    assert len(report(books, PRICES, now=NOW, days=1, by=("minute",)).lines) == 2
    with pytest.raises(BadOption, match="fewer days or words in by: 2 days by minute, class are"):
        report(books, PRICES, now=NOW, days=2, by=("minute", "class"))
    assert len(books.sums(0, 10**9, ("minute",), most=1)) == 1


def test_machines_carry_busy_minutes_with_room_to_spare(books: Books) -> None:
    told = sized(books, PRICES, now=NOW).to_json()
    assert told["peak_cores"] == 1.5
    assert told["mean_cores"] == pytest.approx(91 / 86_400, abs=1e-4)
    assert told["needed_cores"] == pytest.approx(1.5 / 0.7, abs=1e-4)
    assert told["machines"][0]["count"] * told["machines"][0]["cores"] >= told["needed_cores"]
    cutout = next(row for row in told["classes"] if row["class"] == "cutout")
    assert cutout["cpu_ms_each"] == 90_000


def test_the_cheapest_fleet_comes_first() -> None:
    small, large = Machine("small", 2, 1.0, 0.6, 0.3), Machine("large", 16, 5.0, 3.0, 1.5)
    assert [f.machine.name for f in fleets(3.0, (small, large))] == ["small", "large"]
    assert [f.machine.name for f in fleets(15.0, (small, large))] == ["large", "small"]
    assert fleets(0.0, (small,))[0].many == 1
    assert fleets(3.0, (small,))[0].monthly == {
        "on_demand": 1460.0, "reserved": 876.0, "spot": 438.0
    }  # fmt: skip
