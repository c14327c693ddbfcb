"""`foveate costs`, as people and programs read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.costs import BARS, size
from foveate.cli.main import app
from foveate.ledger.amounts import Amounts, Name, money
from foveate.ledger.books import Books, minute_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _charged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_COSTS__FOLDER", str(tmp_path))
    books = Books(tmp_path)
    resize, shared = Name("shop", "image", "resize"), Name("", "shared")
    amounts = Amounts(requests=2000, hits=1500, cpu_s=7.2, bytes_out=10**9, bytes_in=3_000_000)
    books.add(minute_of(), {resize: amounts, shared: Amounts(cpu_s=1.0)})
    books.close()


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["costs", *words], catch_exceptions=False, env={"COLUMNS": "80"})
    assert done.exit_code == 0
    return done.output


@pytest.mark.usefixtures("_charged")
def test_a_table_says_what_was_spent_on_what() -> None:
    lines = [line.split() for line in run().splitlines() if line.strip()]
    assert lines[2][:6] == ["image", "resize", "2,000", "75%", "7.20", "3.0"]
    assert lines[2][5:] == ["3.0", "MB", "1.0", "GB", "0", "B", "0.09008"]
    assert lines[3][:2] == ["shared", "shared"]
    assert lines[-1][0] == "all"


@pytest.mark.usefixtures("_charged")
def test_labels_stay_in_one_piece_however_narrow_the_terminal(tmp_path: Path) -> None:
    books, much = Books(tmp_path), Amounts(requests=88_888, bytes_in=10**12 // 7, cpu_s=10**5)
    books.add(minute_of(), {Name("shop", "/v1/srcset", "compress"): much})
    books.close()
    text = run()
    assert "/v1/srcset" in text
    assert "compress" in text
    assert "/v1/srcset" in run("--machines")
    (day, *_) = (row["day"] for row in json.loads(run("--json", "--by", "day"))["rows"])
    by_day = run("--by", "day", "--by", "key", "--by", "route", "--by", "class")
    assert f"{day} " in by_day


@pytest.mark.usefixtures("_charged")
def test_programs_are_told_the_same() -> None:
    told = json.loads(run("--json", "--by", "key", "--days", "1"))
    assert [row["key"] for row in told["rows"]] == ["shop", "shared"]
    assert told["total"]["cpu_ms"] == 8200


@pytest.mark.usefixtures("_charged")
def test_what_hours_cost_is_drawn() -> None:
    (line,) = run("--plot", "--days", "1").splitlines()
    assert "█" * BARS in line
    assert line.endswith("USD")


@pytest.mark.usefixtures("_charged")
def test_machines_are_told_with_what_they_cost() -> None:
    text = run("--machines")
    assert "c5.large" in text
    assert text.startswith("0.0001 cores were busy on average and 0.14 in busy minutes")
    assert json.loads(run("--machines", "--json"))["machines"][0]["count"] == 1


def test_without_a_ledger_nothing_was_spent(tmp_path: Path) -> None:
    assert json.loads(run("--json"))["rows"] == []
    assert "Nothing" in run("--plot")
    assert not (tmp_path / "state").exists()


def test_money_and_sizes_are_short() -> None:
    assert [money(each) for each in (12.3456, 0.0123456, 0)] == ["12.35", "0.01235", "0.00"]
    assert [size(each) for each in (999, 12_345, 3.4e9)] == ["999 B", "12.3 kB", "3.4 GB"]


@pytest.mark.usefixtures("_charged")
@pytest.mark.parametrize(
    "words",
    [("--machines", "--by", "key"), ("--machines", "--plot"), ("--plot", "--json")],
)
def test_flags_that_say_nothing_together_are_refused(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["costs", *words], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert "got both" in done.output
