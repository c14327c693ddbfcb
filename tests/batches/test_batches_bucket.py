"""Batches from and into buckets, of a real S3 server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from batch_stand import INKS, drawn, ink_of, table
from s3_server import s3_server
from storage_origin import KEY, SECRET

import foveate
from foveate.app import create
from foveate.batches.destination import BucketDestination, Placing
from foveate.batches.reach import AtOrigin
from foveate.errors import NameTaken
from foveate.settings import Origins, load
from foveate.storage.anywhere import Anywhere
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.app import App


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    data = tmp_path_factory.mktemp("s3")
    (data / "shop").mkdir()
    with s3_server(data) as endpoint:
        yield endpoint, data / "shop"


@pytest.fixture
def app(bucket: tuple[str, Path]) -> App:
    origins = Origins(
        s3_endpoint=bucket[0],
        s3_access_key_id=KEY,
        s3_secret_access_key=SECRET,
        allow_private=True,
    )
    return create(replace(load(), origins=origins), Anywhere)


def test_a_prefix_of_a_bucket_is_read_and_another_written(
    bucket: tuple[str, Path], app: App
) -> None:
    for number, ink in enumerate(INKS):
        drawn(bucket[1] / "raw" / "year" / f"{number}.png", ink)
    (bucket[1] / "raw" / "notes.txt").write_text("no picture")
    equal = bucket[1] / "raw" / "year" / "9.png"
    equal.write_bytes((bucket[1] / "raw" / "year" / "0.png").read_bytes())
    words = ("s3://shop/raw/", "s3://shop/web", "width=20")
    report = foveate.batch(*words, parts="colours", app=app, workers=1)
    assert (report.done, report.failed, report.copied) == (4, 0, 1)
    assert [ink_of(bucket[1] / "web" / "year" / f"{n}.png") for n in range(3)] == [*INKS]
    rows = table(bucket[1] / "web")
    assert rows[0]["source"] == "s3://shop/raw/year/0.png"
    assert len(table(bucket[1] / "web", "analysis.jsonl")) == 4
    again = foveate.batch(*words, parts="colours", app=app)
    assert (again.done, again.before) == (0, 4)
    drawn(bucket[1] / "raw" / "year" / "1.png", "red", (44, 30))
    changed = foveate.batch(*words, parts="colours", app=app)
    assert (changed.done, changed.before) == (1, 3)
    assert ink_of(bucket[1] / "web" / "year" / "1.png") == "red"


def test_what_is_hidden_in_a_bucket_is_nothing_that_a_server_serves(
    bucket: tuple[str, Path], app: App
) -> None:
    for name in ("a", ".b", ".hidden/c", "sub/.hidden/d", "sub/e"):
        drawn(bucket[1] / "served" / f"{name}.png")
    origins = replace(app.settings.origins, folder="s3://shop/served")
    keys = [row.key for row in AtOrigin().rows(["", "sub"], "", origins, None)]
    assert keys == ["a.png", "sub/e.png", "sub/e.png"]


def test_an_object_that_is_not_there_fails_alone(app: App, tmp_path: Path) -> None:
    report = foveate.batch("s3://shop/web2/none.png", tmp_path / "out", "width=8", app=app)
    assert dict(report.errors) == {"SourceNotFound": 1}


def test_a_name_in_a_bucket_is_had_once(bucket: tuple[str, Path], app: App, tmp_path: Path) -> None:
    place = BucketDestination(
        BucketFolder("s3://shop/claimed", app.settings.origins), tmp_path, shared=False
    )
    one, other = tmp_path / "1", tmp_path / "2"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    place.claim(Placing(one, "x.png"))
    with pytest.raises(NameTaken):
        place.claim(Placing(other, "x.png"))
    assert (bucket[1] / "claimed" / "x.png").read_bytes() == b"1"
