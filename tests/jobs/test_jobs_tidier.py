"""Who removes what jobs leave: all of it, and nothing else."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foveate.jobs.asked import JobAsked
from foveate.jobs.bell import Bell
from foveate.jobs.queue import Queue
from foveate.jobs.quotas import Quota
from foveate.jobs.tidier import Tidier
from foveate.settings import Jobs, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from foveate.jobs.job import Job

pytestmark = pytest.mark.anyio
ASKED = JobAsked(description={"sources": ["a.jpg"]})
DAY = 86_400.0


class Clock:
    ago = 0.0

    def __call__(self) -> float:
        return time.time() - self.ago


def ended(queue: Queue, folder: Path, out: str) -> Job:
    """Return a job that has ended, with a result."""
    job, _ = queue.put("shop", replace(ASKED, out=out), Quota(9, 0))
    place = folder / "out" / "shop" / out
    place.mkdir(parents=True)
    (place / "a.jpg").touch()
    queue.begins(job, str(place))
    return queue.cancel(job)


@asynccontextmanager
async def tidying(
    queue: Queue, folder: Path, leads: Callable[[], bool] = lambda: True, out: str = "out"
) -> AsyncIterator[Tidier]:
    settings = Settings(jobs=Jobs(keep_days=30, folder=str(folder / out)))
    tidier = Tidier(queue, settings, Bell(), leads)
    tidier.loop.begin()
    yield tidier
    await tidier.stop()
    queue.close()


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


async def test_what_was_kept_for_its_days_goes_with_its_results(tmp_path: Path) -> None:
    clock = Clock()
    queue = Queue(tmp_path, clock)
    clock.ago = 31 * DAY
    old = ended(queue, tmp_path, "old")
    clock.ago = 29 * DAY
    young = ended(queue, tmp_path, "young")
    clock.ago = 0.0
    async with tidying(queue, tmp_path):
        await until(lambda: len(queue.page("", "", 9)) == 1 and not queue.leftovers.has(old))
    assert [job.id for job in queue.page("", "", 9)] == [young.id]
    assert [each.name for each in (tmp_path / "out" / "shop").iterdir()] == ["young"]


async def test_what_cannot_be_removed_is_known_and_tried_again_later(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    stuck, free = (ended(queue, tmp_path, out) for out in ("stuck", "free"))
    place = tmp_path / "out" / "shop" / "stuck"
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")  # which is nothing to be followed
    for job in (stuck, free):
        queue.delete(job)
    keeps, _ = queue.put("shop", ASKED, Quota(9, 0))
    async with tidying(queue, tmp_path):
        await until(lambda: not queue.leftovers.due())
    assert not queue.leftovers.has(free)
    assert queue.leftovers.has(stuck)
    assert (tmp_path / "elsewhere" / "a.jpg").exists()
    assert queue.of(keeps.id).state == "queued"


async def test_results_go_from_where_they_were_made_whatever_the_settings_say(
    tmp_path: Path,
) -> None:
    queue = Queue(tmp_path)
    job = ended(queue, tmp_path, "all")
    queue.delete(job)
    async with tidying(queue, tmp_path, out="new"):
        await until(lambda: not queue.leftovers.has(job))
    assert not (tmp_path / "out" / "shop" / "all").exists()


async def test_results_on_a_disk_that_is_away_are_not_said_to_be_gone(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job = ended(queue, tmp_path, "all")
    queue.delete(job)
    disk = tmp_path / "out"
    disk.rename(tmp_path / "away")
    disk.mkdir()  # where it is mounted
    async with tidying(queue, tmp_path):
        await until(lambda: not queue.leftovers.due())
    assert queue.leftovers.has(job)
    assert (tmp_path / "away" / "shop" / "all" / "a.jpg").exists()


async def test_a_server_that_does_not_lead_removes_nothing(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job = ended(queue, tmp_path, "all")
    queue.delete(job)
    asked = list[None]()

    def leads() -> bool:
        asked.append(None)
        return False

    async with tidying(queue, tmp_path, leads) as tidier:
        await until(lambda: bool(asked))
        tidier.loop.wake()
        await until(lambda: len(asked) > 1)  # the first look has ended
    assert queue.leftovers.has(job)
    assert (tmp_path / "out" / "shop" / "all" / "a.jpg").exists()
