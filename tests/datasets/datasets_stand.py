"""Handlers and formats that tests can see through, at the ports of a preparation."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from foveate.cores import cores
from foveate.datasets.identity import Request, canonical, whole
from foveate.datasets.making import Outcome
from foveate.datasets.places import OURS
from foveate.datasets.preparer import Preparer
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.datasets.sample import Made, Sample
from foveate.datasets.seams import About, Chunk, OpenShard, ShardFile
from foveate.datasets.shelf import Shelf
from foveate.datasets.store import Store
from foveate.datasets.threads import Threads
from foveate.errors import (
    BadConfiguration,
    BrokenImage,
    HandlerFailed,
    PictureBlocked,
    UnknownHandler,
)
from foveate.geometry.box import Size
from foveate.settings import Datasets, Origins, Settings
from foveate.storage.kept import KeptFiles
from foveate.storage.shared import SharedStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.chunks import Part
    from foveate.datasets.dataset import Dataset
    from foveate.datasets.making import Bench, Engine
    from foveate.datasets.seams import Filled, Pictures

FLAGGED = b"not to be shown"
SCHEMA: dict[str, Any] = {
    "properties": {
        "times": {"type": "integer", "minimum": 0, "maximum": 9, "default": 2},
        "fails": {"type": "string", "default": ""},
    }
}


@dataclass
class Doubling:
    """Makes each picture so many times, its bytes with a number behind them."""

    name: str = "doubling"
    version: str = "1.0"
    pin: str = "ab"
    schema: Mapping[str, Any] = field(default_factory=lambda: SCHEMA)
    worked: list[str] = field(default_factory=list)
    running: set[int] = field(default_factory=set)
    pace_s: float = 0.0
    fails: bool = False
    holds_after: int | None = None
    """After so many samples it makes no more, until it is ended."""
    holds: threading.Event = field(default_factory=threading.Event)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what no other process can have."""
        return {**vars(self), "holds": None}

    def check_classes(self, *_: object) -> None:
        """Take all of them."""

    def selected(self, *_: object) -> None:
        """Have a handler say it."""

    def canonical(self, config: object) -> bytes:
        return canonical(config, whole(self.schema))

    def pin_for(self, _: Mapping[str, Any]) -> str:
        return self.pin

    def check(self, config: Mapping[str, Any]) -> None:
        if config["times"] == 9:
            raise BadConfiguration("config.times: expected a cat's lives at most, got 9.")

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        assert set(config) == {"times", "fails", "seed"}
        return Worker(self, config, pictures)


class Worker:
    def __init__(self, of: Doubling, config: Mapping[str, Any], pictures: Pictures) -> None:
        self.of, self.config, self.pictures = of, config, pictures
        of.running.add(id(self))
        self.ended = threading.Event()

    def select(self, samples: Sequence[Sample], seed: int) -> list[Sample]:
        splits = ("train", "val")
        return [
            replace(each, split=splits[(number + seed) % 4 == 3])
            for number, each in enumerate(samples)
        ]

    def ask(self, sample: Sample, data: bytes, seed: int) -> None:
        self._asked = sample, data, seed

    def answer(self) -> Callable[[], list[Made]]:
        made = self._prepared(*self._asked)
        return lambda: made

    def _prepared(self, sample: Sample, data: bytes, seed: int) -> list[Made]:
        time.sleep(self.of.pace_s)
        if self.of.holds_after is not None and len(self.of.worked) >= self.of.holds_after:
            self.of.holds.set()
            assert self.ended.wait(30)
            raise HandlerFailed
        self.of.worked.append(sample.key)
        if self.of.fails or sample.key == self.config["fails"]:
            raise HandlerFailed("It crashed.", public="It crashed.", log="Traceback")
        if not data:
            raise BrokenImage
        if data == FLAGGED:
            raise PictureBlocked
        return [
            Made(
                key=f"{sample.key}-{n:03}",
                data=data + b"%d" % (n + seed),
                ext="bin",
                size=Size(1, 1),
            )
            for n in range(self.config["times"])
        ]

    def end(self) -> None:
        self.ended.set()

    def close(self) -> None:
        self.of.running.discard(id(self))


@dataclass
class Chunking(Doubling):
    """The same, of which workers make whole chunks by themselves, where they are let."""

    alone: list[str] = field(default_factory=list)

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return ChunkWorker(self, config, pictures)


class ChunkWorker(Worker):
    def chunk(self, bench: Bench, part: Part, labels: Sequence[str]) -> Iterator[Filled | None]:
        assert isinstance(self.of, Chunking)
        self.of.alone.append(part.stem)
        opened = bench.opened(part, labels)
        for sample in part.samples:
            opened.add(Outcome(self._prepared(sample, bench.picture(sample), bench.seed)))
            yield None
        yield opened.filled()


@dataclass
class Few:
    """The handlers of a machine."""

    known: Sequence[Doubling]

    def all(self) -> Sequence[Doubling]:
        return self.known

    def broken(self) -> Mapping[str, str]:
        return {"thumbs-1.0": "Expected thumbs-1.0/handler.json as it was written."}

    def of(self, name: str, version: str) -> Doubling:
        for each in self.known:
            if each.name == name and version in {"", each.version}:
                return each
        raise UnknownHandler


class Lines:
    """A format of a line for each sample."""

    def writer(self, name: str, chunk: Chunk) -> LinesWriter:
        assert name == "webdataset"
        return LinesWriter(chunk)

    def finish(
        self,
        about: About,
        shards: Sequence[ShardFile],
        opened: OpenShard,
        work: Path,
        halt: Callable[[], None],
    ) -> Iterator[tuple[str, bytes]]:
        halt()
        assert not work.exists()
        assert all(sha256(opened(each.name).read()).hexdigest() == each.sha256 for each in shards)
        told = {**asdict(about), "shards": [asdict(each) for each in shards]}
        yield "manifest.json", json.dumps(told, sort_keys=True).encode()
        yield "README.md", b"# A dataset\n"


class LinesWriter:
    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.lines: list[bytes] = []

    def add(self, made: Made) -> None:
        self.lines.append(made.key.encode() + b" " + made.data + b"\n")

    def close(self) -> list[ShardFile]:
        data = b"".join(self.lines)
        name = f"{self.chunk.stem}-00.txt"
        (self.chunk.folder / name).write_bytes(data)
        digest = sha256(data).hexdigest()
        return [ShardFile(name=name, bytes=len(data), sha256=digest, samples=len(self.lines))]


def pictures(folder: Path, count: int) -> Path:
    for number in range(count):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:03}.png").write_bytes(b"picture %d " % number)
    return folder


def a_server(
    tmp_path: Path,
    place: str = "",
    *,
    handler: Doubling | None = None,
    name: str = "one",
    formats: Any = None,
    origins: Origins | None = None,
    engine: Engine | None = None,
    **settings: Any,
) -> Preparer:
    """Return what a server of that name has, with 10 pictures `cats` for raw data."""
    home = tmp_path / name
    raw = tmp_path / "raw"
    if not raw.exists():
        pictures(raw, 10)
    of = Datasets(folder=place or str(tmp_path / "datasets"), books=str(home), **settings)
    origins = origins or Origins()
    registry = open_registry(Settings(datasets=of, origins=origins))
    registry.add(Raw(name="cats", kind=Kind.FOLDER, place=str(raw), licence="CC0"))
    files = KeptFiles(of.folder, origins)
    return Preparer(
        store=Store(home),
        shelf=Shelf(files),
        shared=SharedStore(f"{files.place}/{OURS}", origins),
        registry=registry,
        installed=Few([handler or Doubling()]),
        formats=formats or Lines(),
        engine=engine or Threads(of.workers or cores()),
        settings=of,
        work=home / "work",
        ring=lambda _: None,
    )


def cats(**config: Any) -> Request:
    return Request("cats", "doubling", "1.0", {"shards": {"samples": 2}, **config})


def ask_for(server: Preparer, request: Request) -> Dataset:
    """Return the dataset, which is made from now on if it is not there."""
    plan = server.desk.plan(request)
    return server.desk.planned(plan, server.desk.look(plan).result())


@asynccontextmanager
async def at_work(*servers: Preparer) -> AsyncIterator[None]:
    for each in servers:
        await each.begin()
    try:
        yield
    finally:
        for each in servers:
            await each.end()


async def ended(server: Preparer, dataset: Dataset, within_s: float = 10.0) -> Dataset:
    """Return a dataset once it is there, or has failed."""
    async with asyncio.timeout(within_s):
        while not (now := server.store.of(dataset.id)).has_ended:
            await asyncio.sleep(0.005)
    return now


def made(server: Preparer, request: Request) -> Dataset:
    """Return a dataset that a server made."""

    async def go() -> Dataset:
        async with at_work(server):
            return await ended(server, await asyncio.to_thread(ask_for, server, request))

    return asyncio.run(go())


def contents(server: Preparer, dataset: Dataset) -> dict[str, bytes]:
    """Return the files of a dataset."""
    found = server.shelf.files.list(dataset.id)
    return {each.name.partition("/")[2]: server.shelf.files.read(each.name) for each in found}
