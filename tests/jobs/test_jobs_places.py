"""Results: page by page, each once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from s3_server import s3_server
from storage_origin import KEY, SECRET

from foveate.batches.manifest import Manifest
from foveate.batches.template import TABLES, checked_name
from foveate.errors import QueueUnusable, SourceNotFound
from foveate.jobs.places import Place
from foveate.settings import Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_pages_of_any_length_have_all_tables(tmp_path: Path) -> None:
    place = Place(str(tmp_path), Settings())
    for table in TABLES:
        (tmp_path / table).write_text("{}")
    for limit in (1, 2, 100):
        found, after = list[str](), ""
        while page := [each.name for each in place.results(after, limit)]:
            found += page
            after = page[-1]
        assert found == list(TABLES)


@pytest.mark.parametrize("folder", ["50%25 off", "a#b", "a?b"])
def test_results_are_listed_whatever_their_folder_is_called(folder: str, tmp_path: Path) -> None:
    place = Place(str(tmp_path / folder), Settings())
    home = tmp_path / folder / ".foveate-batch"
    home.mkdir(parents=True)
    Manifest(home).close()
    assert place.results("", 9) == []


def test_a_damaged_manifest_is_said(tmp_path: Path) -> None:
    (tmp_path / ".foveate-batch").mkdir()
    (tmp_path / ".foveate-batch" / "manifest.sqlite3").write_bytes(b"x" * 5000)
    with pytest.raises(QueueUnusable, match="manifest"):
        Place(str(tmp_path), Settings()).results("", 9)


@pytest.mark.parametrize(
    "name", ["\0", "a" * 5000, "../a.jpg", ".foveate-batch/lock", "", "no.jpg"]
)
def test_what_no_job_made_is_no_result(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        Place(str(tmp_path), Settings()).file(name)


def test_whatever_name_a_batch_may_give_is_one_by_which_it_is_had(tmp_path: Path) -> None:
    name = checked_name(".thumbs/a.jpg")
    (tmp_path / ".thumbs").mkdir()
    (tmp_path / name).touch()
    assert Place(str(tmp_path), Settings()).file(name) == tmp_path / name


def test_a_folder_of_results_goes_whole_and_nothing_that_a_link_leads_to(tmp_path: Path) -> None:
    kept, out = tmp_path / "kept", tmp_path / "out"
    for folder in (kept, out / "deep" / "er"):
        folder.mkdir(parents=True)
        (folder / "a.jpg").touch()
    (out / "deep" / "link").symlink_to(kept)
    place, stopping = Place(str(out), Settings()), threading.Event()
    stopping.set()
    assert not place.delete(stopping)
    assert (out / "deep" / "er" / "a.jpg").exists()
    assert place.delete(threading.Event())
    assert place.delete(threading.Event())  # there is none any more
    assert [each.name for each in tmp_path.rglob("*")] == ["kept", "a.jpg"]


def test_a_bucket_gives_results_alone_and_loses_those_of_one_job_with_all_that_is_hidden(
    tmp_path: Path,
) -> None:
    results = tmp_path / "s3" / "pictures" / "jobs" / "shop"
    hidden = ".foveate-batch/aside/1"
    for name in ("mine/.thumbs/a.jpg", "mine/manifest.jsonl", f"mine/{hidden}", "mine2/a.jpg"):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).touch()
    with s3_server(tmp_path / "s3") as endpoint:
        keys = {"s3_access_key_id": KEY, "s3_secret_access_key": SECRET}
        settings = Settings(origins=Origins(s3_endpoint=endpoint, **keys))
        place = Place("s3://pictures/jobs/shop/mine", settings)
        for name in ("manifest.jsonl", ".thumbs/a.jpg"):
            with urlopen(place.address(name, 60) or "") as answer:  # noqa: S310 - our own
                assert answer.status == 200
            head = Request(place.address(name, 60, "HEAD") or "", method="HEAD")  # noqa: S310
            with urlopen(head) as answer:  # noqa: S310
                assert answer.status == 200
        for name in ("none.jpg", "../mine2/a.jpg", hidden):
            with pytest.raises(SourceNotFound):
                place.address(name, 60)
        assert place.delete(threading.Event())
    assert [each.name for each in results.rglob("*") if each.is_file()] == ["a.jpg"]
    assert (results / "mine2" / "a.jpg").exists()
