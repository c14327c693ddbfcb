"""Where batches write: one of several programs has a name, and the others are told."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from s3_refusing import refusing
from storage_origin import KEY, SECRET

from foveate.batches.destination import (
    BucketDestination,
    FolderDestination,
    Placing,
)
from foveate.errors import NameTaken
from foveate.settings import Origins
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from pathlib import Path

EXECUTORS = 8


def claimed(folder: Path, data: bytes, name: str = "web/x.png") -> bool:
    destination = FolderDestination(folder)
    aside = folder / f"{data!r}.aside"
    aside.write_bytes(data)
    try:
        destination.claim(Placing(aside, name))
    except NameTaken:
        return False
    return True


def test_one_of_many_who_come_at_once_has_a_name_and_keeps_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(EXECUTORS) as pool:
        won = list(pool.map(lambda each: claimed(tmp_path, b"%d" % each), range(EXECUTORS)))
    assert won.count(True) == 1
    assert (tmp_path / "web/x.png").read_bytes() == b"%d" % won.index(True)
    assert not (tmp_path / f"{b'%d' % won.index(True)!r}.aside").exists()
    assert not claimed(tmp_path, b"y", "web/x.png/below.png")


def test_a_bucket_that_lets_nobody_delete_ends_nothing_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with refusing(deletes=403) as (endpoint, kept):
        origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
        bucket = BucketFolder("s3://shop/web", origins)
        destination = BucketDestination(bucket, tmp_path, shared=True)
        aside = destination.asides.write("1", b"x", "a.png")
        assert destination.place([Placing(aside, "a.png")]) == [""]
        destination.remove("a.png")
    assert "/shop/web/a.png" in kept
    assert caplog.text.count("expected to delete") == 2


@pytest.mark.parametrize(("name", "told"), [("a", True), ("none", False), ("file/x", False)])
def test_what_a_folder_does_not_delete_is_told(
    name: str, told: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a").mkdir()  # which is no file
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        FolderDestination(tmp_path).remove(name)
    assert bool(caplog.records) is told
