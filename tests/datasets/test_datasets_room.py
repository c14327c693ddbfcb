"""All of datasets for one server, while where they are noted or lie hangs."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from datasets_served import settings_of
from datasets_stand import Doubling, Few, pictures

from foveate.datasets.identity import Identity
from foveate.datasets.opened import open_datasets
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.datasets.room import MOST_PLANNING
from foveate.datasets.store import FILE
from foveate.errors import (
    BadConfiguration,
    DatasetsUnusable,
    FoveateError,
    QueueFull,
    SourceTimeout,
    UnknownDataset,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.room import Datasets
    from foveate.storage.kept import Kept, KeptFiles

pytestmark = pytest.mark.anyio
SAID = {"name": "cats", "handler": "doubling"}
GONE = "cats_doubling-1_0123456789abcdef"


def a_room(tmp_path: Path, books: str = "books", handler: Doubling | None = None) -> Datasets:
    """Return a server of two pictures `cats` and of a place that others may have, too."""
    settings = settings_of(tmp_path, books)
    place = str(pictures(tmp_path / "raw", 2))
    open_registry(settings).add(Raw(name="cats", kind=Kind.FOLDER, place=place))
    return open_datasets(settings, handlers=Few([handler or Doubling()]))


@pytest.fixture
def room(tmp_path: Path) -> Datasets:
    return a_room(tmp_path)


class Watched:
    """A place of datasets that may hang, and knows how often it was written to."""

    def __init__(self, files: KeptFiles) -> None:
        self._files, self.may, self.puts = files, threading.Event(), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def find(self, name: str) -> Kept | None:
        assert self.may.wait(30)
        return self._files.find(name)

    def put(self, name: str, data: bytes) -> None:
        self.puts += 1
        self._files.put(name, data)


def watched(room: Datasets) -> Watched:
    files = Watched(room.desk.shelf.files)
    room.desk.shelf.files = files  # type: ignore[assignment]
    return files


async def ready(room: Datasets, **said: Any) -> Dataset:
    """Return a dataset that is there."""
    dataset = await room.request("", {**SAID, **said})
    async with asyncio.timeout(10):
        while not (now := await room.of(dataset.id)).has_ended:
            await room.wait(dataset.id, 1, 5)
    return now


async def test_a_place_of_datasets_that_hangs_holds_up_nothing_else(room: Datasets) -> None:
    made = await room.request("", SAID)
    files = watched(room)
    room.look_s = 0.05
    asked = await asyncio.gather(*[room.of(GONE) for _ in range(100)], return_exceptions=True)
    assert {type(each) for each in asked} == {SourceTimeout}
    async with asyncio.timeout(5):
        assert await asyncio.to_thread(lambda: True)
        assert (await room.of(made.id)).id == made.id
        assert [each.id for each in await room.page("", "", 9, "")] == [made.id]
    files.may.set()
    await room.end()


async def test_who_asks_how_a_dataset_is_while_its_place_hangs_hears_what_is_known_here(
    room: Datasets,
) -> None:
    made = await ready(room)
    files = watched(room)
    room.glance_s = 0.05
    assert (await room.of(made.id)).state == "ready"
    files.may.set()
    await room.end()


class Puzzling(Doubling):
    """Has a schema that takes for ever."""

    may = threading.Event()

    def canonical(self, config: object) -> bytes:
        assert self.may.wait(30)
        return super().canonical(config)


async def test_schemas_that_take_long_hold_up_no_reader_and_no_more_wait_for_them_than_may(
    tmp_path: Path,
) -> None:
    handler = Puzzling()
    room = a_room(tmp_path, handler=handler)
    asked = [asyncio.ensure_future(room.request("", SAID)) for _ in range(MOST_PLANNING + 1)]
    async with asyncio.timeout(5):
        (refused,), _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert isinstance(refused.exception(), QueueFull)
        with pytest.raises(UnknownDataset):
            await room.of(GONE)
        assert await room.page("", "", 9, "") == []
        handler.may.set()
        made = await asyncio.gather(*asked, return_exceptions=True)
    assert len({each.id for each in made if not isinstance(each, BaseException)}) == 1
    await room.end()


async def test_what_one_server_deletes_or_pins_is_so_at_once_for_the_others(
    tmp_path: Path,
) -> None:
    one, two = a_room(tmp_path), a_room(tmp_path, "others")
    dataset = await ready(one)
    assert (await two.of(dataset.id)).state == "ready"
    await two.ready(dataset.id)
    await one.pin(dataset.id, pinned=True)
    assert (await two.of(dataset.id)).pinned
    assert two.listings.listed(dataset.id).files
    await one.delete(dataset.id)
    for asks in (two.of, two.ready, two.delete):
        with pytest.raises(UnknownDataset):
            await asks(dataset.id)
    assert await two.page("", "", 9, "") == []
    assert (await ready(two)).id == dataset.id
    assert (await one.of(dataset.id)).state == "ready"
    await asyncio.gather(one.end(), two.end())


async def test_what_was_deleted_and_is_asked_for_again_is_waited_for_everywhere(
    tmp_path: Path,
) -> None:
    one, two = a_room(tmp_path), a_room(tmp_path, "others")
    dataset = await ready(one)
    assert (await two.of(dataset.id)).state == "ready"
    await one.delete(dataset.id)
    await asyncio.to_thread(one.desk.have, Identity.of(dataset))
    assert (await two.of(dataset.id)).state in {"queued", "running", "ready"}
    await asyncio.gather(one.end(), two.end())


async def test_books_that_another_process_holds_keep_no_reader_and_no_picture_waiting(
    room: Datasets, tmp_path: Path
) -> None:
    made = await room.request("", SAID)
    assert await room.page("", "", 9, "")  # of books that are made already
    files = watched(room)
    files.may.set()
    other = [{**SAID, "config": {"shards": {"samples": n}}} for n in range(1, 13)]
    with closing(sqlite3.connect(tmp_path / "books" / FILE, isolation_level=None)) as books:
        books.execute("BEGIN IMMEDIATE")
        asked = [asyncio.ensure_future(room.request("", each)) for each in other]
        async with asyncio.timeout(5):
            while files.puts < 4:  # then all who look there want the books
                await asyncio.sleep(0.005)
        began = time.monotonic()
        assert await asyncio.to_thread(lambda: True)
        assert (await room.of(made.id)).id == made.id
        assert [each.number for each in await room.events(made.id, 0)]
        assert time.monotonic() - began < 1
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(each) for each in found} <= {DatasetsUnusable, SourceTimeout}
        assert all(isinstance(each, FoveateError) for each in found)
    await room.end()


class Picky(Doubling):
    """Wants a class of cats."""

    def check_classes(self, _: object, classes: Sequence[str]) -> None:
        if "cat" not in classes:
            raise BadConfiguration(f"Expected cats, got {list(classes)}.")


async def test_what_raw_data_has_not_is_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    room = a_room(tmp_path, handler=Picky())
    for _ in range(2):  # looked at, and remembered
        with pytest.raises(BadConfiguration, match=r"Expected cats, got \[\]\."):
            await room.request("", SAID)
    assert not list(await room.page("", "", 9, ""))
    await room.end()
