"""Making one chunk of a dataset: the same wherever that is done, and whoever else works."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from foveate.datasets.seams import SKIPS, Chunk, ShardFile
from foveate.datasets.spelling import dumped
from foveate.errors import RawChanged, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.begun import Begun
    from foveate.datasets.chunks import Part
    from foveate.datasets.dataset import Dataset
    from foveate.datasets.progress import Progress
    from foveate.datasets.raw.places import Place
    from foveate.datasets.sample import Sample
    from foveate.datasets.seams import Formats, Handler, Installed, Writer
    from foveate.datasets.shelf import Shelf


class Halted(Exception):
    """Somebody asked to stop: what is finished stays."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What is noted of a chunk that is finished."""

    shards: tuple[ShardFile, ...]
    skipped: Mapping[str, int]

    def written(self) -> bytes:
        """Return it as JSON."""
        return dumped(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> Finished:
        """Return what was `written`."""
        said = json.loads(data)
        return cls(tuple(ShardFile(**s) for s in said["shards"]), said["skipped"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What chunks of a dataset are made with. It can be pickled, and used on another machine."""

    dataset: Dataset
    pictures: Place
    installed: Installed
    formats: Formats
    shelf: Shelf
    work: Path
    """A folder of one worker, on the disk of the shelf where that is on one."""

    def start(self) -> Handler:
        """Return a handler that runs, with all of the configuration but what is ours."""
        config = {name: each for name, each in self.dataset.config.items() if name != "shards"}
        return self.installed.start(config, self.pictures)

    @property
    def seed(self) -> int:
        """Return what all that is random begins with."""
        return int(self.dataset.config["seed"])

    @property
    def shards(self) -> Mapping[str, Any]:
        """Return what the configuration says of shards."""
        return dict(self.dataset.config["shards"])

    def chunk(
        self, part: Part, labels: Sequence[str], handler: Handler
    ) -> Generator[Finished | None]:
        """Yield after each sample, and what is finished when all files are where they stay."""
        writer, skipped = self._writer(part, labels), list[str]()
        for sample in part.samples:
            data = self._picture(sample)
            try:
                made = handler.prepare(sample, data, self.seed)
            except SKIPS as why:
                skipped.append(type(why).__name__)
                made = []
            for each in made:
                writer.add(each)
            yield None
        yield self._kept(part, writer.close(), summed({name: 1} for name in skipped))

    def _writer(self, part: Part, labels: Sequence[str]) -> Writer:
        """Return what writes a chunk, into a folder of its own."""
        folder = self.work / part.stem
        folder.mkdir(mode=0o700, parents=True)
        chunk = Chunk(
            folder=folder,
            split=part.split,
            number=part.number,
            classes=labels,
            max_bytes=self.shards["max_bytes"],
        )
        return self.formats.writer(self.shards["format"], chunk)

    def _kept(
        self, part: Part, shards: Sequence[ShardFile], skipped: Mapping[str, int]
    ) -> Finished:
        """Bring the files of a chunk to where they stay, and note that it is finished."""
        for each in shards:
            self.shelf.bring(self.dataset.id, each.name, self.work / part.stem / each.name)
        finished = Finished(tuple(shards), skipped)
        self.shelf.finish(self.dataset.id, part.stem, finished.written())
        shutil.rmtree(self.work / part.stem)
        return finished

    def _picture(self, sample: Sample) -> bytes:
        try:
            data = self.pictures.read(sample.source)
        except SourceError as why:
            raise RawChanged(f"{sample.source} cannot be read any more: {why}") from why
        if sha256(data).hexdigest() != sample.digest:
            raise RawChanged(f"{sample.source} has other bytes than when it was looked at.")
        return data


@dataclass(frozen=True, slots=True)
class Left:
    """The chunks of a dataset that are left, and who is told how far that is."""

    parts: Sequence[Part]
    labels: Sequence[str]
    progress: Progress
    halt: Callable[[], None]
    """Raises Halted, once somebody asked to stop."""
    handlers: Begun
    """Those that run here already. Whoever needs none here closes them."""


class Engine(Protocol):
    """Has chunks made, here or elsewhere."""

    @property
    def here(self) -> int:
        """Return how many handlers it wants of this machine."""
        ...

    def run(self, bench: Bench, left: Left) -> dict[str, Finished]:
        """Return all of them by their stems. Raises Halted, and what any of them met."""
        ...


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return counts, added up by name.

    >>> summed([{"b": 1}, {"a": 1, "b": 2}])
    {'a': 1, 'b': 3}
    """
    total: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items()))
