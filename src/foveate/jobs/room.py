"""All of jobs for one server: taken, listed, followed, cancelled, deleted, and worked on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from foveate.errors import UnknownJob
from foveate.jobs.callers import Callers
from foveate.jobs.folders import origin_place, queue_folder
from foveate.jobs.followers import Followers
from foveate.jobs.job import State
from foveate.jobs.links import Links
from foveate.jobs.queue import Queue
from foveate.jobs.runner import Runner
from foveate.jobs.threads import Threads
from foveate.jobs.tidier import Tidier
from foveate.jobs.webhooks import Webhooks
from foveate.people.keys import Keys
from foveate.service.access import RateLimit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from foveate.jobs.job import Event, Job
    from foveate.jobs.places import Place
    from foveate.ledger.ledger import Ledger
    from foveate.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("foveate.jobs")
LOOK_S: Final = 10.0
"""How long who asks for results waits for where they are."""
GONE_S: Final = 10.0
"""How long who deletes a job waits for its results to be gone."""


@dataclass(slots=True)
class Jobs:
    """The jobs of one server. Nothing is opened before it is needed."""

    settings: Settings
    queue: Queue
    callers: Callers
    links: Links
    runner: Runner
    webhooks: Webhooks
    tidier: Tidier
    followers: Followers[Event]
    look_s: float = LOOK_S
    _reads: Threads = field(default_factory=lambda: Threads("jobs-read", 2))
    _writes: Threads = field(default_factory=lambda: Threads("jobs-write", 2))
    _looks: Threads = field(default_factory=lambda: Threads("results", 4))
    """Where results are may hang: a bucket that never answers, a disk that is away."""

    async def begin(self) -> None:
        """Go on where an earlier server ended; where there never was a job, wait for the first."""
        if await self._reads.run(lambda: self.queue.exists):
            self._work()

    def _work(self) -> None:
        for part in (self.runner, self.webhooks, self.tidier):
            part.loop.begin()
            part.loop.wake()

    def dismiss(self) -> None:
        """Tell followers no more."""
        self.followers.dismiss()

    async def end(self, within_s: float) -> None:
        """End what runs, for which is so much time; it goes on when a server begins."""
        self.dismiss()
        parts = (self.runner.halt(), self.webhooks.stop(), self.tidier.stop())
        try:
            async with asyncio.timeout(within_s):
                await asyncio.shield(asyncio.gather(*parts))
        except TimeoutError:
            log.warning("Jobs, webhooks or deletions have not ended within %g seconds.", within_s)
            return  # another server leads once this process is gone, with all that it does
        self.runner.lead.let_go()
        await asyncio.to_thread(self.queue.close)

    async def put(self, key: str, said: object, idempotency: str) -> tuple[Job, bool]:
        """Queue what JSON asks for, and return it, and whether it is new.

        Raises BadRequest and its kinds, SourceNotFound, BudgetSpent, QueueUnusable.
        """
        from foveate.jobs.asked import asked_from_json, check  # noqa: PLC0415 - with the first job

        asked = await asyncio.to_thread(asked_from_json, said, idempotency)
        # A job that is there already is told, whatever has become of its sources or the budget.
        if (before := await self._reads.run(self.queue.same, key, asked)) is not None:
            return (await self._reads.run(self._waiting, [before]))[0], False
        self.runner.ledger.check()
        await asyncio.to_thread(check, asked, self.settings)
        await self.runner.lead.take()
        # Before it is queued: what is told of a job has links that need it.
        await asyncio.to_thread(self.links.ready)
        try:
            job, new = await self._writes.run(self.queue.put, key, asked, self.runner.quota)
        finally:
            self._work()  # whoever leads works, also on what others put in
        return (await self._reads.run(self._waiting, [job]))[0], new

    async def of(self, job_id: str, key: str = "") -> Job:
        """Return a job. Raises UnknownJob."""
        if not await self._reads.run(lambda: self.queue.exists):
            raise UnknownJob
        found = await self._reads.run(self.queue.of, job_id, key)
        return (await self._reads.run(self._waiting, [found]))[0]

    async def page(self, key: str, state: str, limit: int, after: str) -> list[Job]:
        """Return jobs, the newest first. Raises UnknownJob."""
        if not await self._reads.run(lambda: self.queue.exists):
            return []
        found = await self._reads.run(self.queue.page, key, state, limit, after)
        return await self._reads.run(self._waiting, found)

    def _waiting(self, jobs: list[Job]) -> list[Job]:
        """Return jobs with what those that are queued wait for, where that is no other job."""
        queued = any(job.state is State.QUEUED for job in jobs)
        if not queued or self.runner.lead.is_anybodys():
            return self.queue.quotas.waiting(jobs, self.runner.quota)
        return [replace(job, unattended=job.state is State.QUEUED) for job in jobs]

    async def cancel(self, job_id: str, key: str) -> Job:
        """Return a job that was cancelled, or will be in a moment."""
        job = await self._writes.run(self.queue.cancel, await self.of(job_id, key))
        self.followers.bell.ring(job.id)
        self.runner.loop.wake()
        return job

    async def delete(self, job_id: str, key: str) -> bool:
        """Delete a job that has ended, and return whether its results are gone, too.

        Else they will be: that goes on. Raises UnknownJob, JobConflict.
        """
        job = await self.of(job_id, key)
        await self._writes.run(self.queue.delete, job)
        self.followers.bell.ring(job.id)
        self._work()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GONE_S):
                return await self._gone(job)
        return False

    async def _gone(self, job: Job) -> bool:
        """Return once the results of a job that was deleted are gone, and whether they are."""
        while not self.followers.ending:
            rung = self.followers.bell.next(job.id)
            if not await self._reads.run(self.queue.leftovers.has, job):
                return True
            await self.followers.rung(rung)
        return False

    def place(self, job: Job) -> Place:
        """Return where the results of a job are."""
        from foveate.jobs.places import place_of  # noqa: PLC0415 - with the first who asks

        return place_of(job, self.settings)

    async def looked(self, look: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what a method of a place says. Raises SourceTimeout, and as the method does."""
        return await self._looks.within(self.look_s, "results", look, *given, **named)

    def follow(self, job_id: str, after: int) -> AsyncGenerator[Event | None]:
        """Return what happens to a job after that event, until it ends; None is no news.

        Raises QueueFull where as many follow as may.
        """
        return self.followers.follow(job_id, after)


def open_jobs(settings: Settings, ledger: Ledger) -> Jobs:
    """Return the jobs that these settings describe. Raises BadSettings."""
    folder = queue_folder(settings)
    queue = Queue(folder, origin=origin_place(settings))
    followers = Followers(queue.events)
    links = Links(folder, settings.jobs.link_ttl_s)
    runner = Runner(queue, settings, ledger, followers.bell, folder)
    return Jobs(
        settings=settings,
        queue=queue,
        callers=Callers(
            Keys(folder, "jobs"),
            settings.signing.keys,
            RateLimit(settings.people.requests_per_minute),
        ),
        links=links,
        runner=runner,
        webhooks=Webhooks(queue, links, settings, lambda: runner.lead.is_ours),
        tidier=Tidier(queue, settings, followers.bell, lambda: runner.lead.is_ours),
        followers=followers,
    )
