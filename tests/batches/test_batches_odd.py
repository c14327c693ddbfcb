"""What is odd among sources, rows and in the folder of a batch: it is said, and ends no more."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from batch_stand import batch_without_time, drawn, table
from pyarrow import parquet
from typer.testing import CliRunner

import foveate
from foveate.batches.again import AGAIN
from foveate.batches.manifest import FILE
from foveate.batches.sources import rows_of
from foveate.cli.main import app as command
from foveate.errors import BadOption

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.batches.row import Row


def rows(*sources: object) -> list[Row]:
    return list(rows_of([str(each) for each in sources], "", lambda _: iter(())))


def names_until_it_breaks(place: Path) -> tuple[list[str], str]:
    names: list[str] = []
    found = (row.path for row in rows_of([str(place)], "", lambda _: iter(())))
    with pytest.raises(BadOption) as broken:
        names.extend(found)
    return names, str(broken.value)


def test_a_destination_is_read_where_it_is_named_as_a_source(tmp_path: Path) -> None:
    drawn(tmp_path / "photos" / "a.png")
    small, tiny = tmp_path / "small", tmp_path / "tiny"
    foveate.batch(tmp_path / "photos", small, "width=20")
    assert foveate.batch(small, tiny, "width=10").done == 1
    assert (tiny / "a.png").exists()
    assert len(rows(tmp_path)) == 1  # below a source it is none


def test_a_row_without_a_bucket_or_an_object_fails_alone(tmp_path: Path) -> None:
    drawn(tmp_path / "a.png")
    (tmp_path / "list.txt").write_text("s3://\ns3:///x.jpg\na.png\n")
    report = foveate.batch(tmp_path / "list.txt", tmp_path / "out", "width=20")
    assert (report.done, report.failed, dict(report.errors)) == (1, 2, {"BadUrl": 2})


def test_a_quote_that_is_not_closed_breaks_the_list_off_with_its_line(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text('source,sku\na.png,1\nb.png,"2\nc.png,3\nd.png,4\n')
    names, said = names_until_it_breaks(place)
    assert names == ["a"]
    assert said.startswith("list.csv line 3: expected a row of CSV, got none")


def test_all_lines_before_a_bad_byte_are_rows(tmp_path: Path) -> None:
    place = tmp_path / "list.txt"
    good = "".join(f"{number}.png\n" for number in range(300))
    place.write_bytes(good.encode() + "größe.png\n".encode("latin-1") + b"after.png\n")
    names, said = names_until_it_breaks(place)
    assert len(names) == 300
    assert said == "list.txt line 301: expected a list in UTF-8, got other bytes."


def test_a_number_that_is_too_long_is_no_value(tmp_path: Path) -> None:
    place = tmp_path / "list.jsonl"
    place.write_text('{"source": "a.png", "n": ' + "9" * 5000 + ', "m": 7}\n')
    assert [dict(row.columns) for row in rows(place)] == [{"m": "7"}]


def test_what_the_moment_failed_is_tried_again_and_what_is_broken_is_not(tmp_path: Path) -> None:
    drawn(tmp_path / "photos" / "a.png")
    (tmp_path / "photos" / "b.png").write_bytes(b"broken")
    out = tmp_path / "out"
    foveate.batch(tmp_path / "photos", out, "width=20")
    with sqlite3.connect(out / ".foveate-batch" / FILE) as books:
        books.execute("UPDATE rows SET status = 'failed', error = 'TimedOut' WHERE status = 'done'")
    report = foveate.batch(tmp_path / "photos", out, "width=20")
    assert (report.done, report.failed, report.failed_before) == (1, 0, 1)


def test_what_tells_of_the_moment_is_a_class_by_itself() -> None:
    assert {"TimedOut", "SourceTimeout", "DecoderKilled", "QueueFull", "ServerBusy"} <= AGAIN
    assert "BucketRefused" in AGAIN
    assert not AGAIN & {"BrokenImage", "SourceNotFound", "SourceRefused", "MemoryBudgetSpent"}


def test_a_picture_has_more_time_in_a_batch_and_is_told_which_setting_bounds_it(
    tmp_path: Path,
) -> None:
    drawn(tmp_path / "photos" / "a.png")
    report = batch_without_time(tmp_path / "photos", tmp_path / "out")
    assert dict(report.errors) == {"TimedOut": 1}
    assert "times FOVEATE_LIMITS__TIMEOUT_S" in table(tmp_path / "out")[0]["message"]


def test_a_manifest_that_is_damaged_in_its_middle_is_told_as_such(tmp_path: Path) -> None:
    for number in range(3):
        drawn(tmp_path / "photos" / f"{number}.png")
    out = tmp_path / "out"
    foveate.batch(tmp_path / "photos", out, "width=20")
    file = out / ".foveate-batch" / FILE
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    file.write_bytes(data)
    with pytest.raises(BadOption, match="Expected a manifest"):
        foveate.batch(tmp_path / "photos", out, "width=20")


def test_a_manifest_that_is_a_folder_is_told_as_such(tmp_path: Path) -> None:
    drawn(tmp_path / "photos" / "a.png")
    (tmp_path / "out" / ".foveate-batch" / FILE).mkdir(parents=True)
    with pytest.raises(BadOption, match="got a folder"):
        foveate.batch(tmp_path / "photos", tmp_path / "out", "width=20")


def test_standard_input_that_is_closed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BadOption, match="it is closed"):
        rows("-")


def test_nothing_found_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    words = ["batch", str(tmp_path / "photos"), "--out", str(tmp_path / "out"), "-o", "width=9"]
    ended = CliRunner().invoke(command, words)
    assert isinstance(ended.exception, BadOption) or ended.exit_code == 2
    assert not CliRunner().invoke(command, [*words[:1], "-", *words[2:]], input="").exit_code


@pytest.mark.parametrize("name", ["../{path}.jpg", "/{path}.jpg", "a/../{path}.jpg"])
def test_a_name_that_leads_away_is_refused_before_anything_is_made(
    tmp_path: Path, name: str
) -> None:
    drawn(tmp_path / "photos" / "a.png")
    with pytest.raises(BadOption, match="relative name"):
        foveate.batch(tmp_path / "photos", tmp_path / "out", "width=9", names=name)
    assert not (tmp_path / "out").exists()


def test_parquet_that_names_no_pictures_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"sku": ["1"]}), tmp_path / "list.parquet")
    with pytest.raises(BadOption, match="Expected columns with source, file"):
        rows(tmp_path / "list.parquet")


def test_a_pattern_of_a_bucket_is_refused() -> None:
    with pytest.raises(BadOption, match="patterns are for folders"):
        rows("s3://shop/raw/*.png")


def test_many_equal_rows_do_not_hold_up_the_first(tmp_path: Path) -> None:
    drawn(tmp_path / "a.png")
    (tmp_path / "list.txt").write_text("a.png\n" * 5000)
    met: list[int] = []
    report = foveate.batch(
        tmp_path / "list.txt",
        tmp_path / "out",
        "width=20",
        workers=2,
        told=lambda _, so_far: met.append(so_far.repeated),
    )
    assert (report.done, report.repeated) == (1, 4999)
    assert met[0] < 4999
