"""The one task that writes: what comes from many threads is committed in batches, in order."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.aside import step_aside
from foveate.deadline import current
from foveate.errors import IndexFull, IndexNotWritten, Unavailable
from foveate.people.upkeep import IDLE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Sized
    from contextlib import AbstractContextManager

log = logging.getLogger(__name__)
T = TypeVar("T")
FLUSH_S: Final = 0.02
"""How long a batch waits for company. Each commit is a version and a file, and between two of
them another process has its turn."""
FORKED: Final = (
    "This process was forked after its parent had opened the face index, and LanceDB does not "
    "survive that. Start children with multiprocessing's `spawn` or `forkserver`, or fork before "
    "the index is opened."
)
MOST_ROWS: Final = 4096
"""Rows of one commit: 8 MB of embeddings."""
AGAIN: Final = 12.0
"""So many times as long as otherwise nobody must write before what failed is tried again."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Rows to be added, or, without rows, something else to be done."""

    collection: str
    run: Callable[[], Any] | None
    rows: Any = None
    weight: int = 1
    done: Future[Any] = field(default_factory=Future)


def awaited(change: Future[T]) -> T:
    """Return what comes of a change; until it is begun it is given up when the time is over.

    What has begun is waited for, however long it takes: it is done, or it failed. Meanwhile others
    may have this worker. Raises TimedOut and ClientDisconnected for what was given up.
    """
    step_aside()
    with current().stopping(change.cancel):
        return change.result()


class Writer:
    """Commits in a thread of its own, which starts with the first job. Thread-safe.

    A future is done when its change is committed, and not before.
    """

    def __init__(
        self,
        commit: Callable[[str, Sequence[Any]], None],
        upkeep: Callable[[str, bool], bool],
        lock: Callable[[], AbstractContextManager[None]],
        limit: int,
        idle_s: float = IDLE_S,
    ) -> None:
        """Take what adds rows of several to a collection, what tidies it, and a bound on rows.

        `upkeep` is told whether nobody has written for `idle_s`, and says whether that was all.
        """
        self._commit, self._upkeep, self._lock, self._limit = commit, upkeep, lock, limit
        self._idle_s = self._pause_s = idle_s
        self._changed: set[str] = set()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._held: _Job | None = None
        self._process = os.getpid()
        self._waiting = 0
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, collection: str, rows: Sized) -> Future[None]:
        """Return the commit of these rows, soon, with those of others. Raises IndexFull."""
        return self._submit(_Job(collection, None, rows, len(rows)))

    def change(self, collection: str, run: Callable[[], T]) -> Future[T]:
        """Return what `run` gives, alone and after all that was asked before. Raises IndexFull."""
        return self._submit(_Job(collection, run))

    def close(self, timeout_s: float | None = None) -> None:
        """End when all that was asked for is done, and wait for that no longer than so."""
        with self._guard:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join(timeout_s)

    def _submit(self, job: _Job) -> Future[Any]:
        if self._process != os.getpid():
            raise Unavailable(FORKED, public=FORKED)
        with self._guard:
            if self._waiting and self._waiting + job.weight > self._limit:
                raise IndexFull(
                    f"Expected up to {self._limit} faces that wait to be written, got "
                    f"{self._waiting + job.weight}."
                )
            self._waiting += job.weight
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="foveate-people", daemon=True
                )
                self._thread.start()
        return job.done

    def _work(self) -> None:
        while (job := self._next()) is not None:
            batch = [job] if job.run else [job, *self._company(len(job.rows))]
            self._settle(batch)

    def _next(self) -> _Job | None:
        held, self._held = self._held, None
        if held:
            return held
        while self._changed:
            try:
                return self._jobs.get(timeout=self._pause_s)
            except Empty:
                self._rest()
        return self._jobs.get()

    def _rest(self) -> None:
        """Tidy what was changed, now that nobody writes; what fails after a longer pause again."""
        self._pause_s = self._idle_s
        try:
            with self._lock():
                self._changed = {name for name in self._changed if not self._tidy(name, idle=True)}
        except Exception:
            log.exception("What was changed could not be tidied; that is tried again later.")
            self._pause_s = AGAIN * self._idle_s

    def _company(self, rows: int) -> list[_Job]:
        """Return the adds that come within the time that a batch waits."""
        found: list[_Job] = []
        last = time.monotonic() + FLUSH_S
        while rows < MOST_ROWS:
            try:
                job = self._jobs.get(timeout=max(0.0, last - time.monotonic()))
            except Empty:
                break
            if job is None or job.run:
                self._put_back(job)
                break
            found.append(job)
            rows += len(job.rows)
        return found

    def _put_back(self, job: _Job | None) -> None:
        if job is None:
            self._jobs.put(None)
        else:
            self._held = job

    def _settle(self, batch: Sequence[_Job]) -> None:
        begun: list[_Job] | None = None
        try:
            with self._lock():
                begun = self._begun(batch)  # until here, whoever waits may give it up
                for name, jobs in groupby(
                    sorted(begun, key=lambda job: job.collection), lambda job: job.collection
                ):
                    self._one_collection(name, list(jobs))
        except Exception as why:  # noqa: BLE001 - it is raised where it is waited for
            for job in self._begun(batch) if begun is None else begun:
                if not job.done.done():
                    self._release(job)
                    job.done.set_exception(why)

    def _begun(self, batch: Sequence[_Job]) -> list[_Job]:
        """Return the jobs that somebody waits for still; from here on they are done."""
        begun = []
        for job in batch:
            if job.done.set_running_or_notify_cancel():
                begun.append(job)
            else:
                self._release(job)
        return begun

    def _one_collection(self, name: str, jobs: Sequence[_Job]) -> None:
        first, *others = jobs
        run = first.run or (lambda: self._commit(name, [job.rows for job in jobs]))
        self._finish(first, run)
        for job in others:  # they are rows of the same commit
            self._finish(job, first.done.result)
        if first.done.exception() is None:
            self._tidy(name)
        self._changed.add(name)  # what failed left something to be tidied, too

    def _finish(self, job: _Job, act: Callable[[], Any]) -> None:
        """Do it and tell whoever waits what came of it; its place is free before he hears."""
        try:
            made = act()
        except BaseException as why:  # noqa: BLE001 - it is raised where it is waited for
            self._release(job)
            job.done.set_exception(_named(why))
        else:
            self._release(job)
            job.done.set_result(made)

    def _release(self, job: _Job) -> None:
        with self._guard:
            self._waiting -= job.weight

    def _tidy(self, name: str, *, idle: bool = False) -> bool:
        """Return whether nothing is left to be done when nobody writes."""
        try:
            return self._upkeep(name, idle)
        except Exception:
            log.exception("The collection %s could not be tidied; that is tried again.", name)
            self._pause_s = AGAIN * self._idle_s
            return False


def _named(why: BaseException) -> BaseException:
    """Return what a database raises for want of room or rights as an error of ours."""
    if isinstance(why, RuntimeError | OSError):
        told = IndexNotWritten(str(why))
        told.__cause__ = why
        return told
    return why
