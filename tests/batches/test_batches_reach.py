"""What a server's own batches may read: what it serves."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from batch_stand import drawn, ink_of, made, table

from foveate.app import create
from foveate.batches.library import description_of
from foveate.batches.reach import AtOrigin, Everywhere
from foveate.batches.run import Going
from foveate.batches.run import batch as run_batch
from foveate.errors import BadOption, NotAnImage, SourceNotFound
from foveate.settings import Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path

REACH = AtOrigin()
NAMING = "redact=faces,redact.only=subject:ann"


def test_a_folder_a_pattern_and_a_list_are_read_below_the_origin(tmp_path: Path) -> None:
    origin = tmp_path / "in"
    for name, ink in (("cats/a", "red"), ("cats/b", "green"), ("c", "blue")):
        drawn(origin / f"{name}.png", ink)
    (origin / "list.csv").write_text("file,sku\nc.png,7\ncats/a.png,8\n")
    origins = Origins(folder=str(origin))
    rows = list(REACH.rows(["cats", "c*.png", "list.csv"], "", origins, None))
    assert [row.key for row in rows] == ["cats/a.png", "cats/b.png", "c.png", "c.png", "cats/a.png"]
    assert [row.path for row in rows] == ["a", "b", "c", "c", "cats/a"]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert rows[3].columns == {"sku": "7"}


def test_a_list_leads_nowhere_else_and_its_options_name_nobody(tmp_path: Path) -> None:
    origin, secret = tmp_path / "in", drawn(tmp_path / "secret.png", "green")
    drawn(origin / "a.png", "red")
    (origin / "link.png").symlink_to(secret)
    sources = ["a.png", str(secret), "../secret.png", "link.png", "https://b.com/a.png"]
    lines = [json.dumps({"source": each}) for each in sources]
    lines.append(json.dumps({"source": "a.png", "options": NAMING}))
    (origin / "list.jsonl").write_text("\n".join(lines))
    settings = Settings(origins=Origins(folder=str(origin)))
    asked = description_of(["list.jsonl"], str(tmp_path / "out"), ["width=8"], names=["{row}.png"])
    report = run_batch(create(settings, REACH.opens), asked, Going(workers=1, reach=REACH))
    assert (report.done, report.failed) == (1, 5)
    errors = [row.get("error") for row in table(tmp_path / "out")]
    assert errors[1:] == [
        *("BadOption", "BadOption", "SourceNotFound", "OriginNotAllowed", "BadOption")
    ]
    assert sorted(made(tmp_path / "out")) == ["1.png", "manifest.jsonl"]
    assert ink_of(tmp_path / "out" / "1.png") == "red"


def test_a_list_in_a_bucket_is_refused_and_a_prefix_of_that_name_is_none() -> None:
    origins = Origins(folder="s3://shop/in")
    with pytest.raises(
        BadOption, match=r"a prefix of a bucket, got lists/shop\.csv: lists are read"
    ):
        REACH.check(["lists/shop.csv"], origins)
    REACH.check(["lists/shop.csv/", "shop"], origins)
    with pytest.raises(BadOption, match="lists are read of folders"):
        Everywhere().check(["s3://shop/lists/shop.csv"], origins)


def test_a_stranger_hears_of_errors_what_http_tells_and_the_operator_all(tmp_path: Path) -> None:
    origin, out = tmp_path / "in", tmp_path / "out"
    secret = drawn(tmp_path / "secret.png")
    origin.mkdir()
    (origin / "link.png").symlink_to(secret)
    (origin / "broken.png").write_bytes(b"nonsense")
    settings = Settings(origins=Origins(folder=str(origin)))
    going = Going(workers=1, reach=REACH)
    asked = description_of(["l*.png", "broken.png"], str(out), ["width=8"])
    run_batch(create(settings, REACH.opens), asked, going)
    assert [row["message"] for row in table(out)] == [SourceNotFound.summary, NotAnImage.summary]
    own = description_of([str(origin / "broken.png")], str(tmp_path / "own"), ["width=8"])
    run_batch(create(settings), own, Going(workers=1))
    assert table(tmp_path / "own")[0]["message"] != NotAnImage.summary


def test_a_folder_that_is_gone_is_told_of_as_a_path_below_the_origin(tmp_path: Path) -> None:
    for name in ("a.png", "sub/b.png"):
        drawn(tmp_path / name)
    rows = REACH.rows([""], "", Origins(folder=str(tmp_path)), None)
    assert next(iter(rows)).key == "a.png"
    shutil.rmtree(tmp_path / "sub")
    (gone,) = rows
    assert (gone.key, str(tmp_path) in gone.problem) == ("sub", False)


def test_people_are_not_to_be_asked_for_by_name(tmp_path: Path) -> None:
    drawn(tmp_path / "in" / "a.png")
    settings = Settings(origins=Origins(folder=str(tmp_path / "in")))
    asked = description_of(
        ["a.png"], str(tmp_path / "out"), ["redact=faces,redact.only=subject:ann"]
    )
    with pytest.raises(BadOption, match="by their names"):
        run_batch(create(settings, REACH.opens), asked, Going(workers=1, reach=REACH))
