"""Whole chunks made by our own handler: it reads pictures, and writes shards, where it runs."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.making import Outcome
from foveate.datasets.seams import SKIPS
from foveate.datasets.unchanged import Unchanged
from foveate.errors import HandlerFailed, RawChanged, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.handlers.builtin.handler import Foveate
    from foveate.datasets.making import Bench
    from foveate.datasets.sample import Made, Sample

    Told = tuple[dict[str, Any], dict[str, bytes]]
    """The head of a frame, and its blobs."""

BENCH: Final = "bench"
CHUNK: Final = "chunk"
WRITTEN: Final = "written"
"""Told of each sample that is written."""
FILLED: Final = "filled"
RAISES: Final = "raises"
MET: Final = (RawChanged, SourceError, OSError)
"""What is no fault of a handler: it is raised where the chunk was asked for."""


@dataclass(slots=True)
class Chunks:
    """Makes chunks on a bench, which is told once."""

    handler: Foveate
    most_bytes: int
    """Of what is made of one sample."""
    bench: Bench = field(init=False)

    def take(self, blobs: Mapping[str, bytes]) -> Iterator[Told]:
        """Work on that bench from now on."""
        self.bench = pickle.loads(blobs[BENCH])  # noqa: S301 - our own process wrote it
        return iter(())

    def make(self, blobs: Mapping[str, bytes]) -> Iterator[Told]:
        """Yield what is told of a chunk while it is made, and what it is in the end.

        Raises HandlerFailed for too many bytes of a sample, and as `Foveate.prepare`.
        """
        part, labels, named = pickle.loads(blobs[CHUNK])  # noqa: S301 - our own process wrote it
        try:
            yield from self._made(part, labels, Unchanged(self.bench.pictures, named))
        except MET as why:
            yield {RAISES: True}, {RAISES: pickle.dumps(why)}

    def _made(self, part: Part, labels: Sequence[str], others: Unchanged) -> Iterator[Told]:
        opened = self.bench.opened(part, labels)
        for sample in part.samples:
            opened.add(self._outcome(sample, others))
            yield {WRITTEN: True}, {}
        yield {FILLED: True}, {FILLED: pickle.dumps(opened.filled())}

    def _outcome(self, sample: Sample, others: Unchanged) -> Outcome:
        bench = self.bench
        data = bench.picture(sample)
        try:
            made = list(self.handler.prepare(sample, data, others.read, bench.seed))
        except SKIPS as why:
            return Outcome(skipped=type(why).__name__)
        _check(made, self.most_bytes)
        return Outcome(made)


def _check(made: Sequence[Made], most_bytes: int) -> None:
    size = sum(len(each.data) + sum(map(len, each.targets.values())) for each in made)
    if size > most_bytes:
        raise HandlerFailed(f"Expected at most {most_bytes} bytes of one sample, got {size}.")
