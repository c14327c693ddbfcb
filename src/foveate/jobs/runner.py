"""Who works on jobs: takes the next one, has a process do it, and notes how that goes."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import (
    BudgetSpent,
    DestinationAway,
    DiskFull,
    FoveateError,
    QueueUnusable,
    UnknownJob,
)
from foveate.jobs.job import State
from foveate.jobs.lead import Lead
from foveate.jobs.loop import Loop
from foveate.jobs.outcome import CRASHED, UNEXPECTED, outcome, worked
from foveate.jobs.process import JobProcess, order_of
from foveate.jobs.quotas import Quota
from foveate.jobs.threads import Threads
from foveate.ledger.amounts import Name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from foveate.jobs.bell import Bell
    from foveate.jobs.job import Job
    from foveate.jobs.order import Order
    from foveate.jobs.queue import Queue
    from foveate.ledger.ledger import Ledger
    from foveate.settings import Settings

log = logging.getLogger("foveate.jobs")
LOOK_S: Final = 1.0
"""How often it is looked for what other servers put in, or cancelled."""
REST_S: Final = 30.0
"""After how long it is tried again where there was no room for results, or for a process."""
RESTS: Final = frozenset({DestinationAway.__name__, DiskFull.__name__})
"""Errors of the place of results, which is there again once somebody has seen to it."""
ROUTE: Final = "job"
"""What the ledger calls it."""


@dataclass(slots=True)
class _Run:
    """A job that runs now."""

    job: Job
    process: JobProcess | None = None
    cpu_s: float = 0.0
    """What was charged of it."""
    halted: bool = False
    """Whether it is put back: the server stops, or no more may be spent."""
    last: Mapping[str, Any] = field(default_factory=dict)
    """How far it was at last."""

    def new(self, told: Mapping[str, Any]) -> int:
        """Return how many pictures were worked on between those sums and these.

        The process may count less where a picture lost its name: nothing is given back.
        """
        return max(0, worked(told) - worked(self.last))


@dataclass(slots=True)
class Runner:
    """Works on the jobs of a queue, while no other server does. Of one event loop."""

    queue: Queue
    settings: Settings
    ledger: Ledger
    bell: Bell
    folder: Path
    start: Callable[[Order], Awaitable[JobProcess]] = JobProcess.start
    rest_s: float = REST_S
    lead: Lead = field(init=False)
    loop: Loop = field(init=False)
    finished: dict[str, int] = field(default_factory=dict)
    """How many ended since the start, by state."""
    live: Mapping[str, int] = field(default_factory=dict)
    """How many there are in each state, as far as was looked."""
    _runs: dict[str, _Run] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _rests: float = 0.0
    """Until when nothing is begun: the machine had no room for it."""
    _threads: Threads = field(default_factory=lambda: Threads("runner", 1))
    _cramped: set[str] = field(default_factory=set)
    """Jobs that found no room for their results, one after the other."""

    def __post_init__(self) -> None:
        self.lead = Lead(self.folder, self.queue.belonging, self.settings.jobs.workers)
        self.loop = Loop(self._look, LOOK_S)

    @property
    def quota(self) -> Quota:
        """Return what each key may have."""
        jobs = self.settings.jobs
        return Quota(jobs.queued_per_key, jobs.pictures_per_day)

    async def _look(self) -> None:
        self.live = await self._threads.run(self.queue.counts)
        if not await self.lead.take():
            return
        await self._heed()
        while self._has_room() and self._may_work():
            job = await self._threads.run(self.queue.take, self.quota)
            if job is None:
                return
            self._begin(job)

    def _has_room(self) -> bool:
        return len(self._runs) < self.settings.jobs.workers and time.monotonic() >= self._rests

    async def _heed(self) -> None:
        """Do as the queue has it: stop what was cancelled, take up what nobody works on.

        That is what ran when its server ended, and whose end could not be noted.
        """
        ours = dict(self._runs)  # before it is looked: nothing is taken meanwhile
        running = await self._threads.run(self.queue.running)
        if lost := running.keys() - ours.keys():
            await self._threads.run(self.queue.put_back, lost, self.quota)
            log.info("%d jobs were running that nobody works on: they go on.", len(lost))
        for job_id, run in ours.items():
            # One that does not run has ended, or is gone.
            if running.get(job_id, True) and run.process is not None:
                await run.process.end()

    def _may_work(self) -> bool:
        if self.loop.ending:
            return False
        try:
            self.ledger.check()
        except BudgetSpent:
            return False
        return True

    def _begin(self, job: Job) -> None:
        run = self._runs[job.id] = _Run(job)
        self.bell.ring(job.id)
        task = asyncio.get_running_loop().create_task(self._work(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, run: _Run) -> None:
        try:
            await self._settle(run, await self._ended(run))
        except (QueueUnusable, UnknownJob) as why:
            # Where the queue still has it, it is there as one that nobody works on.
            log.warning("Job %s: %s", run.job.id, why)
        except Exception:
            log.exception("Job %s failed unexpectedly", run.job.id)
            await self._give_up(run)
        finally:
            if self._runs.get(run.job.id) is run:  # else it was put back, and begun again since
                del self._runs[run.job.id]
            self.bell.ring(run.job.id)
            self.loop.wake()

    async def _give_up(self, run: _Run) -> None:
        """Have a job ended that would fail again in the same way."""
        try:
            await self._threads.run(self.queue.end, run.job, *outcome(UNEXPECTED, cancelled=False))
        except FoveateError as why:
            log.warning("Job %s: %s", run.job.id, why)
        else:
            self._count(State.FAILED)

    def _count(self, state: State) -> None:
        self.finished[state] = self.finished.get(state, 0) + 1

    async def _ended(self, run: _Run) -> Mapping[str, Any]:
        """Return the last thing that the process of a job says."""
        try:
            process = run.process = await self._started(run.job)
        except QueueUnusable:
            raise
        except FoveateError as why:
            return {"error": type(why).__name__, "message": why.public, "detail": str(why)}
        except OSError as why:
            run.halted = True
            self._rest(run, f"cannot begin: {why}.")
            return CRASHED
        end = dict[str, Any](CRASHED)
        try:
            if run.halted:  # while it began
                return end
            async for said in process.said():
                if "progress" in said:
                    await self._take(run, said["progress"], said["at"])
                else:
                    end = said
        finally:
            run.process = None
            await asyncio.shield(process.end())
            self.ledger.elsewhere_s -= run.cpu_s
        return end

    async def _started(self, job: Job) -> JobProcess:
        """Return a process that works on a job, once it is noted where its results go."""
        # Imported with the first job: what works on pictures is much.
        from foveate.jobs.asked import described  # noqa: PLC0415
        from foveate.jobs.places import place_of  # noqa: PLC0415

        place = place_of(job, self.settings)
        await asyncio.to_thread(place.prepare)
        await self._threads.run(self.queue.begins, job, place.out)
        return await self.start(order_of(self.settings, described(job.description, place.out)))

    async def _take(self, run: _Run, told: Mapping[str, Any], at: float) -> None:
        """Note how far a job is, charge it, and halt it where no more may be spent."""
        self._charge(run, told)
        worked, run.last = run.new(told), told
        if worked:
            self._cramped.clear()
        note = self.queue.progress
        goes_on = await self._threads.run(note, run.job, told, at, worked, self.quota)
        self.bell.ring(run.job.id)
        if not (goes_on and self._may_work()) and not run.halted and run.process is not None:
            run.halted = True
            await run.process.end()

    def _charge(self, run: _Run, told: Mapping[str, Any]) -> None:
        spent = max(0.0, told["cpu_s"] - run.cpu_s)
        before = run.last
        account = self.ledger.account(Name(run.job.key, ROUTE))
        account.cpu_s += spent
        account.bytes_in += max(0, told["bytes_in"] - before.get("bytes_in", 0))
        account.bytes_stored += max(0, told["bytes_out"] - before.get("bytes_out", 0))
        run.cpu_s += spent
        self.ledger.elsewhere_s += spent

    async def _settle(self, run: _Run, end: Mapping[str, Any]) -> None:
        """Note how a job ended, or put it back."""
        if "ended" in end:
            self._charge(run, end["ended"])
            self.ledger.elsewhere_s -= end["ended"]["cpu_s"] - run.last.get("cpu_s", 0.0)
        now = await self._threads.run(self.queue.of, run.job.id)
        if end.get("error") in RESTS and await self._has_rested(run, _why(end)):
            return
        self._cramped.clear()
        if run.halted and not now.stopping and "ended" not in end:
            await self._threads.run(self.queue.put_back, [run.job.id], self.quota)
            return
        state, data = outcome(end, cancelled=now.stopping)
        worked = run.new(end.get("ended", run.last))
        await self._threads.run(self.queue.end, run.job, state, {**run.last, **data}, worked)
        self._count(state)
        if state is State.FAILED:
            why = data["error"]
            log.warning("Job %s failed: %s: %s", run.job.id, why["error"], _why({**why, **end}))

    async def _has_rested(self, run: _Run, why: str) -> bool:
        """Return whether a job waits that found no room: with it all, once two in a row did.

        One alone may be at fault: there may be no more for its key, or in its folder.
        """
        before = self._rests
        self._rest(run, f"cannot write its results now: {why}")  # also where that cannot be noted
        rests = await self._threads.run(self.queue.rest, run.job, self.rest_s)
        self._cramped.add(run.job.id)
        if len(self._cramped) == 1:
            self._rests = before
        return rests

    def _rest(self, run: _Run, why: str) -> None:
        """Have all wait: it is not the fault of this job, and the next would meet it too."""
        self._rests = time.monotonic() + self.rest_s
        log.warning("Job %s %s It is tried again in %g seconds.", run.job.id, why, self.rest_s)

    async def halt(self) -> None:
        """Take nothing more, and end what runs: it goes on when a server begins."""
        # Only after a look that may have taken a job, of which the queue says that it runs.
        await self.loop.stop()
        for run in list(self._runs.values()):
            run.halted = True
            if run.process is not None:
                await run.process.end()
        if self._tasks:
            await asyncio.wait(self._tasks)


def _why(end: Mapping[str, Any]) -> str:
    """Return why a job ended, as the operator may hear it."""
    return " ".join(str(end.get("detail") or end["message"]).split())
