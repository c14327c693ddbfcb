"""Whole chunks made by our own handler: it reads pictures, and writes shards, where it runs."""

from __future__ import annotations

import pickle
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.handlers.builtin.telling import Beyond, Telling
from foveate.datasets.making import Outcome
from foveate.datasets.seams import SKIPS
from foveate.datasets.unchanged import Unchanged
from foveate.errors import RawChanged, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.handlers.builtin.handler import Foveate
    from foveate.datasets.handlers.limits import Limits
    from foveate.datasets.making import Bench
    from foveate.datasets.sample import Made, Sample

    Told = tuple[dict[str, Any], dict[str, bytes]]
    """The head of a frame, and its blobs."""

BENCH: Final = "bench"
CHUNK: Final = "chunk"
READS: Final = "reads"
"""Told before another picture is read."""
HAS: Final = "has"
"""Told when a picture is read: until `READS` or `MADE` the time is the handler's."""
MADE: Final = "made"
"""Told of each sample of which all is made; it is written next."""
FILLED: Final = "filled"
BEYOND: Final = "beyond"
"""Told where too much is made of a sample, in words."""
RAISES: Final = "raises"
MET: Final = (RawChanged, SourceError, OSError)
"""What reading and writing meet: no fault of a handler, it is raised where the chunk was asked for.
"""


class _Outside(Exception):
    """Reading or writing met its cause."""


@dataclass(slots=True)
class Chunks:
    """Makes chunks on a bench, which is told once."""

    handler: Foveate
    limits: Limits
    say: Callable[[Mapping[str, bool]], None]
    """Tells whose time it is, at once: storage has limits of its own, and may be slow."""
    bench: Bench = field(init=False)

    def take(self, blobs: Mapping[str, bytes]) -> Iterator[Told]:
        """Work on that bench from now on."""
        self.bench = pickle.loads(blobs[BENCH])  # noqa: S301 - our own process wrote it
        return iter(())

    def make(self, blobs: Mapping[str, bytes]) -> Iterator[Told]:
        """Yield what is told of a chunk while it is made, and what it is in the end.

        Raises as `Foveate.prepare`.
        """
        part, labels, named = pickle.loads(blobs[CHUNK])  # noqa: S301 - our own process wrote it
        try:
            yield from self._made(part, labels, Unchanged(self.bench.pictures, named))
        except Beyond as why:
            yield {BEYOND: str(why)}, {}
        except _Outside as why:
            yield {RAISES: True}, {RAISES: pickle.dumps(why.__cause__)}

    def _made(self, part: Part, labels: Sequence[str], others: Unchanged) -> Iterator[Told]:
        with _outside():
            opened = self.bench.opened(part, labels)
        for sample in part.samples:
            outcome = self._outcome(sample, others)
            self.say({MADE: True})
            with _outside():
                opened.add(outcome)
        with _outside():
            filled = opened.filled()
        yield {FILLED: True}, {FILLED: pickle.dumps(filled)}

    def _outcome(self, sample: Sample, others: Unchanged) -> Outcome:
        with _outside():
            data = self.bench.picture(sample)
        self.say({HAS: True})
        read = partial(self._another, others)
        try:
            made = self.handler.prepare(sample, data, read, self.bench.seed)
            return Outcome(_within(self.limits, made))
        except SKIPS as why:
            return Outcome(skipped=type(why).__name__)

    def _another(self, others: Unchanged, source: str) -> bytes:
        self.say({READS: True})
        with _outside():
            data = others.read(source)
        self.say({HAS: True})
        return data


@contextmanager
def _outside() -> Iterator[None]:
    """Tell what is met here from what a handler meets. Raises _Outside."""
    try:
        yield
    except MET as why:
        raise _Outside from why


def _within(limits: Limits, made: Iterable[Made]) -> list[Made]:
    """Return what is made of a sample. Raises Beyond as soon as that is too much."""
    kept: list[Made] = []
    size, most_bytes, telling = 0, limits.output_bytes, Telling(limits.told_bytes)
    for each in made:
        size += len(each.data) + sum(map(len, each.targets.values()))
        if size > most_bytes:
            raise Beyond(f"Expected at most {most_bytes} bytes of one sample, got {size}.")
        telling.add(each)
        kept.append(each)
    return kept
