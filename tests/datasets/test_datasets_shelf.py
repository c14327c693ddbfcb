"""What servers with one place tell each other of datasets."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from foveate.datasets.identity import Identity
from foveate.datasets.places import ABOUTS, USES
from foveate.datasets.shards.names import MANIFEST
from foveate.datasets.shelf import MOST_USED, Shelf
from foveate.settings import Origins
from foveate.storage.kept import KeptFiles

if TYPE_CHECKING:
    from pathlib import Path

ID = "ds-" + "0" * 32


def test_that_somebody_asked_is_written_once_in_an_hour(tmp_path: Path) -> None:
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()))
    shelf.use(ID)
    assert shelf.used(ID) > 1
    os.utime(tmp_path / USES / ID, (1, 1))
    shelf.use(ID)
    assert shelf.used(ID) == 1
    Shelf(shelf.files).use(ID)  # another server knows nothing of it
    assert shelf.used(ID) > 1


def test_a_process_remembers_so_many_datasets_that_were_asked_for(tmp_path: Path) -> None:
    known = dict.fromkeys(map(str, range(MOST_USED)), 0.0)
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()), known)
    shelf.use(ID)
    assert list(known) == [ID]


IDENTITY = Identity(
    name="cats", handler="cut", version="1.0", pin="p", config=b'{"a":1}', raw_digest="r"
)
REQUEST = {"name": "cats", "handler": "cut", "version": "1.0", "config": {"a": 1}}
NOTE = REQUEST | {"pin": "p", "raw_digest": "r", "samples": 7, "bytes": 99}
SAID = {"request": REQUEST, "handler_pin": "p", "raw": {"digest": "r"}, "samples": 7}
SAID |= {"bytes": 30, "files": [{"bytes": 12}]}


def noted(**other: object) -> bytes:
    """Return what is noted of a dataset, but for this."""
    return json.dumps(
        {word: each for word, each in (NOTE | other).items() if each != "no"}
    ).encode()


@pytest.mark.parametrize(
    "left",
    [
        None,
        b"",
        b"[]",
        b'{"name": "cats"}',
        b"[" * 100_000,
        noted(bytes="no"),
        noted(bytes="lots"),
        noted(bytes=[1]),
        noted(bytes=-5),
        noted(bytes=True),
        noted(bytes=float("nan")),
        noted(bytes=2**63),
        noted(bytes=10**30),
        noted(samples=None),
        noted(config={"a": 2}),
    ],
)
def test_what_cannot_be_read_of_a_dataset_is_in_its_manifest(
    tmp_path: Path, left: bytes | None
) -> None:
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()))
    manifest = json.dumps(SAID).encode()
    shelf.put(IDENTITY.id, MANIFEST, manifest)
    if left is not None:
        shelf.files.put(f"{ABOUTS}/{IDENTITY.id}.json", left)
    about = shelf.about(IDENTITY.id)
    assert about is not None
    assert shelf.identity(about) == IDENTITY
    assert (about["samples"], about["bytes"]) == (7, 42 + len(manifest))


@pytest.mark.parametrize("said", [{"samples": "7"}, {"bytes": -500}, {"files": [{"bytes": 2**63}]}])
def test_a_manifest_of_other_counts_than_there_can_be_says_nothing(
    tmp_path: Path, said: dict[str, object]
) -> None:
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()))
    shelf.put(IDENTITY.id, MANIFEST, json.dumps({**SAID, **said}).encode())
    assert shelf.about(IDENTITY.id) is None
    shelf.files.put(f"{ABOUTS}/{IDENTITY.id}.json", noted())
    assert shelf.about(IDENTITY.id) == NOTE
