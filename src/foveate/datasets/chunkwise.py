"""Chunks that handlers of ours make each by itself: no picture passes through here."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.datasets.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench, Finished, Left
    from foveate.datasets.seams import Filled

LOOK_S: Final = 0.1
"""How often it is looked whether somebody asked to stop."""


def by_itself(chunks: int, workers: int) -> int:
    """Return how many chunks handlers make each by itself: as many each, so that none idles.

    All work together on what is left.

    >>> by_itself(1, 2), by_itself(21, 2), by_itself(20, 16)
    (0, 20, 16)
    """
    return chunks - chunks % workers


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
            while (part := self._next()) is not None:
                filled = handler.chunk(self.bench, part, self.left.labels, self._worked)
                if before is not None:
                    before.result()
                before = keeping.submit(self._keep, part, filled)
            if before is not None:
                before.result()

    def _next(self) -> Part | None:
        with self._lock:
            return next(self._parts, None)

    def _worked(self) -> None:
        self.left.progress.worked()

    def _keep(self, part: Part, filled: Filled) -> None:
        self._done[part.stem] = self.bench.keep(part.stem, filled)
        self.left.progress.finished()
