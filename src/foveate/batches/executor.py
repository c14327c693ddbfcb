"""Who calls workers: rows in, what became of them out, in whatever order it comes.

The seam at which a batch runs elsewhere: whoever yields groups of results is an executor.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from foveate.batches.made import Made
    from foveate.batches.process import Setup
    from foveate.batches.row import Row

R = TypeVar("R")
M = TypeVar("M")
AHEAD: Final = 4
"""Rows that wait for each worker, so that none waits while results are committed."""
MOST_OF_GROUP: Final = 256


class Executor(Protocol):
    """Has rows worked on."""

    def run(self, work: Callable[[Row], Made], rows: Iterator[Row | None]) -> Generator[list[Made]]:
        """Yield what became of all rows, in groups; rows are taken only as there is room.

        None is no row: none has come yet, and what is done meanwhile is not to wait for one.
        """
        ...


class Where(StrEnum):
    """Where rows are worked on."""

    LOCAL = "local"
    RAY = "ray"


class Plan(NamedTuple):
    """A batch, as an engine is told of it."""

    setup: Setup
    asked: Callable[[Row], bytes]
    """What stands for all that is asked of a row, as this machine sees it."""
    home: Path
    """Where the batch keeps what it needs itself."""
    stopped: threading.Event


class Engine(Protocol):
    """Has rows worked on elsewhere, by whoever is told what a batch is."""

    def run(self, plan: Plan, rows: Iterator[Row]) -> Generator[list[Made]]:
        """Yield what became of all rows, in groups, until it is stopped."""
        ...


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process: libvips and networks let go of the interpreter while they work."""

    workers: int
    stopped: threading.Event = field(default_factory=threading.Event)
    """Once set, rows that wait are left, and only what is underway is finished."""

    def run(self, work: Callable[[R], M], rows: Iterator[R | None]) -> Generator[list[M]]:
        """Yield groups of results. Raises what `work` or `rows` raises, once all is still.

        What others finish meanwhile comes before that.
        """
        todo: queue.SimpleQueue[R | None] = queue.SimpleQueue()
        done: queue.SimpleQueue[M | BaseException] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=_serve, args=(work, todo, done), name=f"foveate-batch-{number}")
            for number in range(self.workers)
        ]
        for thread in threads:
            thread.start()
        try:
            yield from self._exchanged(rows, todo, done)
        except Exception:
            _still(threads, todo)
            if rest := _finished(done):
                yield rest
            raise
        finally:
            _still(threads, todo)

    def _exchanged(
        self,
        rows: Iterator[R | None],
        todo: queue.SimpleQueue[R | None],
        done: queue.SimpleQueue[M | BaseException],
    ) -> Generator[list[M]]:
        underway, room = 0, self.workers * (1 + AHEAD)
        more = True
        while more or underway:
            while more and underway < room and (not underway or done.empty()):
                try:
                    row = next(rows)
                except StopIteration:
                    more = False
                    break
                if row is not None:
                    todo.put(row)
                    underway += 1
            if self.stopped.is_set():
                more = False
                underway -= _drain(todo)
            if underway:
                group = _group(done)
                underway -= len(group)
                yield group


def _serve(
    work: Callable[[R], M],
    todo: queue.SimpleQueue[R | None],
    done: queue.SimpleQueue[M | BaseException],
) -> None:
    while (row := todo.get()) is not None:
        try:
            done.put(work(row))
        except BaseException as why:  # noqa: BLE001 - raised where the others are waited for
            done.put(why)


def _group(done: queue.SimpleQueue[M | BaseException]) -> list[M]:
    """Return what is done, at least one. Raises what a worker raised, once that is first."""
    group: list[M] = []
    while not group or (len(group) < MOST_OF_GROUP and not done.empty()):
        made = done.get()
        if isinstance(made, BaseException):
            if not group:
                raise made
            done.put(made)
            break
        group.append(made)
    return group


def _finished(done: queue.SimpleQueue[M | BaseException]) -> list[M]:
    """Return what is done, whatever else was raised."""
    there = (done.get_nowait() for _ in range(done.qsize()))
    return [made for made in there if not isinstance(made, BaseException)]


def _still(threads: Sequence[threading.Thread], todo: queue.SimpleQueue[R | None]) -> None:
    """Have threads finish what is underway, and end."""
    _drain(todo)
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()


def _drain(todo: queue.SimpleQueue[R | None]) -> int:
    """Take back what nobody has begun, and return how much that was."""
    taken = 0
    with suppress(queue.Empty):
        while True:
            todo.get_nowait()
            taken += 1
    return taken
