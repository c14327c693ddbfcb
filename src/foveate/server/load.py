"""Admission: how much is worked on at once, how much may wait, and when to give up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from foveate.errors import Abandoned, QueueFull, TimedOut, Unavailable
from foveate.imaging.stop import Deadline
from foveate.metrics import IN_FLIGHT, QUEUED, Metrics
from foveate.server.slots import Gate, Slots

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator
    from concurrent.futures import Future

    from starlette.types import Receive

    from foveate.settings import Load

T = TypeVar("T")
Work = Callable[[Deadline], T]
WORKER = "foveate-worker"
REST_AFTER_S = 2.0
STRAGGLERS_S = 5.0
"""How long a stopping server waits for workers that were told to stop."""


class Job:
    """One admitted request: its deadline, and what it spent where (milliseconds)."""

    def __init__(self, admission: Admission, timeout_s: float) -> None:
        self.deadline = Deadline(time.monotonic() + timeout_s, threading.Event())
        self.timings_ms: dict[str, float] = {}
        self._admission = admission

    @contextlib.contextmanager
    def span(self, name: str) -> Iterator[None]:
        """Measure a part of the request."""
        started = time.perf_counter()
        try:
            with self._admission.metrics.span(name):
                yield
        finally:
            spent = (time.perf_counter() - started) * 1000
            self.timings_ms[name] = self.timings_ms.get(name, 0.0) + spent

    @contextlib.asynccontextmanager
    async def holding(self, gate: Gate) -> AsyncIterator[None]:
        """Wait for a place, and keep it for as long as this lasts. Raises QueueFull."""
        with self.span("queue"):
            await gate.acquire()
        try:
            yield
        finally:
            gate.release()

    async def work(self, work: Work[T], *, need: int, span: str) -> T:
        """Run `work` in a worker thread, with `need` bytes of the memory budget.

        Raises QueueFull or MemoryBudgetSpent.
        """
        admission = self._admission
        with admission.place():
            with self.span("queue"):
                await admission.slots.acquire(need)
            with self.span(span):
                return await admission.run(work, self.deadline, need)


def worker_count(load: Load) -> int:
    """Return how many renditions are worked on at once."""
    return load.workers or os.cpu_count() or 1


class Admission:
    """Bounds what one server does at once: workers, memory, bodies in memory, and the queue."""

    def __init__(
        self,
        load: Load,
        *,
        timeout_s: float,
        metrics: Metrics,
        rest: Callable[[], None],
        rest_after_s: float = REST_AFTER_S,
    ) -> None:
        workers = worker_count(load)
        self.slots = Slots(workers, load.memory_bytes)
        self.metrics = metrics
        # Whoever holds a body keeps its place until the answer is made, so that waiting for a
        # worker cannot pile up bodies in memory.
        self.bodies = Gate(load.max_body_reads, load.queue)
        self._places = workers + load.queue
        self._taken = 0
        self._timeout_s = timeout_s
        self._rest = rest
        self._rest_after_s = rest_after_s
        self._jobs: set[Job] = set()
        self._running: set[Deadline] = set()
        self._resting: asyncio.TimerHandle | None = None
        self._stopping = False
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=WORKER)
        # Pictures that take long must not hold up those whose header says that they cannot be.
        self._probes = ThreadPoolExecutor(workers, thread_name_prefix=WORKER)
        metrics.gauges[IN_FLIGHT] = lambda: len(self._running)
        metrics.gauges[QUEUED] = lambda: max(0, len(self._jobs) - len(self._running))

    @property
    def stopping(self) -> bool:
        """Return whether nothing new is admitted any more."""
        return self._stopping

    @contextlib.asynccontextmanager
    async def job(self) -> AsyncIterator[Job]:
        """Admit one request until its deadline. Raises QueueFull, TimedOut or Unavailable.

        It takes a place in the queue only when it has something to work on: a client that sends
        slowly, or an origin that answers slowly, must not keep others from theirs.
        """
        job = self._enter()
        try:
            async with asyncio.timeout(self._timeout_s):
                yield job
        except TimeoutError as why:
            raise TimedOut(f"not finished after {self._timeout_s} s") from why
        finally:
            self._jobs.discard(job)
            self._rest_later()

    def _enter(self) -> Job:
        if self._stopping:
            raise Unavailable("the server is stopping")
        self._refuse_when_full()
        if self._resting:
            self._resting.cancel()
        job = Job(self, self._timeout_s)
        self._jobs.add(job)
        return job

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a place among those who work or wait for a worker. Raises QueueFull."""
        self._refuse_when_full()
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    def _refuse_when_full(self) -> None:
        if self._taken >= self._places:
            raise QueueFull(f"{self._taken} requests are being worked on or wait")

    async def run(self, work: Work[T], deadline: Deadline, need: int) -> T:
        """Run `work` in a thread; its slot is free again when the thread is, not when we leave."""
        loop = asyncio.get_running_loop()

        def done(_: object) -> None:
            # A loop that is closed has no slots to give back.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._leave, deadline, need)

        self._running.add(deadline)
        try:
            future = _submit(self._pool, partial(work, deadline))
        except Unavailable:
            self._leave(deadline, need)
            raise
        future.add_done_callback(done)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            _cancel(deadline)
            raise

    async def probe(self, look: Callable[[], T]) -> T:
        """Run what looks at a header only, in threads of its own."""
        return await asyncio.wrap_future(_submit(self._probes, look))

    def _leave(self, deadline: Deadline, need: int) -> None:
        self._running.discard(deadline)
        self.slots.release(need)

    def _rest_later(self) -> None:
        if self._jobs or self._stopping:
            return
        if self._resting:
            self._resting.cancel()
        loop = asyncio.get_running_loop()
        self._resting = loop.call_later(self._rest_after_s, self._pool.submit, self._rest)

    async def stop(self, timeout_s: float) -> None:
        """Admit nothing more, let running jobs finish for `timeout_s`, then stop the workers."""
        self._stopping = True
        if self._resting:
            self._resting.cancel()
        until = time.monotonic() + timeout_s
        while self._jobs and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for deadline in self._running:
            _cancel(deadline)
        for pool in (self._pool, self._probes):
            pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + STRAGGLERS_S
        while self._running and time.monotonic() < until:
            await asyncio.sleep(0.02)


def _submit(pool: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
    try:
        return pool.submit(work)
    except RuntimeError as why:
        raise Unavailable("the server is stopping") from why


def _cancel(deadline: Deadline) -> None:
    if deadline.cancelled is not None:
        deadline.cancelled.set()


async def unless_gone(receive: Receive, work: Coroutine[object, object, T]) -> T:
    """Return what `work` gives, or stop it and raise Abandoned once the client has left."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Abandoned
    finally:
        await _end(task, gone)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(*tasks: asyncio.Task[T] | asyncio.Task[None]) -> None:
    waiting: list[Awaitable[object]] = [task for task in tasks if task.cancel()]
    await asyncio.gather(*waiting, return_exceptions=True)
