"""Who works on jobs: takes the next one, has a process do it, and notes how that goes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate import locks
from foveate.errors import BudgetSpent, FoveateError, QueueUnusable
from foveate.jobs.job import State
from foveate.jobs.process import Process, order_of
from foveate.jobs.queue import Quota
from foveate.ledger.amounts import Name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foveate.jobs.bell import Bell
    from foveate.jobs.job import Job
    from foveate.jobs.queue import Queue
    from foveate.ledger.ledger import Ledger
    from foveate.settings import Settings

log = logging.getLogger("foveate.jobs")
LOOK_S: Final = 1.0
"""How often it is looked for what other servers put in, or cancelled."""
TIDY_S: Final = 600.0
DAY_S: Final = 24 * 3600
LOCK: Final = "jobs.lock"
ROUTE: Final = "job"
"""What the ledger calls it."""
CRASHED: Final = {
    "error": "DecoderKilled",
    "message": "The process of this job was ended: see whether the machine ran out of memory.",
}


@dataclass(slots=True)
class _Run:
    """A job that runs now."""

    job: Job
    process: Process | None = None
    cpu_s: float = 0.0
    """What was charged of it."""
    worked: int = 0
    halted: str = ""
    """Why it is put back, where it is: `stop`, `budget` or `quota`."""
    last: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Runner:
    """Works on the jobs of a queue, while no other server does. Of one event loop."""

    queue: Queue
    settings: Settings
    ledger: Ledger
    bell: Bell
    folder: Path
    finished: dict[str, int] = field(default_factory=dict)
    """How many ended since the start, by state."""
    live: Mapping[str, int] = field(default_factory=dict)
    """How many there are in each state, as far as was looked."""
    _runs: dict[str, _Run] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _lock: int | None = None
    _lost: bool = True
    """Whether jobs may be noted to run that do not: those of an earlier server, at first."""
    _tidied: float = 0.0

    @property
    def quota(self) -> Quota:
        """Return what each key may have."""
        jobs = self.settings.jobs
        return Quota(jobs.queued_per_key, jobs.pictures_per_day)

    @property
    def leads(self) -> bool:
        """Return whether this server is the one that works on the queue."""
        return self._lock is not None

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    async def go(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self._look()
            except QueueUnusable as why:
                log.warning("%s", why)
            self._woken.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_S)

    async def _look(self) -> None:
        self.live = await asyncio.to_thread(self.queue.counts)
        if not self.settings.jobs.workers:
            return
        if not self.leads and not await asyncio.to_thread(self._lead):
            return
        if self._lost and not self._runs:
            if again := await asyncio.to_thread(self.queue.resume):
                log.info("%d jobs ran when their server ended: they go on.", again)
            self._lost = False
        await self._heed()
        await self._tidy()
        while len(self._runs) < self.settings.jobs.workers and self._may_work():
            job = await asyncio.to_thread(self.queue.take)
            if job is None:
                return
            self._begin(job)

    def _lead(self) -> bool:
        """Return whether nobody else works on this queue; from then on nobody else does."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if not locks.take(lock):
            os.close(lock)
            return False
        self._lock = lock
        return True

    async def _heed(self) -> None:
        """Stop what was cancelled, by this server or another one."""
        for run in list(self._runs.values()):
            now = await asyncio.to_thread(self.queue.of, run.job.id)
            if now.stopping and run.process is not None:
                await run.process.end()

    def _may_work(self) -> bool:
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
            end = await self._ended(run)
            await self._settle(run, end)
        except QueueUnusable as why:
            self._lost = True
            log.warning("Job %s: %s", run.job.id, why)
        finally:
            del self._runs[run.job.id]
            self.bell.ring(run.job.id)
            self.wake()

    async def _ended(self, run: _Run) -> dict[str, Any]:
        """Return the last thing that the process of a job says."""
        # Imported with the first job: what works on pictures is much.
        from foveate.jobs.asked import described  # noqa: PLC0415
        from foveate.jobs.places import place_of  # noqa: PLC0415

        place = place_of(run.job, self.settings)
        try:
            description = described(run.job.description, place.out)
            run.process = await Process.start(order_of(self.settings, description))
        except (FoveateError, OSError) as why:
            return {"error": type(why).__name__, "message": getattr(why, "public", str(why))}
        end = dict[str, Any](CRASHED)
        try:
            if run.halted:  # while it began
                return end
            async for said in run.process.said():
                if "progress" in said:
                    await self._take(run, said["progress"], said["at"])
                else:
                    end = said
        finally:
            await asyncio.shield(run.process.end())
            self.ledger.elsewhere_s -= run.cpu_s
        return end

    async def _take(self, run: _Run, told: Mapping[str, Any], at: float) -> None:
        """Note how far a job is, charge it, and halt it where no more may be spent."""
        self._charge(run, told)
        met = told["done"] + told["failed"]
        worked, run.worked, run.last = met - run.worked, met, told
        # The process may count less where a picture lost its name: nothing is given back.
        note = self.queue.progress
        goes_on = await asyncio.to_thread(note, run.job, told, at, max(0, worked), self.quota)
        self.bell.ring(run.job.id)
        if not (goes_on and self._may_work()) and not run.halted and run.process is not None:
            run.halted = "budget" if goes_on else "quota"
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

    async def _settle(self, run: _Run, end: dict[str, Any]) -> None:
        """Note how a job ended, or put it back."""
        if "ended" in end:
            self._charge(run, end["ended"])
            self.ledger.elsewhere_s -= end["ended"]["cpu_s"] - run.last.get("cpu_s", 0.0)
        now = await asyncio.to_thread(self.queue.of, run.job.id)
        if run.halted and not now.stopping and "ended" not in end:
            await asyncio.to_thread(self.queue.put_back, run.job, tomorrow=run.halted == "quota")
            return
        state, data = _outcome(end, now.stopping)
        await asyncio.to_thread(self.queue.end, run.job, state, {**run.last, **data})
        self.finished[state] = self.finished.get(state, 0) + 1

    async def _tidy(self) -> None:
        """Delete what was kept for long enough."""
        days = self.settings.jobs.keep_days
        if not days or time.monotonic() - self._tidied < TIDY_S:
            return
        self._tidied = time.monotonic() or 1.0
        for job in await asyncio.to_thread(self.queue.old, time.time() - days * DAY_S):
            with contextlib.suppress(FoveateError, OSError):
                await asyncio.to_thread(self.delete, job)

    def delete(self, job: Job) -> None:
        """Delete a job that has ended, and its results. Blocks; raises JobConflict."""
        from foveate.jobs.places import place_of  # noqa: PLC0415

        self.queue.delete(job)
        place_of(job, self.settings).delete()

    async def stop(self) -> None:
        """End what runs, to go on when a server begins, and let another one work."""
        for run in list(self._runs.values()):
            run.halted = run.halted or "stop"
            if run.process is not None:
                await run.process.end()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _outcome(end: Mapping[str, Any], cancelled: bool) -> tuple[State, dict[str, Any]]:  # noqa: FBT001
    """Return in which state a job is, and what is told of its end."""
    if "ended" in end and not end["stopped"]:
        return State.DONE, dict(end["ended"])
    if cancelled:
        return State.CANCELLED, {}
    if "ended" in end:
        why = {"error": _first(end["ended"]), "message": "It was to stop at a picture that fails."}
        return State.FAILED, {**end["ended"], "error": why}
    return State.FAILED, {"error": {"error": end["error"], "message": end["message"]}}


def _first(told: Mapping[str, Any]) -> str:
    return next(iter(told["errors"]), "FoveateError")
