"""Chunks made on this machine: a thread for each handler, which waits for it most of the time."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foveate.datasets.making import Halted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench, Finished, Left
    from foveate.datasets.seams import Handler


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
        work = _Work(bench, left, iter(left.parts))
        with ThreadPoolExecutor(self.workers, thread_name_prefix="dataset") as threads:
            tasks = [threads.submit(work.some) for _ in range(self.workers)]
            wait(tasks, return_when=FIRST_EXCEPTION)
            work.failed.set()
        # Whoever stopped because another one failed is not why.
        failures = [each.exception() for each in tasks]
        first = next((each for each in failures if each and not isinstance(each, Halted)), None)
        for why in (first, *failures):
            if why is not None:
                raise why
        return work.done


@dataclass(slots=True)
class _Work:
    """The chunks that nobody has begun, for any number of threads."""

    bench: Bench
    left: Left
    parts: Iterator[Part]
    done: dict[str, Finished] = field(default_factory=dict)
    failed: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def some(self) -> None:
        """Make chunks until none is left, with a handler of its own."""
        part = self._next()
        if part is None:
            return
        handler = self.left.handlers.take()
        try:
            while part is not None:
                self._one(part, handler)
                part = self._next()
        finally:
            handler.close()

    def _next(self) -> Part | None:
        with self._turn:
            return next(self.parts, None)

    def _one(self, part: Part, handler: Handler) -> None:
        self._check()
        for finished in self.bench.chunk(part, self.left.labels, handler):
            if finished is None:
                self.left.progress.worked()
                self._check()
            else:
                self.done[part.stem] = finished
                self.left.progress.finished()

    def _check(self) -> None:
        """Stop where somebody asked for it, or another one failed. Raises Halted."""
        self.left.halt()
        if self.failed.is_set():
            raise Halted
