"""Chunks that handlers of ours make each by itself: no picture passes through here."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.datasets.crew import Crew
from foveate.datasets.ending import LOOK_S
from foveate.datasets.seams import MakesChunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench, Finished, Left
    from foveate.datasets.seams import Filled


TOGETHER: Final = 5
"""Full chunks that are made sooner by all handlers together than each by one, at most: what passes
through here takes a core 0.8 ms for each picture, and of what most are of a handler takes 4.6.
"""


def by_itself(parts: Sequence[Part], samples: int, workers: int) -> list[Part]:
    """Return the chunks that handlers make each by itself: whoever is free takes the next.

    They are full ones, of so many samples. All work together on what is less, and on the few full
    ones for which most would idle.
    """
    full = [part for part in parts if len(part.samples) == samples]
    few = len(full) % workers
    return full[: len(full) - few] if few <= TOGETHER else full


@dataclass(slots=True)
class Chunkwise:
    """Chunks in their order, each of whoever takes it."""

    bench: Bench
    left: Left
    crew: Crew = field(init=False)
    _parts: Iterator[Part] = field(init=False)
    _done: dict[str, Finished] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.crew, self._parts = Crew(self.left.handlers), iter(self.left.parts)

    def run(self, workers: int) -> dict[str, Finished]:
        """Return all of them by their stems. Raises Halted, and what any of them met."""
        with (
            ThreadPoolExecutor(1, thread_name_prefix="dataset-keeping") as keeping,
            ThreadPoolExecutor(workers, thread_name_prefix="dataset") as threads,
        ):
            tasks = [threads.submit(self._work, keeping) for _ in range(workers)]
            try:
                self._await(tasks)
            finally:
                self.crew.end()
        return self._done

    def _await(self, tasks: Sequence[Future[None]]) -> None:
        """Wait for all of them. Raises what the first one met that met anything."""
        left = set(tasks)
        while left:
            ended, left = wait(left, LOOK_S, FIRST_EXCEPTION)
            for task in ended:
                task.result()
            self.left.halt()

    def _work(self, keeping: ThreadPoolExecutor) -> None:
        """Have one handler make chunks; each is brought to where it stays beside the next one."""
        before: Future[None] | None = None
        with self.crew.one(stays=True) as handler:
            assert isinstance(handler, MakesChunks)  # noqa: S101 - each of them is as the first
            for part, filled in self._filled(handler):
                if before is not None:
                    before.result()
                before = keeping.submit(self._keep, part, filled)
            if before is not None:
                before.result()

    def _filled(self, handler: MakesChunks) -> Iterator[tuple[Part, Filled]]:
        """Yield chunks that nobody else has, each when it is made: who goes on has the next one."""
        while (part := self._next()) is not None:
            for filled in handler.chunk(self.bench, part, self.left.labels):
                if filled is None:
                    self.left.progress.worked()
                else:
                    yield part, filled

    def _next(self) -> Part | None:
        with self._lock:
            return next(self._parts, None)

    def _keep(self, part: Part, filled: Filled) -> None:
        self._done[part.stem] = self.bench.keep(part.stem, filled, self.left.halt)
        self.left.progress.finished()
