"""The process of our own handler, seen from here: what any is asked, and for whole chunks."""

from __future__ import annotations

import pickle
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Final

from foveate.datasets.handlers.builtin.chunk import (
    BENCH,
    BEYOND,
    CHUNK,
    FILLED,
    HAS,
    MADE,
    RAISES,
)
from foveate.datasets.handlers.frames import Frame
from foveate.datasets.handlers.process import HandlerProcess
from foveate.errors import HandlerFailed
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench
    from foveate.datasets.seams import Filled

MOST_TOLD: Final = 256 * MIB
"""Of a chunk that is filled: statistics of its files, and each thing that is counted."""


class OwnProcess(HandlerProcess):
    """It may read raw data and write files by itself, which nobody else's handler may."""

    IS_OURS = True
    _bench: Bench | None = None

    def chunk(self, bench: Bench, part: Part, labels: Sequence[str]) -> Iterator[Filled | None]:
        """Yield after each sample, and at the end what the chunk is filled with, on that bench.

        Raises HandlerFailed, and what its pictures and its disk are met with.
        """
        self._work_on(bench)
        with self._asking(self._limits.sample_s):
            told = pickle.dumps((part, labels, bench.named([part])))
            self._say(Frame({"do": CHUNK}, {CHUNK: told}))
        for sample in part.samples:
            self._made_of(sample.source)
            yield None
        # Files are closed: that is storage, and takes as long as they are large.
        filled: Filled = pickle.loads(self._next(inf).blobs[FILLED])  # noqa: S301 - our own process
        self._next(self._limits.sample_s)
        yield filled

    def _work_on(self, bench: Bench) -> None:
        if bench is not self._bench:
            with self._asking(self._limits.sample_s):
                told = pickle.dumps(replace(bench, digests={}))  # each chunk comes with its own
                self._say(Frame({"do": BENCH}, {BENCH: told}))
                self._heard(0)
            self._bench = bench

    def _made_of(self, source: str) -> None:
        """Wait until all is made of a picture, so long after it was read.

        Reading and writing are not counted: storage has limits of its own, and whoever stops ends
        the process.
        """
        seconds = inf
        while MADE not in (told := self._next(seconds, source).head):
            seconds = self._limits.sample_s if HAS in told else inf

    def _next(self, seconds: float, source: str = "") -> Frame:
        """Return what it tells next. Raises what it met that is no fault of its own."""
        with self._asking(seconds, source):
            frame = self._heard(MOST_TOLD)
            if BEYOND in frame.head:
                raise HandlerFailed(frame.head[BEYOND])
        if RAISES in frame.head:
            self.close()
            raise pickle.loads(frame.blobs[RAISES])  # noqa: S301 - our own process wrote it
        return frame
