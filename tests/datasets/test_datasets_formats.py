"""Datasets in each format, from a preparation to what a client reads."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest
from datasets_stand import a_server, cats, contents, made

from foveate.datasets.dataset import State
from foveate.datasets.shards.archive import Entry, Layout
from foveate.datasets.shards.finish import ShardFormats
from foveate.datasets.shards.formats import NAMES, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", NAMES)
def test_what_is_prepared_is_read_and_comes_as_one_archive(name: str, tmp_path: Path) -> None:
    server = a_server(tmp_path, formats=ShardFormats())
    dataset = made(server, cats(shards={"samples": 3, "format": name}))
    assert (dataset.state, dataset.samples) == (State.READY, 20)
    files = contents(server, dataset)
    manifest = json.loads(files["manifest.json"])
    samples = [
        (sample.key, sample.data)
        for shard in manifest["shards"]
        if shard["samples"]
        for sample in read(manifest["format"], shard["name"], lambda each: io.BytesIO(files[each]))
    ]
    assert sorted(samples) == [
        (f"{number:03}-{time:03}", b"picture %d %d" % (number, time))
        for number in range(10)
        for time in range(2)
    ]
    rows = (*manifest["shards"], *manifest["files"])
    entries = [Entry(each["name"], each["bytes"], each["crc32"]) for each in rows]
    told = files["manifest.json"]
    layout = Layout([Entry("manifest.json", len(told), zlib.crc32(told)), *entries])
    whole = b"".join(layout.read(0, layout.size, partial(server.shelf.pieces, dataset.id)))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert {each: archive.read(each) for each in archive.namelist()} == files
