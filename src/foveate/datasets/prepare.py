"""Making a dataset: chunk by chunk, by any number of handlers, going on where somebody was killed.

A chunk is finished when that is noted; the dataset is there when its manifest is, which is written
last.
"""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.chunks import parts
from foveate.datasets.ending import ended_by
from foveate.datasets.places import MANIFEST
from foveate.datasets.progress import Progress
from foveate.datasets.raw.survey import classes
from foveate.datasets.seams import About, Chunk, ShardFile
from foveate.datasets.spelling import dumped
from foveate.errors import HandlerFailed, ImageError, RawChanged, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.dataset import Dataset
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Survey
    from foveate.datasets.sample import Sample
    from foveate.datasets.seams import Formats, Handler, Installed, Writer
    from foveate.datasets.shelf import Shelf


class Halted(Exception):
    """Somebody asked to stop: what is finished stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A dataset to be made, and what it is made with."""

    dataset: Dataset
    survey: Callable[[], Survey]
    """Looks at the raw data as it is now."""
    pictures: Place
    installed: Installed
    formats: Formats
    shelf: Shelf
    work: Path
    """A folder, on the disk of the shelf where that is on one; nothing in it is needed later."""
    workers: int

    def run(self, tell: Callable[[Mapping[str, Any]], object], stop: threading.Event) -> None:
        """Make it. Blocks; raises Halted, HandlerFailed, RawChanged and what else it meets."""
        self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What is left of somebody who was killed, or lost his claim: that is no use to anybody.
        for left in self.work.glob(f"{self.dataset.id}.*"):
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=f"{self.dataset.id}.", dir=self.work) as own:
            replace(self, work=Path(own))._run(tell, stop)  # noqa: SLF001 - its own

    def _run(self, tell: Callable[[Mapping[str, Any]], object], stop: threading.Event) -> None:
        survey = self.survey()
        if survey.digest != self.dataset.raw:
            raise RawChanged(f"The raw data {survey.raw.name} changed since {self.dataset.id}.")
        selected = self._selected(survey, stop)
        labels = classes(selected)
        whole = parts(selected, self._shards["samples"])
        done = self._done()
        progress = Progress(whole, done, tell)
        work = _Work(self, labels, iter([each for each in whole if each.stem not in done]))
        done |= work.by(self.workers, progress, stop)
        self._finish(survey, selected, labels, [done[each.stem] for each in whole])

    @property
    def _shards(self) -> Mapping[str, Any]:
        return dict(self.dataset.config["shards"])

    @property
    def seed(self) -> int:
        """Return what all that is random begins with."""
        return int(self.dataset.config["seed"])

    def start(self) -> Handler:
        """Return a handler that runs, with all of the configuration but what is ours."""
        config = {name: each for name, each in self.dataset.config.items() if name != "shards"}
        return self.installed.start(config, self.pictures)

    def writer(self, part: Part, labels: Sequence[str]) -> Writer:
        """Return what writes a chunk, into a folder of its own."""
        folder = self.work / part.stem
        folder.mkdir(mode=0o700, parents=True)
        return self.formats.writer(
            self._shards["format"],
            Chunk(
                folder=folder,
                split=part.split,
                number=part.number,
                classes=labels,
                max_bytes=self._shards["max_bytes"],
            ),
        )

    def _selected(self, survey: Survey, stop: threading.Event) -> Sequence[Sample]:
        handler = self.start()
        try:
            with ended_by(stop, handler):
                return handler.select(survey.samples, self.seed)
        except HandlerFailed:
            if stop.is_set():
                raise Halted from None
            raise
        finally:
            handler.close()

    def _done(self) -> dict[str, _Finished]:
        """Return the chunks that whoever worked on it before has finished."""
        found = self.shelf.finished(self.dataset.id)
        return {stem: _Finished.read(data) for stem, data in found.items()}

    def keep(
        self, part: Part, shards: Sequence[ShardFile], skipped: Mapping[str, int]
    ) -> _Finished:
        """Bring the files of a chunk to where they stay, and note that it is finished."""
        for each in shards:
            self.shelf.bring(self.dataset.id, each.name, self.work / part.stem / each.name)
        finished = _Finished(tuple(shards), skipped)
        self.shelf.finish(self.dataset.id, part.stem, finished.written())
        shutil.rmtree(self.work / part.stem)
        return finished

    def _finish(
        self,
        survey: Survey,
        selected: Sequence[Sample],
        labels: Sequence[str],
        finished: Sequence[_Finished],
    ) -> None:
        """Write what tells of the whole, the manifest last."""
        shards = [shard for each in finished for shard in each.shards]
        about = self._about(survey, selected, labels, finished)
        size, manifest = sum(each.bytes for each in shards), b""
        for name, data in self.formats.finish(about, shards, self._read):
            size += len(data)
            if name == MANIFEST:
                manifest = data
            else:
                self.shelf.put(self.dataset.id, name, data)
        told = {"bytes": size, "samples": sum(each.samples for each in shards)}
        self.shelf.complete(self.dataset.id, {**self._identity(), **told}, manifest)

    def _read(self, name: str) -> bytes:
        return self.shelf.read(self.dataset.id, name)

    def _identity(self) -> dict[str, Any]:
        words = ("name", "handler", "version", "pin", "config")
        told = {word: getattr(self.dataset, word) for word in words}
        return {**told, "raw_digest": self.dataset.raw}

    def _about(
        self,
        survey: Survey,
        selected: Sequence[Sample],
        labels: Sequence[str],
        finished: Sequence[_Finished],
    ) -> About:
        raw = survey.to_json()
        splits: dict[str, int] = {}
        for each in parts(selected, max(1, len(selected))):
            splits[each.split] = len(each.samples)
        return About(
            id=self.dataset.id,
            name=self.dataset.name,
            handler=self.dataset.handler,
            version=self.dataset.version,
            pin=self.dataset.pin,
            config=self.dataset.config,
            format=self.dataset.format,
            raw={word: raw[word] for word in TOLD},
            classes=labels,
            splits=splits,
            skipped=_summed(each.skipped for each in finished),
        )


TOLD: Final = ("digest", "kind", "count", "licence", "origin", "about")
"""What is said of raw data: nothing of where it lies."""


@dataclass(frozen=True, slots=True)
class _Finished:
    """What is noted of a chunk that is finished."""

    shards: tuple[ShardFile, ...]
    skipped: Mapping[str, int]

    def written(self) -> bytes:
        return dumped(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> _Finished:
        said = json.loads(data)
        return cls(tuple(ShardFile(**s) for s in said["shards"]), said["skipped"])


@dataclass(slots=True)
class _Work:
    """The chunks that are left, for any number of threads."""

    of: Preparation
    labels: Sequence[str]
    left: Iterator[Part]
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _done: dict[str, _Finished] = field(default_factory=dict)

    def by(self, workers: int, progress: Progress, stop: threading.Event) -> dict[str, _Finished]:
        """Return all chunks, finished by so many handlers."""
        ours = threading.Event()
        halt = _Halt(stop, ours)
        with ThreadPoolExecutor(workers, thread_name_prefix="dataset") as threads:
            tasks = [threads.submit(self._some, progress, halt) for _ in range(workers)]
            wait(tasks, return_when=FIRST_EXCEPTION)
            ours.set()
        # Whoever stopped because another one failed is not why.
        failures = [each.exception() for each in tasks]
        first = next((each for each in failures if each and not isinstance(each, Halted)), None)
        for why in (first, *failures):
            if why is not None:
                raise why
        return self._done

    def _next(self) -> Part | None:
        with self._turn:
            return next(self.left, None)

    def _some(self, progress: Progress, halt: _Halt) -> None:
        part = self._next()
        if part is None:
            return
        handler = self.of.start()
        try:
            while part is not None:
                self._done[part.stem] = self._one(part, handler, progress, halt)
                progress.finished()
                part = self._next()
        finally:
            handler.close()

    def _one(self, part: Part, handler: Handler, progress: Progress, halt: _Halt) -> _Finished:
        writer, skipped = self.of.writer(part, self.labels), list[str]()
        for sample in part.samples:
            halt.check()
            data = self._picture(sample)
            try:
                made = handler.prepare(sample, data, self.of.seed)
            except ImageError as why:
                skipped.append(type(why).__name__)
                made = []
            for each in made:
                writer.add(each)
            progress.worked()
        return self.of.keep(part, writer.close(), _summed({name: 1} for name in skipped))

    def _picture(self, sample: Sample) -> bytes:
        try:
            data = self.of.pictures.read(sample.source)
        except SourceError as why:
            raise RawChanged(f"{sample.source} cannot be read any more: {why}") from why
        if sha256(data).hexdigest() != sample.digest:
            raise RawChanged(f"{sample.source} has other bytes than when it was looked at.")
        return data


@dataclass(frozen=True, slots=True)
class _Halt:
    """Why to stop: somebody asked, or another worker failed."""

    asked: threading.Event
    failed: threading.Event

    def check(self) -> None:
        if self.asked.is_set() or self.failed.is_set():
            raise Halted


def _summed(counts: Iterator[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items()))
