"""What a preparation asks of others: handlers, which make pictures, and formats, which hold them.

All of it blocks. A handler is for one thread, and so is a writer, whoever made what it writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    BinaryIO,
    Final,
    NamedTuple,
    Protocol,
    TypeAlias,
    runtime_checkable,
)

from foveate.errors import ImageError, PictureBlocked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench
    from foveate.datasets.sample import Made, Sample

Answer: TypeAlias = "Callable[[], list[Made]]"
"""Tells what was made of a sample, as soon as somebody asks for it."""
Skips: TypeAlias = "ImageError | PictureBlocked"
SKIPS: Final = (ImageError, PictureBlocked)
"""What leaves one picture out of a dataset, and is counted by its name."""


class Pictures(Protocol):
    """The pictures of raw data, for whoever needs others than the one that it was given."""

    def read(self, source: str) -> bytes:
        """Return the bytes of a sample, by its `source`. Raises a SourceError for others."""
        ...


class Handler(Protocol):
    """A handler that runs, with its configuration: one process, for one thread.

    Its methods raise HandlerFailed, with the tail of its log, after which it cannot be used.
    """

    def select(self, samples: Sequence[Sample], seed: int) -> Sequence[Sample]:
        """Return which samples there are, in their order, and with their splits.

        They are some of those, each once. Raises BadConfiguration for one that does not fit them.
        """
        ...

    def ask(self, sample: Sample, data: bytes, seed: int) -> None:
        """Have it make something of a sample, of which `data` are the bytes. `answer` is next."""
        ...

    def answer(self) -> Answer:
        """Return what tells what was made of the sample: the same for the same, whoever else runs.

        Its keys are `{key of the sample}-{word}`, each once, and its endings plain ones: that is
        seen when it tells, and something else may be asked before. Raises ImageError for a picture
        of which nothing can be made, and PictureBlocked for one of which nothing may be: it is left
        out, and counted.
        """
        ...

    def end(self) -> None:
        """End it while another thread waits for it, which meets HandlerFailed."""
        ...

    def close(self) -> None:
        """End it, and all that it started."""
        ...


@runtime_checkable
class MakesChunks(Protocol):
    """A handler that reads pictures and writes files by itself, which ours alone may."""

    def chunk(self, bench: Bench, part: Part, labels: Sequence[str]) -> Iterator[Filled | None]:
        """Yield after each sample, and at the end what the chunk is filled with, on that bench.

        Raises HandlerFailed, and what its pictures and its disk are met with.
        """
        ...


class Installed(Protocol):
    """A version of a handler on this machine."""

    @property
    def name(self) -> str:
        """What requests call it."""
        ...

    @property
    def version(self) -> str:
        """Its version, as requests say it."""
        ...

    @property
    def pin(self) -> str:
        """What its code is, in hex: another for other code, the same on any machine."""
        ...

    def pin_for(self, config: Mapping[str, Any]) -> str:
        """Return the same with what else decides over what it makes by a configuration, filled in.

        Blocks; the same under the same settings, where the same networks are.
        """
        ...

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of its configuration."""
        ...

    def canonical(self, config: object) -> bytes:
        """Return a configuration in its one spelling, filled in. Raises BadConfiguration.

        Blocks, but not for ever, whatever the schema says.
        """
        ...

    def check(self, config: Mapping[str, Any]) -> None:
        """Do nothing for a configuration, filled in, that can be made; a schema cannot say all.

        Raises BadConfiguration, which says where.
        """
        ...

    def check_classes(self, config: Mapping[str, Any], classes: Sequence[str]) -> None:
        """Do nothing for a configuration of raw data with these labels, where they are enough.

        Raises BadConfiguration. What only a handler knows that runs, it says when it does.
        """
        ...

    def selected(
        self,
        config: Mapping[str, Any],
        samples: Sequence[Sample],
        seed: int,
        halt: Callable[[], None],
    ) -> Sequence[Sample] | None:
        """Return what `Handler.select` would, where that is known without running anything.

        None where it is not. `halt` is called often, and may raise what ends it. Raises
        BadConfiguration.
        """
        ...

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Handler:
        """Run it with a configuration that is filled in. Raises HandlerFailed."""
        ...


class Handlers(Protocol):
    """The handlers of this machine."""

    def all(self) -> Sequence[Installed]:
        """Return all of them, by name and version."""
        ...

    def broken(self) -> Mapping[str, str]:
        """Return what is installed and cannot be used, and why, by its folder's name."""
        ...

    def of(self, name: str, version: str) -> Installed:
        """Return one; without a version the newest. Raises UnknownHandler."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardFile:
    """A file of a dataset."""

    name: str
    bytes: int
    sha256: str
    """In hex."""
    samples: int
    statistics: Mapping[str, Any] = field(default_factory=dict)
    """What its samples are like, as JSON; those of many are added up."""
    crc32: int = 0
    """Of its bytes, for a zip of them to be laid out without reading any."""


class Filled(NamedTuple):
    """What a chunk is filled with."""

    shards: Sequence[ShardFile]
    skipped: Mapping[str, int]
    """How many samples were left out, by the name of what did."""


class Writer(Protocol):
    """Writes the samples of one chunk."""

    def add(self, made: Made) -> None:
        """Write one more."""
        ...

    def close(self) -> list[ShardFile]:
        """End, and return what was written, all of it below the folder that was named."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What the files of a chunk are to be: `{split}-{number:05d}-{part:02d}.{ext}` in a folder."""

    folder: Path
    """Its own, empty."""
    split: str
    number: int
    classes: Sequence[str]
    """The labels of the whole dataset, in order: those of instances, and of pictures."""
    max_bytes: int
    """A file that has as many is ended, and another one begun."""

    @property
    def stem(self) -> str:
        """Return what the names of its files begin with."""
        return f"{self.split}-{self.number:05d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of a dataset that is finished: nothing that differs when it is made again."""

    id: str
    name: str
    handler: str
    version: str
    pin: str
    config: Mapping[str, Any]
    """Filled in."""
    format: str
    raw: Mapping[str, Any]
    """`digest`, `kind`, `count`, and what its owner says of it: `licence`, `origin`, `about`."""
    classes: Sequence[str]
    splits: Mapping[str, int]
    """How many samples were chosen, by split."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """How many pictures nothing could or might be made of, by the name of the error."""


class OpenShard(Protocol):
    """Opens a file of the dataset, which may be larger than memory has room for."""

    def __call__(self, name: str) -> BinaryIO:
        """Return it; whoever opens it closes it."""
        ...


class Formats(Protocol):
    """How datasets are written."""

    def writer(self, name: str, chunk: Chunk) -> Writer:
        """Return what writes a chunk in the format of that name."""
        ...

    def finish(
        self,
        about: About,
        shards: Sequence[ShardFile],
        opened: OpenShard,
        work: Path,
        halt: Callable[[], None],
    ) -> Iterable[tuple[str, bytes | Path]]:
        """Yield what a dataset has beside its shards, by name; what is large as files of `work`.

        `manifest.json`, `statistics.json`, `README.md` and its pictures, in this order. `halt` is
        called often meanwhile, and may raise what ends it.
        """
        ...
