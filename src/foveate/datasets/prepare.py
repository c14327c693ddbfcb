"""Making a dataset: chunk by chunk, by any number of handlers, going on where somebody was killed.

A chunk is finished when that is noted; the dataset is there when its manifest is, which is written
last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from foveate.datasets.begun import Begun
from foveate.datasets.chunks import parts
from foveate.datasets.ending import ended_by
from foveate.datasets.making import NOTHING_MADE, Finished, Halted, Left, summed
from foveate.datasets.owned import Owned
from foveate.datasets.progress import Progress
from foveate.datasets.raw.survey import classes
from foveate.datasets.seams import About
from foveate.datasets.shards.names import MANIFEST
from foveate.datasets.threads import wanted
from foveate.errors import BadConfiguration, BadRaw, HandlerFailed, RawChanged

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.dataset import Dataset
    from foveate.datasets.making import Bench, Engine
    from foveate.datasets.raw.raw import Survey
    from foveate.datasets.sample import Sample
    from foveate.datasets.seams import ShardFile
    from foveate.datasets.shelf import Shelf


BESIDE: Final = "beside"
"""The folder of large files beside shards: no chunk is called so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A dataset to be made, and what it is made with."""

    bench: Bench
    """Its folder is for all of them, and nothing in it is needed later."""
    survey: Callable[[], Survey]
    """Looks at the raw data as it is now."""
    engine: Engine

    @property
    def dataset(self) -> Dataset:
        """Return what is made."""
        return self.bench.dataset

    @property
    def shelf(self) -> Shelf:
        """Return where it goes."""
        return self.bench.shelf

    def run(self, tell: Callable[[Mapping[str, Any]], object], stop: threading.Event) -> None:
        """Make it. Blocks; raises Halted, HandlerFailed, RawChanged and what else it meets."""
        work = self.bench.work
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What is left of somebody who was killed goes at once: nobody else begins with this one.
        own = Owned.begun(f"{self.dataset.id}.", work, young_s=0.0)
        try:
            replace(self, bench=replace(self.bench, work=own.folder))._run(tell, stop)  # noqa: SLF001 - its own
        finally:
            own.remove()

    def _run(self, tell: Callable[[Mapping[str, Any]], object], stop: threading.Event) -> None:
        digests: dict[str, str] = {}
        knowing = replace(self, bench=replace(self.bench, digests=digests))
        # The first one begins while raw data is looked at: both take a second.
        with Begun(knowing.bench.start) as handlers:
            survey = self.survey()
            if survey.digest != self.dataset.raw:
                raise RawChanged(f"The raw data {survey.raw.name} changed since {self.dataset.id}.")
            handlers.begin(wanted(self.engine.here, len(survey.samples)) - 1)
            digests |= {each.source: each.digest for each in survey.samples}
            knowing._make(survey, handlers, tell, stop)

    def _make(
        self,
        survey: Survey,
        handlers: Begun,
        tell: Callable[[Mapping[str, Any]], object],
        stop: threading.Event,
    ) -> None:
        def halt() -> None:
            if stop.is_set():
                raise Halted

        selected = self.bench.selected(survey.samples, halt)
        if selected is None:
            selected = self._selected(survey, handlers, stop)
        labels = survey.classes if selected is survey.samples else classes(selected)
        whole = parts(selected, self.bench.shards["samples"])
        done = self._done()
        left = [each for each in whole if each.stem not in done]
        if left:
            with Progress(whole, done, tell) as progress:
                done |= self.engine.run(self.bench, Left(left, labels, progress, halt, handlers))
        self._finish(survey, whole, labels, [done[each.stem] for each in whole], halt)

    def _selected(self, survey: Survey, handlers: Begun, stop: threading.Event) -> Sequence[Sample]:
        handler = handlers.take()
        try:
            with ended_by(stop, handler):
                return handler.select(survey.samples, self.bench.seed)
        except HandlerFailed:
            if stop.is_set():
                raise Halted from None
            raise
        finally:
            handlers.give(handler)

    def _done(self) -> dict[str, Finished]:
        """Return the chunks that whoever worked on it before has finished, and whose files are."""
        noted = self.shelf.finished(self.dataset.id)
        sizes = self.shelf.sizes(self.dataset.id) if noted else {}
        found: dict[str, Finished] = {}
        for stem, data in noted.items():
            each = Finished.read(data)
            if each is not None and each.is_there(sizes):
                found[stem] = each
            else:
                self.shelf.unfinish(self.dataset.id, stem)
        return found

    def _finish(
        self,
        survey: Survey,
        whole: Sequence[Part],
        labels: Sequence[str],
        finished: Sequence[Finished],
        halt: Callable[[], None],
    ) -> None:
        """Write what tells of the whole, the manifest last."""

        def opened(name: str) -> BinaryIO:
            halt()
            return self.shelf.open(self.dataset.id, name)

        shards = [shard for each in finished for shard in each.shards]
        about = self._about(survey, whole, labels, finished)
        _check_some(about, shards)
        size, manifest = sum(each.bytes for each in shards), b""
        work = self.bench.work / BESIDE
        for name, data in self.bench.formats.finish(about, shards, opened, work, halt):
            halt()
            size += data.stat().st_size if isinstance(data, Path) else len(data)
            if name == MANIFEST and isinstance(data, bytes):
                manifest = data
            else:
                self._put(name, data)
        told = {"bytes": size, "samples": sum(each.samples for each in shards)}
        self.shelf.complete(self.dataset.id, {**self._identity(), **told}, manifest)

    def _put(self, name: str, data: bytes | Path) -> None:
        if isinstance(data, bytes):
            self.shelf.put(self.dataset.id, name, data)
        else:
            self.shelf.bring(self.dataset.id, name, data)
            self.shelf.settle(self.dataset.id, [name])

    def _identity(self) -> dict[str, Any]:
        words = ("name", "handler", "version", "pin", "config")
        told = {word: getattr(self.dataset, word) for word in words}
        return {**told, "raw_digest": self.dataset.raw}

    def _about(
        self,
        survey: Survey,
        whole: Sequence[Part],
        labels: Sequence[str],
        finished: Sequence[Finished],
    ) -> About:
        raw = survey.to_json()
        splits: dict[str, int] = {}
        for each in whole:
            splits[each.split] = splits.get(each.split, 0) + len(each.samples)
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
            skipped=summed(each.skipped for each in finished),
        )


def _check_some(about: About, shards: Sequence[ShardFile]) -> None:
    """Raise BadConfiguration for a dataset of nothing, or BadRaw where all pictures are broken."""
    if any(each.samples for each in shards):
        return
    why = ", ".join(f"{count} {name}" for name, count in about.skipped.items()) or "none was chosen"
    kind = BadRaw if about.skipped and NOTHING_MADE not in about.skipped else BadConfiguration
    raise kind(f"Expected a dataset with samples, got nothing of {about.raw['count']}: {why}.")


TOLD: Final = ("digest", "kind", "count", "licence", "origin", "about")
"""What is said of raw data: nothing of where it lies."""
