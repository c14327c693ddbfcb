"""What servers with one place tell each other of datasets."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

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


def test_what_cannot_be_read_of_a_dataset_is_in_its_manifest(tmp_path: Path) -> None:
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()))
    identity = Identity(
        name="cats", handler="cut", version="1.0", pin="p", config=b'{"a":1}', raw_digest="r"
    )
    request = {"name": "cats", "handler": "cut", "version": "1.0", "config": {"a": 1}}
    said = {"request": request, "handler_pin": "p", "raw": {"digest": "r"}, "samples": 7}
    said |= {"bytes": 30, "files": [{"bytes": 12}]}
    manifest = json.dumps(said).encode()
    shelf.put(identity.id, MANIFEST, manifest)
    for left in (None, b"", b"[]", b'{"name": "cats"}'):
        if left is not None:
            shelf.files.put(f"{ABOUTS}/{identity.id}.json", left)
        about = shelf.about(identity.id)
        assert about is not None
        assert shelf.identity(about) == identity
        assert (about["samples"], about["bytes"]) == (7, 42 + len(manifest))
