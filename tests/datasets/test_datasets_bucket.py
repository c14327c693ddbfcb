"""Datasets in a bucket, made of raw data in one."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

from datasets_stand import a_server, cats, contents, made, pictures
from s3_server import s3_server
from storage_origin import KEY, SECRET

from foveate.datasets.dataset import State
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.settings import Datasets, Limits, Origins, Settings
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from pathlib import Path

RAW = "s3://pictures/raw"


def test_a_dataset_in_a_bucket_is_the_one_in_a_folder(tmp_path: Path) -> None:
    data = tmp_path / "s3"
    pictures(data / "pictures" / "raw", 10)
    with s3_server(data) as endpoint:
        origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
        there = a_server(tmp_path, "s3://pictures/sets", name="there", origins=origins)
        here = a_server(tmp_path, name="here")
        first, second = made(there, cats()), made(here, cats())
        assert (first.id, first.state) == (second.id, State.READY)
        assert contents(there, first) == contents(here, second)
        pieces = there.shelf.pieces(first.id, "manifest.json", 2, 9)
        assert b"".join(pieces) == contents(here, second)["manifest.json"][2:9]
        # As a worker of a cluster gets them.
        sent = pickle.dumps((there.shelf, BucketFolder(RAW, origins)))
        shelf, place = pickle.loads(sent)  # noqa: S301 - our own
        assert shelf.about(first.id)["samples"] == 20
        assert place.get("001.png") == b"picture 1 "
        there.desk.pin(first, pinned=True)
        there.tidying.run()
        assert there.store.of(first.id).pinned
        there.desk.delete(there.store.of(first.id))
        assert not contents(there, first)
        # The same pictures are the same raw data, and one that is too large is not read.
        raw = Raw(name="cats", kind=Kind.FOLDER, place=RAW)
        settings = Settings(datasets=Datasets(books=str(tmp_path / "b")), origins=origins)
        assert open_registry(settings).look(raw).digest == first.raw
        tight = open_registry(replace(settings, limits=Limits(max_bytes=5)))
        assert tight.place(raw).read("001.png") == b""
