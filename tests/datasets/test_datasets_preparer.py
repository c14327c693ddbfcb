"""Datasets that are made once, by whoever comes first, and go on where somebody was stopped."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from datasets_stand import (
    FLAGGED,
    Doubling,
    Few,
    Lines,
    LinesWriter,
    Worker,
    a_server,
    ask_for,
    at_work,
    cats,
    contents,
    ended,
    made,
)

from foveate.datasets.dataset import State
from foveate.datasets.identity import Request
from foveate.datasets.places import ABOUTS, ASKED, OURS, PARTS, USES
from foveate.datasets.preparer import MOST_WAITING
from foveate.errors import (
    BadConfiguration,
    BucketRefused,
    DatasetConflict,
    DatasetsAway,
    DatasetsUnusable,
    RawChanged,
    SourceNotFound,
    SourceTimeout,
    SourceUnreachable,
    UnknownDataset,
    UnknownHandler,
    UnknownRaw,
)
from foveate.storage.shared import MOST_CLAIMS, claim_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.preparer import Preparer
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Raw, Survey
    from foveate.datasets.raw.registry import Registry
    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Chunk, Pictures
    from foveate.datasets.shelf import Shelf
    from foveate.storage.kept import KeptFiles


def test_a_dataset_is_made_in_chunks_and_told_of_in_its_manifest(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    dataset = made(server, cats())
    assert (dataset.state, dataset.samples) == (State.READY, 20)
    files = contents(server, dataset)
    # 8 for training and 2 for validation, two samples in a chunk.
    assert list(files) == [
        "README.md",
        "manifest.json",
        *(f"train-{number:05}-00.txt" for number in range(4)),
        "val-00000-00.txt",
    ]
    assert files["train-00000-00.txt"] == (
        b"000-000 picture 0 0\n000-001 picture 0 1\n001-000 picture 1 0\n001-001 picture 1 1\n"
    )
    manifest = json.loads(files["manifest.json"])
    assert manifest["splits"] == {"train": 8, "val": 2}
    assert manifest["raw"]["licence"] == "CC0"
    assert str(tmp_path) not in files["manifest.json"].decode()
    assert dataset.bytes == sum(map(len, files.values()))
    assert list(server.shelf.files.list(".foveate/parts")) == []
    names = [event.name for event in server.store.events(dataset.id)[0]]
    assert names == ["queued", "progress", "ready"]


def test_what_was_asked_for_before_is_there_at_once_however_it_is_spelt(tmp_path: Path) -> None:
    handler = Doubling()
    server = a_server(tmp_path, handler=handler)
    first = made(server, cats())
    again = ask_for(
        server, Request("cats", "doubling", "", {"times": 2.0, "shards": {"samples": 2}})
    )
    assert (again.id, again.state) == (first.id, State.READY)
    assert len(handler.worked) == 10
    assert ask_for(server, cats(times=3)).id != first.id


class Given(Doubling):
    """Keeps what its handlers read with."""

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        self.pictures = pictures
        return super().start(config, pictures)


def test_handlers_read_what_was_looked_at_and_nothing_else(tmp_path: Path) -> None:
    handler = Given()
    made(a_server(tmp_path, handler=handler), cats())
    assert handler.pictures.read("001.png") == b"picture 1 "
    (tmp_path / "raw/001.png").write_bytes(b"another")
    with pytest.raises(RawChanged, match=r"001\.png has other bytes"):
        handler.pictures.read("001.png")
    (tmp_path / "raw/new.png").write_bytes(b"new")
    with pytest.raises(SourceNotFound):
        handler.pictures.read("new.png")


class Failing:
    """A store that meets these first, and is looked at again at once."""

    def __init__(self, server: Preparer, *meets: Exception) -> None:
        self._server, self._store, self._meets = server, server.store, list(meets)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def waiting(self, most: int) -> list[Dataset]:
        if self._meets:
            ask_for(self._server, cats(seed=len(self._meets)))
            raise self._meets.pop(0)
        return self._store.waiting(most)


def test_datasets_are_made_whatever_a_look_met(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = a_server(tmp_path)
    full, odd = DatasetsUnusable("The disk is full."), RuntimeError("Nobody expects this.")
    server.store = Failing(server, full, full, full, odd)  # type: ignore[assignment]
    assert made(server, cats()).state is State.READY
    assert "nobody expected" in caplog.text
    assert caplog.text.count("The disk is full.") == 1


class Meeting(Lines):
    """A format that meets these first, one for each chunk."""

    def __init__(self, *meets: Exception) -> None:
        self._meets = list(meets)

    def writer(self, name: str, chunk: Chunk) -> LinesWriter:
        if self._meets:
            raise self._meets.pop(0)
        return super().writer(name, chunk)


def test_a_dataset_waits_for_room_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    told = SourceUnreachable("train-00000-00.txt: No space left on device (os error 28)")
    server = a_server(tmp_path, formats=Meeting(full, told), workers=1)
    server.rest_s = 0.0
    assert made(server, cats()).state is State.READY
    assert caplog.text.count("waits for room") == 2


class Beside:
    """Raw data that is away at first: when it is looked at, or when a picture is read."""

    def __init__(self, registry: Registry, looks: int = 0, reads: int = 0) -> None:
        self._registry, self.looks, self.reads = registry, looks, reads

    def __getattr__(self, name: str) -> Any:
        return getattr(self._registry, name)

    def look(self, raw: Raw, halt: Callable[[], None]) -> Survey:
        self.looks -= 1
        if self.looks >= 0:
            raise SourceUnreachable("no connection to the service")
        return self._registry.look(raw, halt)

    def place(self, raw: Raw) -> Hanging:
        return Hanging(self._registry.place(raw), self)


class Hanging:
    def __init__(self, place: Place, of: Beside) -> None:
        self._place, self._of = place, of

    def read(self, name: str) -> bytes:
        self._of.reads -= 1
        if self._of.reads >= 0:
            raise SourceTimeout(f"{name}: no answer in time")
        return self._place.read(name)


@pytest.mark.parametrize("away", [{"looks": 2}, {"reads": 2}])
def test_a_dataset_waits_for_raw_data_that_is_away_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, away: dict[str, int]
) -> None:
    server = a_server(tmp_path, workers=1)
    server.registry = Beside(server.registry, **away)  # type: ignore[assignment]
    server.rest_s = 0.0
    assert made(server, cats()).state is State.READY
    assert caplog.text.count("waits for its raw data") == 2


def test_raw_data_that_is_away_holds_up_no_other_dataset(tmp_path: Path) -> None:
    server = a_server(tmp_path, at_once=1, workers=1)
    server.registry = Beside(server.registry, looks=1)  # type: ignore[assignment]

    async def go() -> tuple[Dataset, State]:
        async with at_work(server):
            waits = await asyncio.to_thread(ask_for, server, cats())
            other = await asyncio.to_thread(ask_for, server, cats(seed=2))
            done = await ended(server, other)
            return server.store.of(waits.id), done.state

    waits, other = asyncio.run(go())
    assert other is State.READY
    assert (waits.state, waits.progress) == (State.QUEUED, {"waits": "raw data"})


class Locked:
    """Books to which nobody can write how far a dataset is."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def progress(self, *_: Any) -> None:
        raise DatasetsUnusable("The books are locked.")


def test_how_far_it_is_may_be_told_later_and_nothing_is_made_twice(tmp_path: Path) -> None:
    handler = Doubling()
    server = a_server(tmp_path, handler=handler)
    server.store = Locked(server.store)  # type: ignore[assignment]
    assert made(server, cats()).state is State.READY
    assert len(handler.worked) == 10


class Hiccuping:
    """A place of datasets that meets these first, when it is brought a file."""

    def __init__(self, files: KeptFiles, *meets: Exception) -> None:
        self._files, self._meets = files, list(meets)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def bring(self, name: str, file: Path) -> None:
        if self._meets:
            raise self._meets.pop(0)
        self._files.bring(name, file)


def test_a_dataset_outlives_that_its_place_is_away_and_keeps_what_is_finished(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = a_server(tmp_path, workers=1)
    away = [DatasetsAway("train-00000-00.txt: no answer in time")] * 3
    server.shelf.files = Hiccuping(server.shelf.files, *away)  # type: ignore[assignment]
    server.rest_s = 0.0
    dataset = made(server, cats())
    assert (dataset.state, dataset.samples) == (State.READY, 20)
    assert caplog.text.count("no answer in time") == 3
    assert [each.name for each in server.store.events(dataset.id)[0]].count("failed") == 0


@pytest.mark.parametrize(
    ("why", "waits"),
    [
        (DatasetsAway("full.txt: No space left on device (os error 28)"), "room"),
        (DatasetsAway("full.txt: no answer in time"), "where datasets are"),
    ],
)
def test_what_waits_says_for_what_is_deleted_and_forgets_it_once_it_goes_on(
    tmp_path: Path, why: Exception, waits: str
) -> None:
    server = a_server(tmp_path, workers=1)
    files = server.shelf.files
    server.shelf.files = Hiccuping(files, why, why)  # type: ignore[assignment]

    async def rests(dataset: Dataset) -> Dataset:
        while "waits" not in (now := server.store.of(dataset.id)).progress or server._runs:  # noqa: SLF001
            await asyncio.sleep(0.002)
        return now

    async def go() -> Dataset:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            now = await rests(dataset)
            assert (now.state, now.progress["waits"]) == (State.QUEUED, waits)
            assert "eta_s" not in now.progress
            assert server.store.events(now.id)[0][-1].data["waits"] == waits
            server._rests = 0.0  # noqa: SLF001 - half a minute went by
            server._wake()  # noqa: SLF001
            while server._rests == 0.0:  # noqa: SLF001
                await asyncio.sleep(0.002)
            await asyncio.to_thread(server.desk.delete, await rests(dataset))
            assert server.store.find(now.id) is None
            server._rests = 0.0  # noqa: SLF001
            return await ended(server, await asyncio.to_thread(ask_for, server, cats()))

    done = asyncio.run(go())
    assert done.state is State.READY
    assert "waits" not in done.progress


def test_what_is_refused_to_one_dataset_holds_up_no_other(tmp_path: Path) -> None:
    server = a_server(tmp_path, at_once=1, workers=1)

    async def go() -> tuple[Dataset, Dataset, State]:
        dataset = ask_for(server, cats())
        away = ask_for(server, cats(seed=1))
        (tmp_path / "datasets" / PARTS).mkdir(parents=True)
        (tmp_path / "datasets" / PARTS / dataset.id).touch()
        server.shelf.files = Policy(server.shelf.files, away.id)  # type: ignore[assignment]
        async with at_work(server):
            other = await asyncio.to_thread(ask_for, server, cats(seed=2))
            done = await ended(server, other)
            return await ended(server, dataset), server.store.of(away.id), done.state

    refused, away, other = asyncio.run(go())
    assert other is State.READY
    assert away.state is State.QUEUED
    assert refused.error == "NotWritten"
    assert refused.message == "What was made could not be written: File exists."


class Policy:
    """A place of datasets of which keys may not read all that is said of one."""

    def __init__(self, files: KeptFiles, refused: str) -> None:
        self._files, self._refused = files, refused

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def find(self, name: str) -> Any:
        if self._refused in name:
            raise DatasetsAway(name) from BucketRefused("AccessDenied")
        return self._files.find(name)


class Away:
    """A shelf that cannot be told why something failed."""

    def __init__(self, shelf: Shelf, meets: Exception) -> None:
        self._shelf, self._meets, self.tries = shelf, meets, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    def ask(self, *words: Any) -> None:
        if len(words) > 1:
            self.tries += 1
            raise self._meets
        self._shelf.ask(*words)


@pytest.mark.parametrize("meets", [SourceUnreachable("away"), RuntimeError("odd")])
def test_a_failure_that_cannot_be_told_is_tried_again_after_a_rest(
    tmp_path: Path, meets: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    whole = a_server(tmp_path, handler=Doubling(fails=True))
    shelf = Away(whole.shelf, meets)
    server = replace(whole, shelf=shelf)  # type: ignore[arg-type]

    async def go() -> None:
        async with at_work(server):
            await asyncio.to_thread(ask_for, server, cats())
            while not shelf.tries or server._runs:  # noqa: SLF001 - nothing tells of it
                await asyncio.sleep(0.002)
            await server._look()  # noqa: SLF001 - sooner than it would by itself
            assert not server._runs  # noqa: SLF001

    asyncio.run(go())
    assert shelf.tries == 1
    assert str(meets) in caplog.text


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path))
    failed = made(a_server(tmp_path, formats=Meeting(denied), workers=1), cats())
    assert failed.message == "What was made could not be written: Permission denied."


def test_twenty_who_ask_at_once_have_it_made_once(tmp_path: Path) -> None:
    handler = Doubling()
    server = a_server(tmp_path, handler=handler)

    async def go() -> set[str]:
        async with at_work(server):
            asked = [asyncio.to_thread(ask_for, server, cats()) for _ in range(20)]
            found = await asyncio.gather(*asked)
            await ended(server, found[0])
        return {each.id for each in found}

    assert len(asyncio.run(go())) == 1
    assert sorted(handler.worked) == [f"{number:03}" for number in range(10)]


def test_one_worker_and_four_write_the_same_bytes(tmp_path: Path) -> None:
    one = a_server(tmp_path, f"{tmp_path}/a", name="a", workers=1)
    four = a_server(tmp_path, f"{tmp_path}/b", name="b", workers=4, handler=Doubling(pace_s=0.001))
    first, second = made(one, cats()), made(four, cats())
    assert first.id == second.id
    assert contents(one, first) == contents(four, second)


def test_changed_raw_data_is_another_dataset(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    before = made(server, cats())
    (tmp_path / "raw" / "003.png").write_bytes(b"another one")
    after = ask_for(server, cats())
    assert after.id != before.id
    (tmp_path / "raw" / "003.png").write_bytes(b"picture 3 ")
    assert ask_for(server, cats()).id == before.id


def test_a_picture_that_changes_while_it_is_made_fails_the_dataset_and_says_so(
    tmp_path: Path,
) -> None:
    server = a_server(tmp_path)
    dataset = ask_for(server, cats())
    (tmp_path / "raw" / "003.png").write_bytes(b"another one")

    async def go() -> None:
        async with at_work(server):
            await ended(server, dataset)

    asyncio.run(go())
    assert server.store.of(dataset.id).error == "RawChanged"


def test_a_picture_that_changed_and_looks_as_before_is_read_again(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    ask_for(server, cats())
    picture = tmp_path / "raw" / "007.png"
    kept = picture.stat()
    picture.write_bytes(picture.read_bytes().swapcase())
    os.utime(picture, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert made(server, cats()).error == "RawChanged"
    assert made(server, cats()).state is State.READY
    assert made(a_server(tmp_path, name="other"), cats()).state is State.READY


def test_a_handler_that_crashes_fails_its_dataset_with_its_log_and_nothing_else(
    tmp_path: Path,
) -> None:
    handler = Doubling()
    server = a_server(tmp_path, handler=handler, workers=3)
    failed = made(server, cats(fails="004"))
    assert (failed.state, failed.error, failed.log) == (State.FAILED, "HandlerFailed", "Traceback")
    events = server.store.events(failed.id)[0]
    assert events[-1].name == "failed"
    assert events[-1].data == {
        "error": "HandlerFailed",
        "message": "It crashed.",
        "log": "Traceback",
    }
    assert handler.running == set()
    assert made(server, cats()).state is State.READY
    # Whoever asks again has it tried again, from the last chunk that was finished.
    assert ask_for(server, cats(fails="004")).state is State.QUEUED


def test_pictures_of_which_nothing_can_be_made_are_left_out_and_counted(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    (tmp_path / "raw" / "005.png").write_bytes(b"")
    (tmp_path / "raw" / "006.png").write_bytes(FLAGGED)
    dataset = made(server, cats())
    assert dataset.samples == 16
    files = contents(server, dataset)
    skipped = json.loads(files["manifest.json"])["skipped"]
    assert skipped == {"BrokenImage": 1, "PictureBlocked": 1}


def test_pictures_of_which_a_handler_makes_nothing_are_counted_too(tmp_path: Path) -> None:
    server = a_server(tmp_path, handler=Sparing())
    skipped = json.loads(contents(server, made(server, cats()))["manifest.json"])["skipped"]
    assert skipped == {"NothingMade": 3}


class Sparing(Doubling):
    """Makes nothing of some."""

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return SparingWorker(self, config, pictures)


class SparingWorker(Worker):
    def answer(self) -> Callable[[], list[Made]]:
        few = self._asked[0].key in {"001", "004", "009"}
        made = super().answer()
        return list if few else made


@pytest.mark.parametrize(
    ("config", "content", "error", "told"),
    [
        ({"times": 0}, b"picture", "BadConfiguration", "10 NothingMade"),
        ({}, b"", "BadRaw", "10 BrokenImage"),
    ],
)
def test_a_dataset_of_nothing_fails_and_says_why(
    tmp_path: Path, config: dict[str, Any], content: bytes, error: str, told: str
) -> None:
    server = a_server(tmp_path)
    if not content:
        for picture in (tmp_path / "raw").iterdir():
            picture.write_bytes(content)
    failed = made(server, cats(**config))
    assert (failed.state, failed.error) == (State.FAILED, error)
    assert failed.message == f"Expected a dataset with samples, got nothing of 10: {told}."


def test_a_server_that_stops_leaves_what_is_finished_to_the_next(tmp_path: Path) -> None:
    slow, handler = Doubling(pace_s=0.02), Doubling()
    server = a_server(tmp_path, handler=slow, workers=1)

    async def go() -> str:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            while server.shelf.count_finished(dataset.id) < 2:
                await asyncio.sleep(0.002)
        return dataset.id

    dataset_id = asyncio.run(go())
    assert server.store.of(dataset_id).state is State.RUNNING
    again = a_server(tmp_path, handler=handler)
    dataset = made(again, cats())
    assert (dataset.id, dataset.state, dataset.samples) == (dataset_id, State.READY, 20)
    assert 0 < len(handler.worked) <= 6
    other = a_server(tmp_path, f"{tmp_path}/other", name="other")
    assert contents(again, dataset) == contents(other, made(other, cats()))


def half_made(server: Preparer, chunks: int) -> Dataset:
    """Return a dataset of which so many chunks are finished; nobody works on it any more."""

    async def go() -> Dataset:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            while server.shelf.count_finished(dataset.id) < chunks:
                await asyncio.sleep(0.002)
        return dataset

    return asyncio.run(go())


@pytest.mark.parametrize("left", [b"", None])
def test_a_chunk_whose_file_is_not_what_was_noted_is_made_again(
    tmp_path: Path, left: bytes | None
) -> None:
    server = a_server(tmp_path, handler=Doubling(pace_s=0.02), workers=1)
    dataset = half_made(server, 2)
    shard = tmp_path / "datasets" / dataset.id / "train-00000-00.txt"
    shard.unlink()
    if left is not None:
        shard.write_bytes(left)
    again = a_server(tmp_path)
    assert made(again, cats()).state is State.READY
    other = a_server(tmp_path, f"{tmp_path}/other", name="other")
    assert contents(again, dataset) == contents(other, made(other, cats()))


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"shards": [{}], "skipped": {}}'])
def test_a_chunk_whose_note_cannot_be_read_is_made_again(tmp_path: Path, left: bytes) -> None:
    dataset = half_made(a_server(tmp_path, handler=Doubling(pace_s=0.02), workers=1), 2)
    (tmp_path / "datasets" / PARTS / dataset.id / "train-00000.json").write_bytes(left)
    again = a_server(tmp_path)
    assert made(again, cats()).state is State.READY
    other = a_server(tmp_path, f"{tmp_path}/other", name="other")
    assert contents(again, dataset) == contents(other, made(other, cats()))


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"{}"])
def test_what_cannot_be_read_of_one_dataset_keeps_no_other_from_being_tidied(
    tmp_path: Path, left: bytes
) -> None:
    one, two = (a_server(tmp_path, name=name) for name in ("one", "two"))
    broken, well = made(one, cats()), made(one, cats(seed=1))
    (tmp_path / "datasets" / ABOUTS / f"{broken.id}.json").write_bytes(left)
    two.tidying.run()
    assert [each.id for each in two.store.page(limit=10)] == [well.id]
    with pytest.raises(UnknownDataset):
        two.desk.elsewhere(broken.id)
    assert made(two, cats()).state is State.READY
    assert a_server(tmp_path, name="three").desk.elsewhere(broken.id).state is State.READY


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"{}"])
def test_a_request_that_cannot_be_read_is_asked_for_again(tmp_path: Path, left: bytes) -> None:
    one, two = (a_server(tmp_path, name=name) for name in ("one", "two"))
    dataset = ask_for(one, cats())
    (tmp_path / "datasets" / ASKED / f"{dataset.id}.json").write_bytes(left)
    with pytest.raises(UnknownDataset):
        two.desk.elsewhere(dataset.id)
    assert made(one, cats()).state is State.READY


class Steps:
    """A shelf that remembers what was done to it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self.steps = shelf, list[str]()

    def __getattr__(self, name: str) -> Any:
        if name in {"bring", "settle", "finish", "put", "complete"}:
            self.steps.append(name)
        return getattr(self._shelf, name)


def test_a_chunk_is_noted_once_its_files_are_on_the_disk(tmp_path: Path) -> None:
    server = a_server(tmp_path, workers=1)
    shelf = Steps(server.shelf)
    made(replace(server, shelf=shelf), cats())  # type: ignore[arg-type]
    assert shelf.steps == [*["bring", "settle", "finish"] * 5, "put", "complete"]


def test_two_servers_with_one_place_make_a_dataset_once_and_both_tell_of_it(
    tmp_path: Path,
) -> None:
    handler = Doubling(pace_s=0.002)
    one, two = (a_server(tmp_path, handler=handler, name=name) for name in ("one", "two"))

    async def go() -> list[State]:
        async with at_work(one, two):
            asked = await asyncio.gather(
                *(asyncio.to_thread(ask_for, each, cats()) for each in (one, two))
            )
            return [(await ended(s, d)).state for s, d in zip((one, two), asked, strict=True)]

    assert asyncio.run(go()) == [State.READY, State.READY]
    assert len(handler.worked) == 10


def test_what_another_server_made_is_there_at_once_and_in_the_list(tmp_path: Path) -> None:
    one, two = (a_server(tmp_path, name=name) for name in ("one", "two"))
    dataset = made(one, cats())
    assert ask_for(two, cats()).state is State.READY
    three = a_server(tmp_path, name="three")
    three.tidying.run()
    (found,) = three.store.page(limit=10)
    assert (found.id, found.digest, found.bytes) == (dataset.id, dataset.digest, dataset.bytes)
    one.desk.delete(dataset)
    three.tidying.run()
    assert three.store.page(limit=10) == []
    assert ask_for(two, cats()).state is State.QUEUED


def test_what_failed_at_one_server_and_is_asked_for_again_is_made_by_any(tmp_path: Path) -> None:
    ill, well = Doubling(), Doubling()
    ill.fails = True
    one = a_server(tmp_path, handler=ill)
    two = a_server(tmp_path, name="two", handler=well)
    failed = made(one, cats())
    assert two.desk.elsewhere(failed.id).message == "It crashed."
    assert (two.desk.elsewhere(failed.id).state, well.worked) == (State.FAILED, [])
    assert made(two, cats()).state is State.READY
    assert one.desk.elsewhere(failed.id).state is State.READY
    assert two.shelf.asked(failed.id) is None


def test_what_a_server_that_is_gone_was_asked_for_is_made_by_who_is_asked_how_it_is(
    tmp_path: Path,
) -> None:
    gone, other = (a_server(tmp_path, name=name) for name in ("gone", "other"))
    dataset = ask_for(gone, cats())

    async def go() -> Dataset:
        async with at_work(other):
            return await ended(other, await asyncio.to_thread(other.desk.elsewhere, dataset.id))

    assert asyncio.run(go()).state is State.READY


def let_days_go_by(tmp_path: Path, server: Preparer) -> None:
    """Have all be used 2 days ago, by the books of a server and by what all see."""
    then = time.time() - 2 * 24 * 3600
    with server.store._books.writing() as books:  # noqa: SLF001
        books.execute("UPDATE datasets SET used = ?", (then,))
    for mark in (tmp_path / "datasets" / USES).iterdir():
        os.utime(mark, (then, then))


def test_what_nobody_asked_for_goes_unless_it_is_pinned_by_any_server(tmp_path: Path) -> None:
    one = a_server(tmp_path, keep_days=1)
    two = a_server(tmp_path, name="two", keep_days=1)
    kept, gone = made(one, cats(times=1)), made(one, cats(times=2))
    two.tidying.run()
    two.desk.pin(two.store.of(kept.id), pinned=True)
    let_days_go_by(tmp_path, one)
    one.tidying.run()
    assert [each.id for each in one.store.page(limit=10)] == [kept.id]
    assert not contents(one, gone)
    assert contents(one, kept)


def test_what_is_half_made_goes_once_its_server_is_gone_and_nobody_asks(tmp_path: Path) -> None:
    gone = a_server(tmp_path, handler=Doubling(pace_s=0.02), workers=1)
    dataset = half_made(gone, 2)
    other = a_server(tmp_path, name="two", keep_days=1)
    other.tidying.run()
    assert other.shelf.count_finished(dataset.id)
    let_days_go_by(tmp_path, gone)
    gone.tidying.run()  # it is in its own books, and goes on
    assert contents(other, dataset)
    other.tidying.run()
    assert (contents(other, dataset), other.shelf.half_made()) == ({}, {})
    assert made(gone, cats()).state is State.READY


def test_what_another_server_was_asked_for_lately_stays(tmp_path: Path) -> None:
    one = a_server(tmp_path, keep_days=1)
    two = a_server(tmp_path, name="two", keep_days=1)
    dataset = made(one, cats())
    let_days_go_by(tmp_path, one)
    ask_for(two, cats())
    one.tidying.run()
    assert one.store.of(dataset.id).state is State.READY


class Between:
    """A shelf on which somebody asks for a dataset just before it goes."""

    def __init__(self, shelf: Shelf, ask: Callable[[], Dataset]) -> None:
        self._shelf, self._ask = shelf, ask

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    def hide(self, dataset_id: str) -> bytes:
        self.answered = self._ask().state
        return self._shelf.hide(dataset_id)


def test_what_another_server_just_said_to_be_there_stays(tmp_path: Path) -> None:
    one = a_server(tmp_path, keep_days=1)
    two = a_server(tmp_path, name="two", keep_days=1)
    dataset = made(one, cats())
    files = contents(one, dataset)
    let_days_go_by(tmp_path, one)
    between: Any = Between(one.shelf, lambda: ask_for(two, cats()))
    removal = replace(one.tidying.removal, shelf=between)
    replace(one.tidying, removal=removal).run()
    assert between.answered is State.READY
    assert contents(one, dataset) == files
    assert one.store.of(dataset.id).state is State.READY


class Tidying:
    """What takes as long as there is much to delete."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def run(self, _: object) -> None:
        self.begun.set()
        assert self.may_end.wait(10)


def test_datasets_are_made_while_what_nobody_wants_goes(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    server.tidying = slow = Tidying()  # type: ignore[assignment]

    async def go() -> Dataset:
        async with at_work(server):
            try:
                assert await asyncio.to_thread(slow.begun.wait, 10)
                return await ended(server, await asyncio.to_thread(ask_for, server, cats()))
            finally:
                slow.may_end.set()

    assert asyncio.run(go()).state is State.READY


def test_two_servers_make_once_what_many_were_killed_at_and_leave_no_claim(
    tmp_path: Path,
) -> None:
    handler = Doubling(pace_s=0.02)
    one, two = (a_server(tmp_path, handler=handler, name=name, workers=1) for name in ("1", "2"))
    dataset = ask_for(one, cats())
    ask_for(two, cats())
    claims = tmp_path / "datasets" / OURS / "claims"
    claims.mkdir()
    for number in range(MOST_CLAIMS):
        left = tmp_path / "datasets" / OURS / claim_name(dataset.id, number)
        left.write_bytes(b"")
        os.utime(left, (time.time() - 90,) * 2)

    async def go() -> list[State]:
        async with at_work(one, two):
            return [(await ended(each, dataset)).state for each in (one, two)]

    assert asyncio.run(go()) == [State.READY, State.READY]
    assert len(handler.worked) == 10
    assert not list(claims.iterdir())


def failed_long_ago(tmp_path: Path) -> Preparer:
    """Return a server that failed to make `cats` 2 days ago, and keeps datasets for one."""
    server = a_server(tmp_path, name="two", keep_days=1)
    server.store.fail(ask_for(server, cats()), "HandlerFailed", "It crashed.")
    let_days_go_by(tmp_path, server)
    return server


def test_what_a_server_failed_to_make_long_ago_and_another_made_since_stays(
    tmp_path: Path,
) -> None:
    two = failed_long_ago(tmp_path)
    one = a_server(tmp_path)
    dataset = made(one, cats())
    files = contents(one, dataset)
    two.tidying.run()
    assert contents(one, dataset) == files
    assert two.store.of(dataset.id).state is State.READY


def test_what_a_server_failed_to_make_long_ago_stays_while_another_makes_it(
    tmp_path: Path,
) -> None:
    two = failed_long_ago(tmp_path)
    one = a_server(tmp_path, handler=Doubling(pace_s=0.01), workers=1)

    async def go() -> Dataset:
        async with at_work(one):
            dataset = await asyncio.to_thread(ask_for, one, cats())
            while not one.shelf.count_finished(dataset.id):
                await asyncio.sleep(0.002)
            let_days_go_by(tmp_path, two)
            await asyncio.to_thread(two.tidying.run)
            with pytest.raises(DatasetConflict):
                await asyncio.to_thread(two.desk.delete, dataset)
            return await ended(one, dataset)

    dataset = asyncio.run(go())
    told = json.loads(contents(one, dataset)["manifest.json"])
    assert {each["name"] for each in told["shards"]} < contents(one, dataset).keys()


class Meanwhile:
    """A shelf of which something happens once, right after it was asked a question."""

    def __init__(self, shelf: Shelf, question: str, happens: Callable[[], object]) -> None:
        self._shelf, self._question, self._happens = shelf, question, [happens]

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._shelf, name)
        if name != self._question:
            return asked

        def answer(*words: Any) -> Any:
            answered = asked(*words)
            if self._happens:
                self._happens.pop()()
            return answered

        return answer


def meanwhile(tmp_path: Path, question: str, happens: Callable[[], object]) -> Preparer:
    """Return another process of the server `one`, with such a shelf."""
    server = a_server(tmp_path, keep_days=1)
    shelf: Any = Meanwhile(server.shelf, question, happens)
    return replace(server, shelf=shelf)


def test_what_becomes_ready_while_a_server_tidies_is_not_forgotten(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    made(server, cats(times=1))
    meanwhile(tmp_path, "ids", lambda: made(server, cats(times=3))).tidying.run()
    assert [each.samples for each in server.store.page(limit=10)] == [30, 10]


def test_what_becomes_ready_while_it_is_asked_for_is_not_made_again(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    asked = ask_for(meanwhile(tmp_path, "about", lambda: made(server, cats())), cats())
    assert asked.state is State.READY
    names = [event.name for event in server.store.events(asked.id)[0]]
    assert names == ["queued", "progress", "ready"]


@pytest.mark.parametrize(("by", "question"), [("one", "pins"), ("two", "uses")])
def test_what_is_pinned_while_a_server_tidies_stays(tmp_path: Path, by: str, question: str) -> None:
    server, who = a_server(tmp_path), a_server(tmp_path, name=by)
    dataset = made(server, cats())
    who.tidying.run()
    let_days_go_by(tmp_path, server)
    theirs = who.store.of(dataset.id)
    meanwhile(tmp_path, question, lambda: who.desk.pin(theirs, pinned=True)).tidying.run()
    assert contents(server, dataset)
    server.tidying.run()
    assert server.store.of(dataset.id).pinned


def test_what_is_asked_for_while_it_is_deleted_is_made_again(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    dataset = made(server, cats())
    meanwhile(tmp_path, "remove", lambda: ask_for(server, cats())).desk.delete(dataset)
    assert not contents(server, dataset)
    assert server.store.of(dataset.id).state is State.QUEUED


def test_who_lost_his_claim_says_nothing_of_how_that_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = a_server(tmp_path, handler=Doubling(pace_s=0.01), workers=1)

    async def go() -> Dataset:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats(fails="002"))
            while not server.shelf.count_finished(dataset.id):
                await asyncio.sleep(0.002)
            await server.shared.create(claim_name(dataset.id, 1))
            while server._runs:  # noqa: SLF001 - nothing tells of it
                await asyncio.sleep(0.002)
            return server.store.of(dataset.id)

    assert asyncio.run(go()).state is State.RUNNING
    assert "failed" not in caplog.text


def test_what_is_ready_is_whole_whoever_made_it_and_whoever_still_tells(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    dataset, store = ask_for(server, cats()), server.store
    store.begin(dataset)
    part = {"chunks": 1, "of_chunks": 3, "samples": 120, "of_samples": 300, "eta_s": 9.5}
    store.progress(dataset, part)
    store.ready(dataset, {"bytes": 9, "samples": 600})
    whole = {"chunks": 3, "of_chunks": 3, "samples": 300, "of_samples": 300, "eta_s": 0.0}
    assert store.of(dataset.id).progress == whole
    store.progress(dataset, part)
    assert store.of(dataset.id).progress == whole
    assert store.events(dataset.id)[0][-1].name == "ready"


def test_what_is_ready_does_not_fail_any_more(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    dataset = made(server, cats())
    before = server.store.events(dataset.id)
    server.store.fail(dataset, "NotWritten", "gone")
    assert server.store.of(dataset.id) == dataset
    assert server.store.events(dataset.id) == before


def test_where_there_is_no_room_the_one_that_was_asked_for_the_longest_ago_goes(
    tmp_path: Path,
) -> None:
    server = a_server(tmp_path, budget_bytes=2500)
    first, second, third = (made(server, cats(times=n)) for n in (1, 2, 3))
    assert first.bytes + second.bytes + third.bytes > 2500
    server.tidying.run()
    assert len(server.store.page(limit=10)) == 3  # somebody may be fetching them
    let_days_go_by(tmp_path, server)
    server.desk.downloaded(first)
    server.tidying.run()
    assert second.id not in {each.id for each in server.store.page(limit=10)}
    assert server.store.of(first.id).downloads == 1


@pytest.mark.parametrize(("budget_bytes", "stays"), [(50, False), (5000, True), (0, True)])
def test_what_is_half_made_of_a_dataset_that_failed_needs_room_too(
    tmp_path: Path, budget_bytes: int, stays: bool
) -> None:
    server = a_server(tmp_path, workers=1, budget_bytes=budget_bytes)
    failed = made(server, cats(fails="009"))
    assert sum(map(len, contents(server, failed).values())) > 50
    server.tidying.run()
    assert contents(server, failed)  # somebody may ask for it again
    let_days_go_by(tmp_path, server)
    server.tidying.run()
    assert (server.store.find(failed.id) is not None, bool(contents(server, failed))) == (
        stays,
        stays,
    )


def test_what_is_fetched_for_hours_stays_however_little_room_there_is(tmp_path: Path) -> None:
    server = a_server(tmp_path, budget_bytes=100)
    dataset = made(server, cats())
    let_days_go_by(tmp_path, server)
    another = a_server(tmp_path, budget_bytes=100)
    assert b"".join(another.desk.read(dataset, "manifest.json", 0, 20))
    server.tidying.run()
    assert server.store.of(dataset.id).state is State.READY


def test_what_is_being_made_cannot_be_deleted(tmp_path: Path) -> None:
    server = a_server(tmp_path, handler=Doubling(pace_s=0.01), workers=1)

    async def go() -> None:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            while not server.shelf.count_finished(dataset.id):
                await asyncio.sleep(0.002)
            with pytest.raises(DatasetConflict):
                server.desk.delete(dataset)

    asyncio.run(go())


@pytest.mark.parametrize("told", [0, 1])
def test_a_dataset_that_is_cancelled_stops_and_goes_on_when_it_is_asked_for_again(
    tmp_path: Path, told: int
) -> None:
    handler = Doubling(holds_after=4)
    servers = [a_server(tmp_path, handler=handler, workers=1, name=f"{n}") for n in (0, 1)]
    (maker, well) = servers[0], Doubling()

    async def go() -> Dataset:
        async with at_work(maker):
            dataset = await asyncio.to_thread(ask_for, maker, cats())
            while not maker.shelf.count_finished(dataset.id):
                await asyncio.sleep(0.002)
            known = await asyncio.to_thread(servers[told].desk.elsewhere, dataset.id)
            cancelled = await asyncio.to_thread(servers[told].desk.cancel, known)
            assert (cancelled.state, cancelled.error) == (State.FAILED, "DatasetCancelled")
            while handler.running:
                await asyncio.sleep(0.002)
        return dataset

    dataset = asyncio.run(go())
    assert len(handler.worked) == 4
    assert maker.store.of(dataset.id).error == "DatasetCancelled"
    again = made(a_server(tmp_path, handler=well, name="again"), cats())
    assert (again.id, again.state, again.samples) == (dataset.id, State.READY, 20)
    assert 0 < len(well.worked) < 10


def test_a_dataset_that_is_cancelled_while_it_waits_is_never_begun(tmp_path: Path) -> None:
    handler = Doubling()
    server = a_server(tmp_path, handler=handler)
    dataset = server.desk.cancel(ask_for(server, cats()))

    made(server, cats(times=1))  # which waited behind it
    assert server.store.of(dataset.id).error == "DatasetCancelled"
    assert len(handler.worked) == 10


def test_a_dataset_that_is_there_is_not_cancelled_any_more(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    assert server.desk.cancel(made(server, cats())).state is State.READY


def test_a_handler_whose_code_is_another_one_now_does_not_go_on_with_it(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    dataset = ask_for(server, cats())
    server.installed = Few([Doubling(pin="cd")])

    async def go() -> None:
        async with at_work(server):
            await ended(server, dataset)

    asyncio.run(go())
    assert server.store.of(dataset.id).error == "UnknownHandler"


def test_what_cannot_be_asked_for_is_refused_before_any_work(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    for request, error in (
        (Request("dogs", "doubling"), UnknownRaw),
        (Request("cats", "tripling"), UnknownHandler),
        (Request("cats", "doubling", "9.9"), UnknownHandler),
        (cats(times=99), BadConfiguration),
        (cats(times=9), BadConfiguration),
        (cats(more=1), BadConfiguration),
    ):
        with pytest.raises(error):
            ask_for(server, request)
    assert not server.store.exists


def test_of_many_that_wait_each_is_told_of_that_another_server_made(tmp_path: Path) -> None:
    asks, makes = a_server(tmp_path, at_once=0), a_server(tmp_path, name="two")
    for seed in range(MOST_WAITING + 5):
        last = ask_for(asks, cats(seed=seed))
    made(makes, cats(seed=MOST_WAITING + 4))

    async def go() -> Dataset:
        async with at_work(asks):
            return await ended(asks, last)

    assert asyncio.run(go()).state is State.READY


def test_a_server_that_is_busy_tells_how_others_fare(tmp_path: Path) -> None:
    busy = a_server(tmp_path, handler=Doubling(holds_after=0), at_once=1, workers=1)
    handler = Doubling(holds_after=4)
    other = a_server(tmp_path, name="two", handler=handler, workers=1)

    async def go() -> tuple[Dataset, list[Dataset]]:
        asked = [cats(), cats(times=1), cats(fails="000"), cats(times=3)]
        async with at_work(busy):
            held, *rest = [await asyncio.to_thread(ask_for, busy, each) for each in asked]
            while busy.store.of(held.id).state is not State.RUNNING:
                await asyncio.sleep(0.002)
            await asyncio.to_thread(ask_for, other, asked[1])
            async with at_work(other):
                assert await asyncio.to_thread(handler.holds.wait, 10)
                while (now := busy.store.of(rest[0].id)).progress.get("chunks") != 2:
                    await asyncio.sleep(0.002)
                await asyncio.to_thread(ask_for, other, asked[2])
                await asyncio.to_thread(other.desk.cancel, other.store.of(rest[0].id))
                handler.holds_after = None
                await ended(busy, rest[0])
                await ended(busy, rest[1])
            return now, [busy.store.of(each.id) for each in (held, *rest)]

    running, (held, cancelled, failed, waits) = asyncio.run(asyncio.wait_for(go(), 20))
    assert running.state is State.RUNNING
    assert (held.state, waits.state) == (State.RUNNING, State.QUEUED)
    assert cancelled.error == "DatasetCancelled"
    assert (failed.error, failed.message, failed.log) == (
        "HandlerFailed",
        "It crashed.",
        "Traceback",
    )


def test_what_waits_is_queued_however_much_of_it_is_finished(tmp_path: Path) -> None:
    server = a_server(tmp_path, handler=Doubling(pace_s=0.02), at_once=1, workers=1)
    dataset = half_made(server, 2)
    server.desk.cancel(server.store.of(dataset.id))
    busy = replace(server, installed=Few([Doubling(holds_after=0)]))

    async def go() -> State:
        async with at_work(busy):
            held = await asyncio.to_thread(ask_for, busy, cats(times=1))
            while busy.store.of(held.id).state is not State.RUNNING:
                await asyncio.sleep(0.002)
            await asyncio.to_thread(ask_for, busy, cats())
            await busy._look()  # noqa: SLF001 - sooner than it would by itself
            return busy.store.of(dataset.id).state

    assert asyncio.run(asyncio.wait_for(go(), 20)) is State.QUEUED
