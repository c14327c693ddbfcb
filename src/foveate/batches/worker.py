"""One picture of a batch, from its source to files aside: what every worker does, wherever it is.

Its pixels never leave it; what it returns are names, numbers and digests.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.batches.asked import ext_of
from foveate.batches.commit import aside_name
from foveate.batches.made import Made, Output, Status
from foveate.batches.patience import PATIENCE, patiently
from foveate.deadline import Deadline
from foveate.errors import (
    MET_AGAIN,
    BadOption,
    DestinationAway,
    DiskFull,
    FoveateError,
    NotWritten,
    PicturesMissed,
    TimedOut,
)
from foveate.imaging.one_decode import OneDecode
from foveate.storage.source import Source
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.app import App
    from foveate.batches.asides import Aside
    from foveate.batches.asked import Asking, RenditionAsked, RowAsked
    from foveate.batches.budget import Memory
    from foveate.batches.destination import Destination
    from foveate.batches.equals import Equals
    from foveate.batches.reach import Reach
    from foveate.batches.records import Equal
    from foveate.batches.row import Row
    from foveate.rendition import Rendition
    from foveate.service.render import Renderer
    from foveate.service.work import Work

log = logging.getLogger("foveate.batches")
T = TypeVar("T")
LIMIT: Final = "FOVEATE_LIMITS__TIMEOUT_S"
ENDING: Final = (*MET_AGAIN, DestinationAway, DiskFull, NotWritten)
"""What ends a batch: no other picture would be made, or could be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Makes all that is asked of a row. Any number of threads may call it."""

    app: App
    asking: Asking
    budget: Memory
    destination: Destination
    equals: Equals
    reach: Reach

    def __call__(self, row: Row) -> Made:
        """Return what became of a row. Raises what every other row would meet, too."""
        started = time.perf_counter()
        made = self._attempt(row)
        return replace(made, seconds=time.perf_counter() - started)

    def _attempt(self, row: Row) -> Made:
        failed = Made(row=row, asked=b"", status=Status.FAILED)
        try:
            asked = self.asking.of(row.options)
            failed = replace(failed, asked=asked.digest)
            source = self._read(row)
            failed = replace(failed, digest=source.digest, bytes=len(source.data))
            return self._made(row, source, asked, failed)
        except ENDING:
            raise
        except FoveateError as why:
            return self._failure(failed, type(why).__name__, self._told(why))
        except Exception as why:  # one picture must not end the others
            if self.reach.guarded:  # else the manifest says it
                log.exception("%r failed unexpectedly", row.key)
            told = FoveateError(f"{type(why).__name__}: {why}")
            return self._failure(failed, FoveateError.__name__, self._told(told))

    def _told(self, why: FoveateError) -> str:
        """Return what may be said of an error to whoever asked: all, or what a stranger hears."""
        return why.public if self.reach.guarded else str(why)

    def _failure(self, failed: Made, error: str, message: str) -> Made:
        for number in range(1, self.asking.renditions + 1):
            self.destination.asides.drop(aside_name(failed.row.id, number))
        return replace(failed, error=error, message=message)

    def _read(self, row: Row) -> Source:
        """Return the picture, under a name that its renditions share."""
        if row.missed:
            raise PicturesMissed(row.problem, public=row.problem)
        if row.problem:
            raise BadOption(row.problem)
        data = patiently(partial(self.reach.read, self.app, row.key))
        return Source(data, version="now", probe=self.app.probe, key=row.key)

    def _made(self, row: Row, source: Source, asked: RowAsked, failed: Made) -> Made:
        values = {**row.values(), "digest": source.digest}
        equal = self.equals(source.digest, asked.digest)
        if equal is not None and (outputs := self._copies(row, asked, equal, values)) is not None:
            done = replace(failed, status=Status.DONE, outputs=outputs, copied=True)
            return replace(done, width=equal.width, height=equal.height, known=equal.known)
        size = source.facts.size
        outputs = tuple(self._outputs(row, source, asked, values))
        known = self._known(source, asked)
        return replace(
            failed,
            status=Status.DONE,
            width=size.width,
            height=size.height,
            outputs=outputs,
            known=known,
        )

    def _outputs(
        self, row: Row, source: Source, asked: RowAsked, values: dict[str, str]
    ) -> Iterator[Output]:
        several = len(asked.renditions) > 1
        decode = OneDecode(source.name) if several else None
        renderer = replace(self.app.renderer, mezzanine=decode)
        for each in asked.renditions:
            made = self._rendition(renderer, source, each)
            ext, size = ext_of(made.content_type), made.size
            name = each.template.name({**values, "ext": ext})
            yield Output(
                rendition=each.number,
                name=name,
                ext=ext,
                digest=sha256(made.data).digest(),
                bytes=len(made.data),
                width=size.width if size else None,
                height=size.height if size else None,
                aside=self._aside(row, each.number, made.data, name),
            )

    def _rendition(self, renderer: Renderer, source: Source, asked: RenditionAsked) -> Rendition:
        return self._run(renderer.prepare(source, asked.options, asked.others))

    def _run(self, work: Work[T]) -> T:
        with self.budget.taking(work.memory_bytes):
            most_s = self.app.settings.limits.timeout_s * PATIENCE
            deadline, trace = Deadline(time.monotonic() + most_s), Trace()
            try:
                with deadline, trace.entered():
                    return work.run(deadline, trace)
            except TimedOut as why:
                told = f"Expected a picture that takes at most {most_s:g} s, got one that does not"
                raise TimedOut(f"{told}: that is {PATIENCE} times {LIMIT}.") from why

    def _aside(self, row: Row, rendition: int, data: bytes, name: str) -> Aside:
        return self.destination.asides.write(aside_name(row.id, rendition), data, name)

    def _known(self, source: Source, asked: RowAsked) -> str:
        """Return what is known of a picture as JSON, in one order of words."""
        told: dict[str, Any] = {}
        if asked.parts:
            told = self._run(self.app.analyser.prepare(source, asked.parts)).to_json()
            del told["timings_ms"], told["width"], told["height"]
        if asked.crops:
            found = self._run(self.app.cropper.prepare(source, asked.crops, native=False))
            told["crops"] = [crop.to_json() for crop in found.crops]
        return json.dumps(told, separators=(",", ":"), ensure_ascii=False) if told else ""

    def _copies(
        self, row: Row, asked: RowAsked, equal: Equal, values: dict[str, str]
    ) -> tuple[Output, ...] | None:
        """Return copies of what was made of an equal picture; None where it is there no more."""
        templates = {each.number: each.template for each in asked.renditions}
        if len(equal.outputs) != len(templates):
            return None
        copies = []
        for output in equal.outputs:
            data = self.destination.read(output.name)
            if data is None or sha256(data).digest() != output.digest:
                return None
            name = templates[output.rendition].name({**values, "ext": output.ext})
            aside = self._aside(row, output.rendition, data, name)
            copies.append(replace(output, name=name, aside=aside))
        return tuple(copies)
