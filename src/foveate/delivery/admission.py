"""Admission: how much is worked on at once, how much may wait, and when to give up."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from foveate.aside import lending
from foveate.cores import cores
from foveate.deadline import Deadline
from foveate.delivery.bodies import BodyPlaces
from foveate.delivery.patience import begun_by, kept_waiting
from foveate.delivery.slots import Slots
from foveate.errors import (
    AnimationTooLarge,
    MemoryBudgetSpent,
    QueueFull,
    ServerBusy,
    TimedOut,
    Unavailable,
)
from foveate.metrics import IN_FLIGHT, QUEUED, Metrics
from foveate.service.unfinished import frames_unfit
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractAsyncContextManager

    from foveate.errors import FoveateError
    from foveate.service.work import Work
    from foveate.settings import Load

T = TypeVar("T")
WORKER = "foveate-worker"
TRIM_AFTER_S = 2.0
SWITCH_S = 0.0005
"""How long the loop waits for a worker to let go of the interpreter, in a process that serves.

Python's own 5 ms are noticed by those who only want a hit."""
NOT_IN_TIME = "This took longer than a request may take. Try again in a moment."
"""What is told of work on no picture that was not done in time."""
STRAGGLERS_S = 5.0
"""How long a stopping server waits for workers that were told to stop."""


class Admitted:
    """One request that was let in: its deadline, and where its spans go."""

    def __init__(self, admission: Admission, timeout_s: float, trace: Trace) -> None:
        self.deadline = Deadline(time.monotonic() + timeout_s, threading.Event())
        self.trace = trace
        self.threads: ThreadPoolExecutor | None = None
        """Where its work is done; None is with that of all others."""
        self.waited_s = 0.0
        """For how long it waited for others so far, rather than was worked on."""
        self._timeout_s = timeout_s
        self._admission = admission

    def waits(self, seconds: float) -> None:
        """Note that it waited for others for so long."""
        self.waited_s += seconds

    def late(self, why: TimeoutError | TimedOut) -> ServerBusy | None:
        """Return that it had no time because of others; None where it took it by itself."""
        over = isinstance(why, TimeoutError) or self.deadline()
        if not over or not kept_waiting(self.waited_s, self._timeout_s):
            return None
        return ServerBusy(f"waited for {self.waited_s:.1f} of its {self._timeout_s} s")

    @contextlib.contextmanager
    def _queueing(self) -> Iterator[None]:
        begun = time.monotonic()
        with self.trace.waiting("queue"):
            try:
                yield
            finally:
                self.waits(time.monotonic() - begun)

    async def _turn(self, need: int) -> None:
        """Wait for a worker and memory. Raises ServerBusy where that leaves too little time."""
        left = begun_by(self.deadline.until, self._timeout_s) - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, left)):
                await self._admission.slots.acquire(need)
        except TimeoutError as why:
            raise ServerBusy(f"not begun, with {self._timeout_s} s in all") from why

    @contextlib.asynccontextmanager
    async def waiting_for(self, place: AbstractAsyncContextManager[None]) -> AsyncIterator[None]:
        """Wait for a place, and keep it for as long as this lasts. Raises what it raises."""
        async with contextlib.AsyncExitStack() as kept:
            with self._queueing():
                await kept.enter_async_context(place)
            yield

    async def make(self, prepare: Callable[[], Work[T]], *, span: str) -> T:
        """Run the work that `prepare` reads from headers: in one visit of a worker if one is free.

        Else it is prepared in threads for that, and runs in its turn. Raises as `work`.
        """
        admission = self._admission
        if admission.full or not admission.slots.try_worker():
            return await self.work(await admission.probe(prepare, self), span=span)
        turn, done = _Turn(self, 0), list[T]()

        def at_once() -> Work[T]:
            with self.deadline:
                work = prepare()
            if admission.slots.try_memory(work.memory_bytes):
                turn.need = work.memory_bytes
                with self.trace.waiting("queue"):
                    pass
                with self.trace.waiting(span):
                    done.append(self._done(work))
            return work

        with admission.place():
            work = await admission.run(at_once, turn)
        return done[0] if done else await self.work(work, span=span)

    async def work(self, work: Work[T], *, span: str) -> T:
        """Run the work in a worker thread, with its bytes of the memory budget.

        Raises QueueFull, ServerBusy, MemoryBudgetSpent or AnimationTooLarge.
        """
        admission, need = self._admission, work.memory_bytes
        with admission.place():
            with self._queueing():
                try:
                    await self._turn(need)
                except MemoryBudgetSpent as spent:
                    raise _about_frames(spent, work, admission.slots.most) from None
            with self.trace.waiting(span):
                return await admission.run(partial(self._done, work), _Turn(self, need))

    def _done(self, work: Work[T]) -> T:
        with self.deadline:
            return work.run(self.deadline, self.trace)


def _about_frames(spent: MemoryBudgetSpent, work: Work[T], most: int) -> FoveateError:
    """Return the error that tells how many frames there would be memory for, where it is those.

    To come again later would not help: there will never be memory for so many.
    """
    if not work.frame_bytes:
        return spent
    return AnimationTooLarge(str(spent), public=frames_unfit(work.frames_in(most), work.frames))


def worker_count(load: Load) -> int:
    """Return how many renditions are worked on at once."""
    return load.workers or cores()


class ProcessMemory(Protocol):
    """The memory of the process, beside what its work takes."""

    def held_bytes(self) -> int:
        """Return what is held of `load.memory_bytes` whether or not anybody asks."""
        ...

    def make_room(self, need: int) -> None:
        """Let go of so many bytes of it, as far as nobody needs them now."""
        ...

    def trim_memory(self) -> None:
        """Give memory back to the system; called when there was no work for a while."""
        ...


@dataclass(slots=True, eq=False)
class _Turn:
    """What one piece of work holds while it runs."""

    admitted: Admitted
    need: int
    workers: int = 1
    """0 once it has stepped aside."""


class Admission:
    """Bounds what one server does at once: workers, memory, bodies in memory, and the queue."""

    def __init__(
        self,
        load: Load,
        *,
        timeout_s: float,
        metrics: Metrics,
        memory: ProcessMemory,
        trim_after_s: float = TRIM_AFTER_S,
        worker_begins: Callable[[], None] | None = None,
    ) -> None:
        workers = worker_count(load)
        self.slots = Slots(workers, load.memory_bytes, memory.held_bytes, memory.make_room)
        self.metrics = metrics
        self.let_in: Callable[[], None] = _anybody
        """Asked whenever somebody comes with work on pictures: raises what he is refused with."""
        self.idler_begins: Callable[[], None] = _anybody
        """What the thread does first in which that is worked on that nobody waits for."""
        # Whoever holds a body keeps its place until the answer is made, so that waiting for a
        # worker cannot pile up bodies in memory.
        self.bodies = BodyPlaces(load.max_body_reads, load.queue, load.client_share)
        self._places = workers + load.queue
        self._taken = 0
        self._timeout_s = timeout_s
        self._trim_memory = memory.trim_memory
        self._trim_after_s = trim_after_s
        self._inside: set[Admitted] = set()
        self._running: set[Admitted] = set()
        self._turns: set[_Turn] = set()
        self._trimming: asyncio.TimerHandle | None = None
        self._idle_work: asyncio.Timeout | None = None
        self._quiet_since = time.monotonic()
        self._stopping = False
        pool = partial(ThreadPoolExecutor, thread_name_prefix=WORKER, initializer=worker_begins)
        self._workers = workers
        self._pool = pool(workers)
        # Who steps aside keeps his thread, and others take one of these.
        self._spare = pool(self._places)
        self._idler = ThreadPoolExecutor(1, "foveate-idle", self._begin_idler)
        # Pictures that take long must not hold up those whose header says that they cannot be.
        self._probes = pool(workers)
        metrics.gauges[IN_FLIGHT] = lambda: len(self._running)
        metrics.gauges[QUEUED] = lambda: max(0, len(self._inside) - len(self._running))

    def _begin_idler(self) -> None:
        self.idler_begins()

    @property
    def stopping(self) -> bool:
        """Return whether nothing new is admitted any more."""
        return self._stopping

    @contextlib.asynccontextmanager
    async def admit(
        self, trace: Trace | None = None, *, at_most_s: float = math.inf, pictures: bool = True
    ) -> AsyncIterator[Admitted]:
        """Admit one request until its deadline. Raises QueueFull, TimedOut or Unavailable.

        Where its time is over, and most of it went by while it waited for others: ServerBusy.

        It takes a place in the queue only when it has something to work on: a client that sends
        slowly, or an origin that answers slowly, must not keep others from theirs. What is done for
        it is written to `trace`. The deadline is `at_most_s` away, for who waits no longer. Whoever
        works on no `pictures` is let in whatever may be spent on them: people are erased always;
        and is told of none that took too long.
        """
        timeout_s = min(self._timeout_s, at_most_s)
        admitted = self._enter(trace or Trace(), timeout_s, pictures=pictures)
        try:
            async with asyncio.timeout(timeout_s):
                yield admitted
        except (TimeoutError, TimedOut) as why:
            if (busy := admitted.late(why)) is not None:
                raise busy from why
            if pictures and isinstance(why, TimedOut):
                raise
            unfinished = admitted.trace.unfinished or (None if pictures else NOT_IN_TIME)
            raise TimedOut(f"not finished after {timeout_s} s", public=unfinished) from why
        finally:
            self._inside.discard(admitted)
            self._quiet_since = time.monotonic()
            self._measure(admitted)
            self._trim_later()

    @contextlib.asynccontextmanager
    async def idle(self, trace: Trace) -> AsyncIterator[Admitted]:
        """Admit work that nobody waits for, in a thread of its own, until somebody comes.

        Raises TimedOut then, and where it takes as long as no request may; QueueFull while somebody
        is here, and what `let_in` raises.
        """
        if not self.quiet_s:
            raise QueueFull("somebody is worked for")
        self.let_in()
        admitted = Admitted(self, self._timeout_s, trace)
        admitted.threads = self._idler
        trace.underway += 1
        try:
            async with asyncio.timeout(self._timeout_s) as self._idle_work:
                yield admitted
        except TimeoutError as why:
            raise TimedOut("somebody came") from why
        finally:
            self._idle_work = None
            self._measure(admitted)
            self._trim_later()

    @property
    def refuses(self) -> bool:
        """Return whether whoever comes with work on pictures is refused."""
        try:
            self.let_in()
        except Unavailable:
            return True
        return False

    @property
    def quiet_s(self) -> float:
        """Return for how long nobody was here; 0 while somebody is, or something runs."""
        if self._inside or self._running or self._stopping:
            return 0.0
        return time.monotonic() - self._quiet_since

    def _interrupt(self) -> None:
        """End what nobody waits for."""
        if self._idle_work is not None:
            self._idle_work.reschedule(0)
            self._idle_work = None

    def _enter(self, trace: Trace, timeout_s: float, *, pictures: bool) -> Admitted:
        if self._stopping:
            raise Unavailable("the server is stopping")
        self.refuse_when_full()
        if pictures:
            self.let_in()
        self._interrupt()
        if self._trimming:  # whoever is refused must not keep memory from being given back
            self._trimming.cancel()
        admitted = Admitted(self, timeout_s, trace)
        trace.underway += 1
        self._inside.add(admitted)
        return admitted

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a place among those who work or wait for a worker. Raises QueueFull."""
        self.refuse_when_full()
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    @property
    def full(self) -> bool:
        """Return whether whoever comes now has no place to work or to wait."""
        return self._taken >= self._places

    def refuse_when_full(self) -> None:
        """Raise QueueFull when there is no place."""
        if self.full:
            raise QueueFull(f"{self._taken} requests are being worked on or wait")

    async def run(self, work: Callable[[], T], turn: _Turn) -> T:
        """Run `work` in a thread; its slot is free again when the thread is, not when we leave.

        Work that steps aside gives its worker back before that, and its memory at the end.
        """
        later = partial(_on_loop, asyncio.get_running_loop())

        def within() -> T:
            trace = turn.admitted.trace
            with lending(lambda: later(self._lend, turn)), trace.entered(), trace.charged():
                return work()

        self._running.add(turn.admitted)
        try:
            future = _submit(self._threads_for(turn), within)
        except Unavailable:
            self._leave(turn)
            raise
        over = asyncio.get_running_loop().create_future()

        def leave(turn: _Turn) -> None:
            self._leave(turn)
            if not over.done():
                over.set_result(None)

        # The loop is woken once, for the slot and for whoever waits.
        future.add_done_callback(lambda _: later(leave, turn))
        try:
            await over
        except asyncio.CancelledError:
            future.cancel()
            _cancel(turn.admitted.deadline)
            raise
        return future.result()

    async def probe(self, look: Callable[[], T], admitted: Admitted) -> T:
        """Run what looks at a header only, in threads of its own, until its deadline."""

        def within() -> T:
            with admitted.deadline, admitted.trace.charged():
                return look()

        return await _outcome(_submit(self._probes, within), admitted)

    def _threads_for(self, turn: _Turn) -> ThreadPoolExecutor:
        """Return threads of which one is free, whoever has stepped aside and keeps his."""
        if turn.admitted.threads:
            return turn.admitted.threads
        if len(self._turns) >= self._workers:
            return self._spare
        self._turns.add(turn)
        return self._pool

    def _lend(self, turn: _Turn) -> None:
        workers, turn.workers = turn.workers, 0
        self.slots.release(0, workers=workers)

    def _leave(self, turn: _Turn) -> None:
        self._running.discard(turn.admitted)
        self._turns.discard(turn)
        self.slots.release(turn.need, workers=turn.workers)
        self._measure(turn.admitted)

    def _measure(self, admitted: Admitted) -> None:
        """Count its spans once both are over: the request, and what a worker still does for it."""
        if admitted not in self._inside and admitted not in self._running:
            admitted.trace.underway -= 1
            self.metrics.observe_trace(admitted.trace)

    def _trim_later(self) -> None:
        if self._inside or self._stopping:
            return
        if self._trimming:
            self._trimming.cancel()
        loop = asyncio.get_running_loop()
        self._trimming = loop.call_later(self._trim_after_s, self._trim)

    def _trim(self) -> None:
        with contextlib.suppress(RuntimeError):  # the program ends, and its pools before it
            self._pool.submit(self._trim_memory)

    async def stop(self, timeout_s: float) -> None:
        """Admit nothing more, let running jobs finish for `timeout_s`, then stop the workers."""
        self._stopping = True
        self._interrupt()
        if self._trimming:
            self._trimming.cancel()
        until = time.monotonic() + timeout_s
        while self._inside and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for admitted in self._inside | self._running:
            _cancel(admitted.deadline)
        for pool in (self._pool, self._spare, self._probes, self._idler):
            pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + STRAGGLERS_S
        while self._running and time.monotonic() < until:
            await asyncio.sleep(0.02)


def _anybody() -> None:
    """Refuse nobody, and do nothing."""


def _on_loop(loop: asyncio.AbstractEventLoop, act: Callable[[_Turn], None], turn: _Turn) -> None:
    # A loop that is closed has no slots to give back.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(act, turn)


def _submit(pool: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
    try:
        # With the context, so that lines which a worker logs name its request.
        return pool.submit(copy_context().run, work)
    except RuntimeError as why:
        raise Unavailable("the server is stopping") from why


async def _outcome(future: Future[T], admitted: Admitted) -> T:
    """Wait for a thread; whoever leaves before it is done lets it stop."""
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        _cancel(admitted.deadline)
        raise


def _cancel(deadline: Deadline) -> None:
    if deadline.cancelled is not None:
        deadline.cancelled.set()
