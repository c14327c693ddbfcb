"""`foveate batch`: what it says, and with which code it ends."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from batch_stand import drawn, ink_of, table, width_of
from typer.testing import CliRunner

from foveate.batches.description import OnError
from foveate.batches.report import BatchReport
from foveate.cli.batch import exit_code
from foveate.cli.main import app
from foveate.errors import BadOption

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name, ink in (("a.png", "red"), ("b.jpg", "green")):
        drawn(tmp_path / "photos" / name, ink)
    return tmp_path / "photos"


def run(*words: object, given: str | None = None) -> Result:
    said = ["batch", *map(str, words)]
    return CliRunner().invoke(app, said, input=given, catch_exceptions=False)


def test_it_says_how_it_went_and_ends_with_what_failed(photos: Path, tmp_path: Path) -> None:
    (photos / "c.jpg").write_bytes(b"no picture")
    out = tmp_path / "out"
    done = run(
        photos, "--out", out, "-o", "width=20", "-o", "w=10", "--name", "{path}-{width}.{ext}"
    )
    assert done.exit_code == 1
    assert (ink_of(out / "a-20.png"), width_of(out / "b-10.jpg")) == ("red", 10)
    first, counts, *_ = done.stderr.splitlines()
    assert first.startswith(f"foveate: {photos}/c.jpg: Expected a picture such as")
    assert counts == "2 done, 1 failed."
    assert "  1 NotAnImage" in done.stderr
    (photos / "c.jpg").unlink()
    again = run(
        photos, "--out", out, "-o", "width=20", "-o", "w=10", "--name", "{path}-{width}.{ext}"
    )
    assert (again.exit_code, again.stderr) == (0, "0 done, 2 done before.\n")


def test_programs_read_a_line_for_each_picture_and_the_report(photos: Path, tmp_path: Path) -> None:
    done = run("-", "--out", tmp_path / "out", "--json", given=f"{photos}/a.png\nnone.png\n")
    assert done.exit_code == 1
    *rows, last = map(json.loads, done.stdout.splitlines())
    by_status = {row["status"]: row for row in rows}
    assert by_status["done"]["source"] == f"{photos}/a.png"
    assert by_status["done"]["outputs"][0]["name"].endswith("a.png")
    assert by_status["failed"]["error"] == "SourceNotFound"
    report = last["report"]
    assert (report["done"], report["failed"], report["errors"]) == (1, 1, {"SourceNotFound": 1})
    assert report["currency"] == "USD"


def test_an_address_that_cannot_be_had_is_named_once(tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/a.png"
    done = run(address, "--out", tmp_path / "out", "-o", "width=10")
    assert done.stderr.splitlines()[0].count(address) == 1


def test_the_report_is_told_of_a_list_that_ends_badly_as_well(photos: Path, tmp_path: Path) -> None:
    said = ["batch", "-", "--out", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(app, said, input=f"{photos}/a.png\n{{broken\n")
    _, last = map(json.loads, done.stdout.splitlines())
    assert last["report"]["done"] == 1
    assert "line 2: expected JSON" in str(done.exception)


def test_tables_say_what_is_known_of_pictures(photos: Path, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415

    out = tmp_path / "out"
    words = (photos, "--out", out, "--parts", "colours")
    assert run(*words).exit_code == 0
    rows = table(out, "analysis.jsonl")
    assert [row["colours"]["palette"][0]["colour"][1:3] for row in rows] == ["fa", "00"]
    assert not list(out.glob("*.png"))
    assert run(*words, "--tables", "parquet").exit_code == 0
    read = parquet.read_table(out / "analysis.parquet").to_pylist()
    assert [json.loads(row["colours"]) for row in read] == [row["colours"] for row in rows]
    assert read[0]["width"] == 40


def test_a_dry_run_estimates(photos: Path, tmp_path: Path) -> None:
    done = run(photos, "--out", tmp_path / "out", "-o", "width=20", "--dry-run")
    assert done.exit_code == 0
    assert done.stdout.startswith("2 pictures are left")
    assert re.search(r"with \d+ workers, .* made of them, .* USD\.", done.stdout)
    assert not (tmp_path / "out").exists()
    words = ("--out", tmp_path / "o", "-o", "width=20", "--dry-run", "--json")
    told = json.loads(run(photos, *words).stdout)
    assert told["pictures"] == 2


def test_what_is_asked_wrongly_is_an_error_of_its_own(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="nothing there"):
        run(tmp_path / "none", "--out", tmp_path / "out", "-o", "width=20")
    with pytest.raises(BadOption, match="Expected renditions, parts or crops"):
        run(photos, "--out", tmp_path / "out")
    assert run(photos).exit_code == 2
    flags = run(photos, "--out", tmp_path / "out", "--width", "20")
    assert "-o width=20" in flags.stderr


@pytest.mark.parametrize(
    ("report", "on_error", "code"),
    [
        (BatchReport(done=1), OnError.STOP, 0),
        (BatchReport(done=1, stopped=True), OnError.STOP, 130),
        (BatchReport(failed_before=1, stopped=True), OnError.STOP, 130),
        (BatchReport(failed=1, stopped=True), OnError.STOP, 1),
        (BatchReport(failed=1, stopped=True), OnError.CONTINUE, 130),
        (BatchReport(failed=1), OnError.CONTINUE, 1),
    ],
)
def test_the_exit_code_tells_an_interruption_from_the_picture_that_ended_it(
    report: BatchReport, on_error: OnError, code: int
) -> None:
    assert exit_code(report, on_error) == code


def test_an_interruption_ends_it_gently_and_says_how_to_go_on(photos: Path, tmp_path: Path) -> None:
    for number in range(8):
        drawn(photos / f"{number}.png", size=(40, 31 + number))
    slow = "width=600,height=600,fit=contain,blur=40,format=jpeg"
    words = ["batch", photos, "--out", tmp_path / "out", "-o", slow, "--json", "--workers", "1"]
    command = [sys.executable, "-c", "from foveate.cli import main; main()", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    process.send_signal(signal.SIGINT)
    lines += process.stdout.readlines()
    process.stdout.close()
    assert process.wait() == 130
    *rows, report = map(json.loads, lines)
    assert report["report"]["stopped"]
    assert 0 < len(rows) < 10
    rest = run(photos, "--out", tmp_path / "out", "-o", slow)
    assert rest.exit_code == 0
    assert rest.stderr.startswith(f"{10 - len(rows)} done, {len(rows)} done before.")
