"""A design and many rows: a file of each, in processes, resumed where it was stopped."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from designs_stand import LETTERS, POSTER, need_letters, poster_in
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.designs.batch import Batch, Report
from foveate.designs.design import Design
from foveate.designs.journal import FOLDER, Journal
from foveate.errors import BadOption
from foveate.imaging import Image
from foveate.service.draw import Drawing

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ROWS = "sku,mark.fill\na,#00ff00\nb,#0000ff\nc,#000000\n"


@pytest.fixture
def poster(tmp_path: Path, photo: Image) -> Path:
    (tmp_path / "rows.csv").write_text(ROWS)
    return poster_in(tmp_path, photo)


def batch(poster: Path, **more: Any) -> Batch:
    given = {"rows": poster.parent / "rows.csv", "out": poster.parent / "out", "workers": 2}
    given |= {"drawing": Drawing("png"), "name": "{sku}.{ext}", **more}
    return Batch(design=Design.open(poster), **given)


def run(poster: Path, **more: Any) -> tuple[Report, list[Any]]:
    report = Report()
    return report, list(batch(poster, **more).run(report))


def test_each_row_is_a_file_with_its_values(poster: Path) -> None:
    report, made = run(poster)
    assert (report.done, report.failed, report.before) == (3, 0, 0)
    assert sorted(each.row.name for each in made) == ["a.png", "b.png", "c.png"]
    for name, ink in (("a", [0, 255, 0]), ("b", [0, 0, 255]), ("c", [0, 0, 0])):
        drawn = Image.new_from_file(str(poster.parent / "out" / f"{name}.png"))
        assert drawn(105, 75) == ink
        assert drawn(86, 25)[0] > 200


def test_what_is_done_is_not_done_again_unless_it_would_be_another(poster: Path) -> None:
    run(poster)
    assert run(poster)[0].before == 3
    (poster.parent / "out" / "a.png").unlink()
    report, _ = run(poster)
    assert (report.done, report.before) == (1, 2)
    (poster.parent / "rows.csv").write_text(ROWS.replace("#000000", "#ffffff"))
    assert run(poster)[0].done == 1
    assert run(poster, drawing=Drawing("png", scale=2.0))[0].done == 3
    os.utime(poster.parent / "scene.png", (1, 1))
    assert run(poster, drawing=Drawing("png", scale=2.0))[0].done == 3
    assert run(poster, drawing=Drawing("png", scale=2.0), again=True)[0].done == 3


def test_one_that_was_killed_goes_on(poster: Path) -> None:
    run(poster)
    journal = poster.parent / "out" / FOLDER / "done.jsonl"
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([*lines[:1], lines[1][:20]]))
    (journal.parent / "0123.part").write_bytes(b"half")
    report, _ = run(poster)
    assert (report.done, report.before) == (2, 1)
    assert sorted(file.name for file in journal.parent.iterdir()) == ["done.jsonl", "lock"]
    assert run(poster)[0].before == 3


def test_a_row_that_fails_fails_alone(poster: Path) -> None:
    text = "sku,photo,mark.x\na,scene.png,1\nb,lost.png,2\nc,scene.png,left\na,,4\n../d,,5\n"
    (poster.parent / "rows.csv").write_text(text)
    report, made = run(poster)
    assert (report.done, report.failed) == (1, 4)
    told = {each.row.number: each.message for each in made if each.error}
    assert "lost.png" in told[2]
    assert "x" in told[3]
    assert "twice" in told[4]
    assert "without '..'" in told[5]


def test_columns_that_are_misspelt_end_it_before_anything_is_drawn(poster: Path) -> None:
    (poster.parent / "rows.csv").write_text("sku,mrk.fill\na,#fff\n")
    with pytest.raises(BadOption, match=r"mrk\.fill"):
        run(poster)
    with pytest.raises(BadOption, match="rows as"):
        run(poster, rows=poster)
    (poster.parent / "rows.csv").write_text("sku,photo,mark.x\na,scene.png,1\n")
    with pytest.raises(BadOption, match=r"\{nosuch\}"):
        run(poster, name="{nosuch}.png")
    assert not (poster.parent / "out").exists()


def test_two_at_once_do_not_meet_in_one_folder(poster: Path) -> None:
    journal = Journal(poster.parent / "out")
    with pytest.raises(BadOption, match="at a time"):
        run(poster)
    journal.close()
    assert run(poster)[0].done == 3


def test_it_stops_after_what_is_underway(poster: Path) -> None:
    rows = "\n".join(["sku,mark.x", *(f"s{n},{n}" for n in range(60))])
    (poster.parent / "rows.csv").write_text(rows)
    stopped, report = threading.Event(), Report()
    for _ in batch(poster, stopped=stopped).run(report):
        stopped.set()
    assert report.stopped
    assert 0 < report.done < 60
    assert run(poster)[0].before == report.done


def command(*words: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["design", "batch", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_programs_read_a_line_for_each_row(poster: Path) -> None:
    rows, out = poster.parent / "rows.csv", poster.parent / "out"
    rows.write_text(ROWS + "d,red-ish\n")
    done = command(poster, rows, "--out", out, "--format", "jpg", "--json", code=1)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["report"]["done"] == 3
    assert {line["file"] for line in lines[:-1] if "error" not in line} == {
        *("1.jpg", "2.jpg", "3.jpg")
    }
    assert "3 done before, 1 failed" in command(poster, rows, "--out", out, code=1).stderr


def test_what_was_noticed_is_told_again_of_rows_that_were_done_before(poster: Path) -> None:
    need_letters()
    rows, out = poster.parent / "rows.csv", poster.parent / "out"
    poster.write_text(LETTERS)
    rows.write_text(f"title\nSale\n{'Summer sale ' * 9}\n")
    for before in (False, True):
        lines = command(poster, rows, "--out", out, "--json").stdout.splitlines()
        told = {line["row"]: line for line in map(json.loads, lines[:-1])}
        assert told[2].get("before", False) is before
        assert "for its box" in told[2]["note"]
        assert "note" not in told[1]


def test_failures_are_told_one_by_one_until_there_are_many(poster: Path) -> None:
    rows, out = poster.parent / "rows.csv", poster.parent / "out"
    rows.write_text("\n".join(["sku,mark.x", *(f"s{n},left" for n in range(23))]))
    told = command(poster, rows, "--out", out, "--name", "{sku}.png", code=1).stderr
    assert told.count("left") == 20
    assert "And 3 more: --json tells them all." in told


def test_words_in_a_design_are_columns(poster: Path) -> None:
    poster.write_text(POSTER.replace("scene.png", "{{file}}"))
    (poster.parent / "rows.csv").write_text("file\nscene.png\n")
    assert run(poster, name="{row}.{ext}")[0].done == 1
