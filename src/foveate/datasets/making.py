"""Making one chunk of a dataset: the same wherever that is done, and whoever else works."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from foveate.datasets.seams import SKIPS, Chunk, Filled, MakesChunks, ShardFile
from foveate.datasets.spelling import dumped
from foveate.datasets.unchanged import Unchanged, unchanged
from foveate.durable import on_and_on

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.begun import Begun
    from foveate.datasets.chunks import Part
    from foveate.datasets.dataset import Dataset
    from foveate.datasets.progress import Progress
    from foveate.datasets.raw.places import Place
    from foveate.datasets.sample import Made, Sample
    from foveate.datasets.seams import Answer, Formats, Handler, Installed, Writer
    from foveate.datasets.shelf import Shelf


NOTHING_MADE: Final = "NothingMade"
"""What pictures are counted as of which a handler made nothing, as its configuration said."""


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

    def is_there(self, sizes: Mapping[str, int]) -> bool:
        """Return whether its files are, of those with these bytes."""
        return all(sizes.get(each.name) == each.bytes for each in self.shards)

    @classmethod
    def read(cls, data: bytes) -> Finished | None:
        """Return what was `written`; None for what was not, or is cut."""
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(data)
            return cls(tuple(ShardFile(**each) for each in said["shards"]), said["skipped"])
        return None


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
    digests: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of the pictures that a handler may ask for, by their sources."""

    def start(self) -> Handler:
        """Return a handler that runs."""
        return self.installed.start(self._config, Unchanged(self.pictures, self.digests))

    def selected(
        self, samples: Sequence[Sample], halt: Callable[[], None]
    ) -> Sequence[Sample] | None:
        """Return which samples there are; None where a handler has to run to say so."""
        return self.installed.selected(self._config, samples, self.seed, halt)

    @property
    def _config(self) -> Mapping[str, Any]:
        """Return all of the configuration but what is ours."""
        return {name: each for name, each in self.dataset.config.items() if name != "shards"}

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
        if isinstance(handler, MakesChunks):
            for filled in handler.chunk(self, part, labels):
                yield None if filled is None else self.keep(part.stem, filled)
            return
        opened = self.opened(part, labels)
        for _, outcome in worked(handler, self.seed, Alone(self, iter(part.samples))):
            opened.add(outcome)
            yield None
        yield opened.kept()

    def opened(self, part: Part, labels: Sequence[str]) -> Opened:
        """Return a chunk that nothing is in yet, in a folder of its own."""
        folder = self.work / part.stem
        folder.mkdir(mode=0o700, parents=True)
        chunk = Chunk(
            folder=folder,
            split=part.split,
            number=part.number,
            classes=labels,
            max_bytes=self.shards["max_bytes"],
        )
        return Opened(self, part.stem, self.formats.writer(self.shards["format"], chunk))

    def keep(self, stem: str, filled: Filled, halt: Callable[[], None] = on_and_on) -> Finished:
        """Bring the files of a chunk to where they stay, and note that it is finished.

        There may be ten thousand: `halt` is asked before each of them.
        """
        for each in filled.shards:
            halt()
            self.shelf.bring(self.dataset.id, each.name, self.work / stem / each.name)
        self.shelf.settle(self.dataset.id, [each.name for each in filled.shards], halt)
        finished = Finished(tuple(filled.shards), filled.skipped)
        self.shelf.finish(self.dataset.id, stem, finished.written())
        shutil.rmtree(self.work / stem)
        return finished

    def named(self, parts: Iterable[Part]) -> dict[str, str]:
        """Return the digests of pictures that samples name, which are all that a handler is given.

        There may be millions of others.
        """
        samples = (sample for part in parts for sample in part.samples)
        words = {word for sample in samples for word in sample.attributes.values()}
        names = (word for word in words if isinstance(word, str) and word in self.digests)
        return {name: self.digests[name] for name in names}

    def picture(self, sample: Sample) -> bytes:
        """Return the bytes of a sample's picture. Raises RawChanged, and a SourceError."""
        return unchanged(self.pictures, sample.source, sample.digest)


@dataclass(slots=True)
class Opened:
    """A chunk that is being written."""

    bench: Bench
    stem: str
    writer: Writer
    skipped: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Write what became of its next sample."""
        if not outcome.made:
            self.skipped.append(outcome.skipped or NOTHING_MADE)
        for each in outcome.made:
            self.writer.add(each)

    def filled(self) -> Filled:
        """End its files, and return what it is filled with."""
        return Filled(self.writer.close(), summed({name: 1} for name in self.skipped))

    def kept(self, halt: Callable[[], None] = on_and_on) -> Finished:
        """Return what is finished, its files where they stay."""
        return self.bench.keep(self.stem, self.filled(), halt)


class Turn(NamedTuple):
    """A sample whose turn it is."""

    number: int
    """Among all that are to be made."""
    sample: Sample
    data: bytes
    """Its picture."""


class Outcome(NamedTuple):
    """What became of a sample."""

    made: Sequence[Made] = ()
    skipped: str = ""
    """The name of what left it out."""


class Turns(Protocol):
    """Samples, for one of those who work on them."""

    def awaited(self) -> Turn | None:
        """Return whose turn it is, or None at the end of them. Blocks."""
        ...

    def at_once(self) -> Turn | None:
        """Return the same, and None also where it had to be waited for."""
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """All samples of a chunk, for the only one who works on it."""

    bench: Bench
    samples: Iterator[Sample]

    def awaited(self) -> Turn | None:
        """Return the next one, as long as there are any."""
        sample = next(self.samples, None)
        return None if sample is None else Turn(0, sample, self.bench.picture(sample))

    at_once = awaited


def worked(handler: Handler, seed: int, turns: Turns) -> Iterator[tuple[Turn, Outcome]]:
    """Yield what becomes of samples, each with the next one asked for before it is looked at.

    So a handler works while its last answer is checked and written, and the next picture is read.
    """
    now = _asked(handler, seed, turns.awaited())
    while now is not None:
        following = turns.at_once()
        answer = _answered(handler)
        _asked(handler, seed, following)
        yield now, answer if isinstance(answer, Outcome) else Outcome(answer())
        now = following or _asked(handler, seed, turns.awaited())


def _asked(handler: Handler, seed: int, turn: Turn | None) -> Turn | None:
    if turn is not None:
        handler.ask(turn.sample, turn.data, seed)
    return turn


def _answered(handler: Handler) -> Answer | Outcome:
    try:
        return handler.answer()
    except SKIPS as why:
        return Outcome(skipped=type(why).__name__)


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
