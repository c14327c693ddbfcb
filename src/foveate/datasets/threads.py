"""Chunks made on this machine: a thread for each handler, and one that writes in order."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.datasets.chunkwise import Chunkwise, by_itself
from foveate.datasets.crew import Crew
from foveate.datasets.ending import LOOK_S
from foveate.datasets.making import Halted, Turn, worked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench, Finished, Left, Opened, Outcome
    from foveate.datasets.sample import Sample

EACH: Final = 8
"""Fewer samples than that are no reason for one more handler."""
AHEAD: Final = 4
"""Samples that a handler may be ahead of what is written, for one that takes long to hold up
nobody.
"""
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of what waits to be written: beyond it nothing more is begun."""


def wanted(most: int, samples: int) -> int:
    """Return how many handlers are worth their start for so many samples.

    >>> wanted(4, 1), wanted(4, 20), wanted(4, 1000)
    (1, 3, 4)
    """
    return max(1, min(most, -(-samples // EACH)))


@dataclass(frozen=True, slots=True)
class Threads:
    """So many handlers of this machine."""

    workers: int

    @property
    def here(self) -> int:
        """Return that each of them has one."""
        return self.workers

    def run(self, bench: Bench, left: Left) -> dict[str, Finished]:
        """Return all chunks by their stems. Raises Halted, and what any of them met."""
        workers = wanted(self.workers, sum(len(part.samples) for part in left.parts))
        alone = by_itself(left.parts, bench.shards["samples"], workers)
        if not (alone and left.handlers.make_chunks()):
            return self._together(bench, left, workers)
        done = Chunkwise(bench, replace(left, parts=alone)).run(workers)
        rest = [part for part in left.parts if part.stem not in done]
        return done | self._together(bench, replace(left, parts=rest), workers) if rest else done

    def _together(self, bench: Bench, left: Left, workers: int) -> dict[str, Finished]:
        line = _Line(bench, left, workers * AHEAD)
        with ThreadPoolExecutor(workers, thread_name_prefix="dataset") as threads:
            tasks = [threads.submit(line.work) for _ in range(workers)]
            try:
                return line.written()
            except Halted:
                line.end()
                wait(tasks)
                # Whoever stopped because another one failed is not why.
                for why in (task.exception() for task in tasks):
                    if why is not None and not isinstance(why, Halted):
                        raise why from None
                raise
            finally:
                line.end()


@dataclass(slots=True)
class _Line:
    """All samples that are left, in their order: taken by handlers, written by who asked."""

    bench: Bench
    left: Left
    most: int
    """Samples between the next that is written, and those that nobody has begun."""
    _turn: threading.Condition = field(default_factory=threading.Condition)
    _outcomes: dict[int, Outcome] = field(default_factory=dict)
    _ends: bool = False
    _taken: int = 0
    _written: int = 0
    _bytes: int = 0
    _samples: Iterator[Sample] = field(init=False)
    _crew: Crew = field(init=False)

    def __post_init__(self) -> None:
        self._crew = Crew(self.left.handlers)
        self._samples = (sample for part in self.left.parts for sample in part.samples)

    def work(self) -> None:
        """Have a handler of its own make samples until none is left. Raises Halted."""
        try:
            with self._crew.one() as handler:
                for turn, outcome in worked(handler, self.bench.seed, self):
                    self._put(turn.number, outcome)
        except BaseException:
            met_first = not self._ends
            self.end()
            if met_first:
                raise
            raise Halted from None

    def written(self) -> dict[str, Finished]:
        """Return all chunks, once they are where they stay. Raises Halted.

        A chunk is brought there while the next one is written: handlers wait for no disk.
        """
        done: dict[str, Finished] = {}
        with ThreadPoolExecutor(1, thread_name_prefix="dataset-keeping") as keeping:
            before: Future[None] | None = None
            for part in self.left.parts:
                opened = self._filled(part)
                if before is not None:
                    before.result()
                before = keeping.submit(self._keep, opened, done)
            if before is not None:
                before.result()
        return done

    def _filled(self, part: Part) -> Opened:
        opened = self.bench.opened(part, self.left.labels)
        for _ in part.samples:
            opened.add(self._next())
            self.left.progress.worked()
        return opened

    def _keep(self, opened: Opened, done: dict[str, Finished]) -> None:
        done[opened.stem] = opened.kept(self.left.halt)
        self.left.progress.finished()

    def end(self) -> None:
        """Have all of them stop, whatever they do."""
        with self._turn:
            self._ends = True
            self._turn.notify_all()
        self._crew.end()

    def awaited(self) -> Turn | None:
        """Return whose turn it is, once it may be begun. Raises Halted."""
        with self._turn:
            while self._is_full():
                self._wait()
            taken = self._take()
        return taken and self._read(*taken)

    def at_once(self) -> Turn | None:
        """Return the same where it may be begun now. Raises Halted."""
        with self._turn:
            taken = None if self._is_full() else self._take()
        return taken and self._read(*taken)

    def _take(self) -> tuple[int, Sample] | None:
        self._check()
        if (sample := next(self._samples, None)) is None:
            return None
        self._taken += 1
        return self._taken - 1, sample

    def _read(self, number: int, sample: Sample) -> Turn:
        return Turn(number, sample, self.bench.picture(sample))

    def _is_full(self) -> bool:
        return self._taken - self._written >= self.most or self._bytes > MOST_BYTES

    def _put(self, number: int, outcome: Outcome) -> None:
        with self._turn:
            self._outcomes[number] = outcome
            self._bytes += _bytes_of(outcome)
            self._turn.notify_all()

    def _next(self) -> Outcome:
        """Return what became of the next sample."""
        with self._turn:
            while self._written not in self._outcomes:
                self._wait()
            self._check()
            outcome = self._outcomes.pop(self._written)
            self._written += 1
            self._bytes -= _bytes_of(outcome)
            self._turn.notify_all()
        return outcome

    def _wait(self) -> None:
        self._check()
        self._turn.wait(LOOK_S)

    def _check(self) -> None:
        """Stop where somebody asked for it, or another one failed. Raises Halted."""
        self.left.halt()
        if self._ends:
            raise Halted


def _bytes_of(outcome: Outcome) -> int:
    return sum(len(made.data) + sum(map(len, made.targets.values())) for made in outcome.made)
