"""Who works on jobs: whatever a job, its process or the queue does, the others go on."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from errno import EAGAIN
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import QueueUnusable
from foveate.jobs.asked import JobAsked
from foveate.jobs.bell import Bell
from foveate.jobs.job import State
from foveate.jobs.process import JobProcess
from foveate.jobs.queue import Queue
from foveate.jobs.quotas import Quota
from foveate.jobs.runner import Runner
from foveate.ledger.amounts import Name
from foveate.ledger.ledger import Ledger
from foveate.settings import Jobs, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from foveate.jobs.job import Job
    from foveate.jobs.order import Order

pytestmark = pytest.mark.anyio
ASKED = JobAsked(description={"sources": ["a.jpg"], "renditions": [{"options": "width=8"}]})
FREE = Quota(100, 0)
SUMS = {"done": 0, "failed": 0, "bytes_in": 0, "bytes_out": 0, "cpu_s": 0.0, "errors": {}}


class Fake(JobProcess):
    """A process that says what a test has it say, until it ends."""

    def __init__(self) -> None:
        self._lines = asyncio.Queue[dict[str, Any] | None]()
        self.ended = False

    async def said(self) -> AsyncIterator[dict[str, Any]]:
        while (line := await self._lines.get()) is not None:
            yield line

    async def end(self) -> None:
        self.ended = True
        self._lines.put_nowait(None)

    def say(self, **line: Any) -> None:
        self._lines.put_nowait({"at": 1.0, **line})

    def progress(self, **sums: Any) -> None:
        self.say(progress={**SUMS, **sums})

    def finish(self, **sums: Any) -> None:
        self.say(ended={**SUMS, **sums}, stopped_at=None)
        self._lines.put_nowait(None)


class Shop:
    """A runner, and the processes that it started."""

    def __init__(self, folder: Path, queue: Queue | None = None, **jobs: int) -> None:
        self.queue, self.ledger = queue or Queue(folder), Ledger()
        self.processes: list[Fake] = []
        self.orders: list[Order] = []
        self.refuses: list[OSError] = []
        settings = Settings(jobs=Jobs(**{"workers": 2, **jobs}, folder=str(folder / "out")))
        self.runner = Runner(self.queue, settings, self.ledger, Bell(), folder, self._start)

    async def _start(self, order: Order) -> JobProcess:
        if self.refuses:
            raise self.refuses.pop()
        self.orders.append(order)
        self.processes.append(Fake())
        return self.processes[-1]

    def put(self, key: str = "shop") -> Job:
        job, _ = self.queue.put(key, ASKED, FREE)
        self.runner.loop.wake()
        return job

    def state(self, job: Job) -> str:
        return self.queue.of(job.id).state.value

    async def began(self, many: int) -> None:
        """Return once so many processes have been started, which are heard."""
        self.runner.loop.begin()
        await until(lambda: len(self.processes) == many)


@asynccontextmanager
async def opened(folder: Path, queue: Queue | None = None, **jobs: int) -> AsyncIterator[Shop]:
    """Give a runner that is stopped at the end, as a server that ends does it."""
    shop = Shop(folder, queue, **jobs)
    try:
        yield shop
    finally:
        await shop.runner.halt()
        shop.runner.lead.let_go()
        shop.queue.close()


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


async def test_a_job_that_is_gone_leaves_the_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        gone = shop.put()
        await shop.began(1)
        stays = shop.put()
        await shop.began(2)
        shop.queue.delete(shop.queue.end(gone, State.CANCELLED, {}))
        shop.put()
        await shop.began(3)
        assert [process.ended for process in shop.processes] == [True, False, False]
        shop.processes[1].finish(done=2, failed=1)
        await until(lambda: shop.state(stays) == "done")
        sums = shop.queue.of(stays.id).progress
        assert (sums["done"], sums["failed"]) == (2, 1)


async def test_a_job_that_goes_on_has_its_results_where_it_began_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job = shop.put()
        await shop.began(1)
    place = str(tmp_path / "out" / "shop" / job.out)
    assert (Queue(tmp_path).of(job.id).place, shop.state(job)) == (place, "queued")
    async with opened(tmp_path) as shop:
        shop.runner.settings = Settings(jobs=Jobs(folder=str(tmp_path / "new")))
        await shop.began(1)
        assert shop.orders[0].description.out == place


async def test_a_job_that_stops_at_a_picture_says_at_which_and_why(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job = shop.put()
        await shop.began(1)
        at = {"source": "cats/2.jpg", "error": "NotAnImage", "message": "It is none."}
        sums = {**SUMS, "errors": {"BrokenImage": 1, "NotAnImage": 1}}  # of an earlier run, too
        shop.processes[0].say(ended=sums, stopped_at=at)
        await shop.processes[0].end()
        await until(lambda: shop.state(job) == "failed")
        now = shop.queue.of(job.id)
        assert now.error == "NotAnImage"
        assert now.message.endswith("cats/2.jpg: It is none.")


async def test_what_nobody_expects_fails_that_job_alone(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        odd, after = shop.put(), shop.put()
        await shop.began(1)
        shop.processes[0].say(progress={"done": "many"})
        await shop.began(2)
        assert shop.processes[0].ended
        assert (shop.state(odd), shop.queue.of(odd.id).error) == ("failed", "FoveateError")
        shop.processes[1].finish()
        await until(lambda: shop.state(after) == "done")
    assert shop.runner.finished == {"failed": 1, "done": 1}


async def test_who_cancels_a_job_that_was_just_taken_stops_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job = shop.put()
        await shop.began(1)
        assert shop.queue.cancel(job).stopping  # with what was known of it before
        shop.runner.loop.wake()
        await until(lambda: shop.state(job) == "cancelled")
        assert shop.processes[0].ended
        assert shop.queue.events(job.id)[0][-1].name == "cancelled"


class Idle(Queue):
    """A queue that notes whether there was nothing to take at last."""

    nothing = False

    def take(self, quota: Quota) -> Job | None:
        self.nothing = (job := super().take(quota)) is None
        return job


async def test_who_spent_his_pictures_has_no_further_job_begun(tmp_path: Path) -> None:
    queue = Idle(tmp_path)
    async with opened(tmp_path, queue, workers=1, pictures_per_day=100) as shop:
        spent = [shop.put() for _ in range(3)]
        await shop.began(1)
        shop.processes[0].progress(done=60, failed=40)
        await until(lambda: shop.state(spent[0]) == "queued")
        await until(lambda: queue.nothing)
        other = shop.put("other")
        await shop.began(2)
        assert shop.state(other) == "running"
        shop.processes[1].finish()
        await until(lambda: shop.state(other) == "done" and queue.nothing)
        assert [shop.state(job) for job in spent] == ["queued"] * 3
        assert len(shop.processes) == 2


async def test_a_spent_budget_halts_what_runs_and_begins_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        job = shop.put()
        await shop.began(1)
        shop.processes[0].progress(done=1, cpu_s=2.0, bytes_in=300)
        await until(lambda: shop.queue.of(job.id).progress.get("done") == 1)
        shop.ledger.stop(time.time() + 60)
        shop.processes[0].progress(done=2, cpu_s=3.0, bytes_in=500)
        await until(lambda: shop.state(job) == "queued")
        charged = shop.ledger.account(Name("shop", "job"))
        assert (charged.cpu_s, charged.bytes_in, len(shop.processes)) == (3.0, 500, 1)
        shop.ledger.stop(0.0)
        shop.runner.loop.wake()
        await shop.began(2)


async def test_pictures_count_that_are_told_only_at_the_end(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1, pictures_per_day=100) as shop:
        jobs = [shop.put() for _ in range(2)]
        await shop.began(1)
        shop.processes[0].progress(done=60)
        shop.processes[0].finish(done=80, failed=20)
        await until(lambda: shop.state(jobs[0]) == "done")
        (waiting,) = shop.queue.quotas.waiting([shop.queue.of(jobs[1].id)], shop.runner.quota)
        assert waiting.waits_until is not None
    assert len(shop.processes) == 1


async def finds_no_room(shop: Shop, process: int = 0) -> None:
    shop.processes[process].say(error="DiskFull", message="There is no room for what was made.")
    await shop.processes[process].end()


async def test_jobs_wait_for_room_on_the_disk_of_their_results(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        shop.runner.rest_s = 60
        jobs = [shop.put() for _ in range(3)]
        for process in range(2):
            await shop.began(process + 1)
            await finds_no_room(shop, process)
            await until(lambda process=process: shop.state(jobs[process]) == "queued")
    assert ([shop.state(job) for job in jobs], len(shop.processes)) == (["queued"] * 3, 2)


async def test_a_job_that_alone_finds_no_room_keeps_none_waiting(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        shop.runner.rest_s = 60
        cramped, same, other = (shop.put(key) for key in ("shop", "shop", "other"))
        await shop.began(1)
        await finds_no_room(shop)
        for process, job in ((1, other), (2, same)):
            await shop.began(process + 1)
            shop.processes[process].finish()
            await until(lambda job=job: shop.state(job) == "done")
        told = shop.queue.of(cramped.id).to_json()
        assert (told["state"], told["waits"]["why"]) == ("queued", "not_written")
        assert shop.queue.events(cramped.id)[0][-1].data == {"waits": told["waits"]}


class Patient(Queue):
    """A queue in which jobs have rested for a day."""

    def rest(self, *_: Any) -> bool:
        return False


async def test_who_finds_no_room_for_a_day_fails(tmp_path: Path) -> None:
    async with opened(tmp_path, Patient(tmp_path), workers=1) as shop:
        job = shop.put()
        await shop.began(1)
        await finds_no_room(shop)
        await until(lambda: shop.state(job) == "failed")
        assert shop.queue.of(job.id).error == "DiskFull"


async def test_who_finds_no_room_and_is_cancelled_has_ended(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        job = shop.put()
        await shop.began(1)
        shop.queue.cancel(job)
        await finds_no_room(shop)
        await until(lambda: shop.state(job) == "cancelled")


async def test_jobs_go_on_once_the_disk_may_have_room(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        shop.runner.rest_s = 0
        job = shop.put()
        await shop.began(1)
        await finds_no_room(shop)
        await shop.began(2)
        shop.processes[1].finish()
        await until(lambda: shop.state(job) == "done")


async def test_a_job_whose_process_cannot_begin_for_a_moment_waits(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=1) as shop:
        shop.runner.rest_s, shop.refuses = 0, [BlockingIOError(EAGAIN, "no more processes")]
        job = shop.put()
        await shop.began(1)
        shop.processes[0].finish()
        await until(lambda: shop.state(job) == "done")
        names = [each.name for each in shop.queue.events(job.id)[0]]
    assert names == ["queued", "running", "queued", "running", "done"]


class Full(Queue):
    """A queue whose disk is full when the first progress comes."""

    full = True

    def progress(self, *given: Any) -> bool:
        if self.full:
            self.full = False
            raise QueueUnusable
        return super().progress(*given)


async def test_a_job_whose_progress_cannot_be_noted_goes_on_while_others_run(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, Full(tmp_path)) as shop:
        unlucky = shop.put()
        await shop.began(1)
        shop.put()
        await shop.began(2)
        shop.processes[0].progress(done=1)
        await shop.began(3)
        assert [process.ended for process in shop.processes] == [True, False, False]
        assert shop.state(unlucky) == "running"


class Slow(Queue):
    """A queue from which to take lasts until the test lets it."""

    taking, may = threading.Event(), threading.Event()

    def take(self, quota: Quota) -> Job | None:
        self.taking.set()
        self.may.wait(10)
        return super().take(quota)


async def test_a_job_that_is_taken_while_the_server_stops_is_put_back(tmp_path: Path) -> None:
    async with opened(tmp_path, Slow(tmp_path)) as shop:
        job = shop.put()
        shop.runner.loop.begin()
        await until(Slow.taking.is_set)
        stopping = asyncio.create_task(shop.runner.halt())
        await asyncio.sleep(0.01)
        Slow.may.set()
        await stopping
        names = [each.name for each in shop.queue.events(job.id)[0]]
        assert names == ["queued", "running", "queued"]


async def test_the_next_server_takes_up_what_ran_when_one_was_killed(tmp_path: Path) -> None:
    killed = Queue(tmp_path)
    job, _ = killed.put("shop", ASKED, FREE)
    killed.take(FREE)
    killed.close()
    async with opened(tmp_path) as shop:
        await shop.began(1)
        names = [each.name for each in shop.queue.events(job.id)[0]]
        assert names == ["queued", "running", "queued", "running"]


async def test_a_job_whose_bucket_is_away_goes_on_and_one_that_fails_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, workers=1) as shop:
        shop.runner.rest_s = 0
        job = shop.put()
        await shop.began(1)
        why = "Expected to write into s3://shop, got a refused connection."
        shop.processes[0].say(error="DestinationAway", message="It is away.", detail=why)
        await shop.processes[0].end()
        await shop.began(2)
        shop.processes[1].say(error="NotWritten", message="It was not.", detail="No space\nthere.")
        await shop.processes[1].end()
        await until(lambda: shop.state(job) == "failed")
        assert shop.queue.of(job.id).message == "It was not."
    assert f"cannot write its results now: {why} It is tried again" in caplog.text
    assert f"Job {job.id} failed: NotWritten: No space there." in caplog.text
