"""All of datasets for one server, while where they are noted or lie hangs."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from datasets_served import settings_of
from datasets_stand import Doubling, Few, pictures

from foveate.datasets.opened import open_datasets
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.datasets.store import FILE
from foveate.errors import DatasetsUnusable, FoveateError, SourceTimeout

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.datasets.room import Datasets

pytestmark = pytest.mark.anyio
SAID = {"name": "cats", "handler": "doubling"}
GONE = "cats_doubling-1_0123456789abcdef"


@pytest.fixture
def room(tmp_path: Path) -> Datasets:
    settings = settings_of(tmp_path)
    place = str(pictures(tmp_path / "raw", 2))
    open_registry(settings).add(Raw(name="cats", kind=Kind.FOLDER, place=place))
    return open_datasets(settings, handlers=Few([Doubling()]))


async def test_a_place_of_datasets_that_hangs_holds_up_nothing_else(
    room: Datasets, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, may = await room.request("", SAID), threading.Event()
    files, find = room.desk.shelf.files, room.desk.shelf.files.find
    monkeypatch.setattr(files, "find", lambda name: may.wait(30) and find(name))
    room.look_s = 0.05
    asked = await asyncio.gather(*[room.of(GONE) for _ in range(100)], return_exceptions=True)
    assert {type(each) for each in asked} == {SourceTimeout}
    async with asyncio.timeout(5):
        assert await asyncio.to_thread(lambda: True)
        assert (await room.of(made.id)).id == made.id
        assert [each.id for each in await room.page("", "", 9, "")] == [made.id]
    may.set()
    await room.end()


async def test_books_that_another_process_holds_keep_no_reader_and_no_picture_waiting(
    room: Datasets, tmp_path: Path
) -> None:
    made = await room.request("", SAID)
    assert await room.page("", "", 9, "")  # of books that are made already
    other = [{**SAID, "config": {"shards": {"samples": n}}} for n in range(1, 13)]
    with closing(sqlite3.connect(tmp_path / "books" / FILE, isolation_level=None)) as books:
        books.execute("BEGIN IMMEDIATE")
        asked = [asyncio.ensure_future(room.request("", each)) for each in other]
        await asyncio.sleep(0.5)
        began = time.monotonic()
        assert await asyncio.to_thread(lambda: True)
        assert (await room.of(made.id)).id == made.id
        assert [each.number for each in await room.events(made.id, 0)]
        assert time.monotonic() - began < 1
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(each) for each in found} <= {DatasetsUnusable, SourceTimeout}
        assert all(isinstance(each, FoveateError) for each in found)
    await room.end()
