"""Handlers that work side by side, and what is written in order."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from datasets_stand import (
    Chunking,
    Doubling,
    Lines,
    LinesWriter,
    Worker,
    a_server,
    ask_for,
    at_work,
    cats,
    contents,
    made,
    pictures,
)

from foveate.datasets.making import Halted
from foveate.datasets.places import PARTS
from foveate.datasets.threads import AHEAD
from foveate.settings import Origins
from foveate.storage.kept import KeptFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Chunk, Pictures, ShardFile

WORKERS = 2
ONE_CHUNK = {"shards": {"samples": 100}}


@dataclass
class Meeting(Doubling):
    """Of which each worker answers its first sample when all have one."""

    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(WORKERS))

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return Meets(self, config, pictures)


class Meets(Worker):
    met = False

    def answer(self) -> Callable[[], list[Made]]:
        assert isinstance(self.of, Meeting)
        if not self.met:
            self.met = True
            self.of.together.wait(10)
        return super().answer()


@dataclass
class Stuck(Doubling):
    """Of which the first sample is answered when others are as far ahead as they may be."""

    ahead: int = 0

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return Waits(self, config, pictures)


class Waits(Worker):
    def answer(self) -> Callable[[], list[Made]]:
        of, key = self.of, self._asked[0].key
        assert isinstance(of, Stuck)
        if key == "000":
            while len(of.worked) < WORKERS * AHEAD - 2:  # but this one, and that which is next here
                assert not self.ended.wait(0.001)
            self.ended.wait(0.05)
            of.ahead = len(of.worked)
        return super().answer()


def test_all_handlers_work_on_what_is_left_of_one_chunk(tmp_path: Path) -> None:
    handler = Meeting()
    server = a_server(tmp_path, handler=handler, workers=WORKERS)
    assert made(server, cats(**ONE_CHUNK)).samples == 20
    assert not handler.running


def test_samples_are_written_in_order_and_nobody_goes_far_ahead(tmp_path: Path) -> None:
    pictures(tmp_path / "raw", 40)
    stuck = Stuck()
    two = a_server(tmp_path, f"{tmp_path}/two", handler=stuck, workers=WORKERS)
    one = a_server(tmp_path, f"{tmp_path}/one", name="other", workers=1)
    files = contents(two, made(two, cats(**ONE_CHUNK)))
    assert files == contents(one, made(one, cats(**ONE_CHUNK)))
    assert stuck.ahead < WORKERS * AHEAD


class Many(Lines):
    """A format of so many files in a chunk that it takes seconds to bring them."""

    def writer(self, name: str, chunk: Chunk) -> LinesWriter:
        assert name == "webdataset"
        return ManyWriter(chunk)


class ManyWriter(LinesWriter):
    def close(self) -> list[ShardFile]:
        [shard] = super().close()
        data = (self.chunk.folder / shard.name).read_bytes()
        names = [f"{number:03}-{shard.name}" for number in range(500)]
        for name in names:
            (self.chunk.folder / name).write_bytes(data)
        return [replace(shard, name=name) for name in names]


class Bringing:
    """A place of datasets that takes its time for each file."""

    def __init__(self, files: KeptFiles) -> None:
        self._files, self.brought = files, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def bring(self, name: str, file: Path) -> None:
        time.sleep(0.01)
        self.brought += 1
        self._files.bring(name, file)


@pytest.mark.parametrize("kind", [Doubling, Chunking])
def test_who_stops_waits_for_no_files_that_are_brought(
    tmp_path: Path, kind: type[Doubling]
) -> None:
    server = a_server(tmp_path, handler=kind(), formats=Many(), workers=1)
    server.shelf.files = files = Bringing(server.shelf.files)  # type: ignore[assignment]

    async def go() -> None:
        async with at_work(server):
            await asyncio.to_thread(ask_for, server, cats(shards={"samples": 8}))
            while not files.brought:
                await asyncio.sleep(0.002)

    asyncio.run(go())
    assert files.brought < 100
    assert not list(server.shelf.files.list(PARTS))


def test_who_stops_waits_for_no_files_that_are_synced(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(Halted):
        KeptFiles(str(tmp_path), Origins()).settle(["a"], halting)


def halting() -> None:
    raise Halted
