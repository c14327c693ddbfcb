"""All of jobs for one server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from foveate import locks
from foveate.errors import BudgetSpent, JobConflict, SourceNotFound
from foveate.jobs.room import open_jobs
from foveate.jobs.runner import LOCK
from foveate.ledger.ledger import Ledger
from foveate.settings import Jobs, Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.jobs.room import Jobs as Room

pytestmark = pytest.mark.anyio
SAID = {"sources": ["a.jpg"], "renditions": [{"options": "width=8"}]}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").touch()
    places = {"queue_folder": str(tmp_path / "queue"), "folder": str(tmp_path / "out")}
    settings = Settings(
        origins=Origins(folder=str(tmp_path / "in")), jobs=Jobs(**places, workers=0)
    )
    return open_jobs(settings, Ledger())


async def test_who_asks_again_hears_of_his_job_whatever_has_changed(
    room: Room, tmp_path: Path
) -> None:
    job, new = await room.put("shop", SAID, "once")
    (tmp_path / "in" / "a.jpg").unlink()
    with pytest.raises(SourceNotFound):
        await room.put("shop", SAID, "another")
    room.runner.ledger.stop(time.time() + 60)
    with pytest.raises(BudgetSpent):
        await room.put("shop", SAID, "")
    again, newer = await room.put("shop", SAID, "once")
    assert (again.id, new, newer) == (job.id, True, False)
    with pytest.raises(JobConflict):
        await room.put("shop", {**SAID, "out": "x"}, "once")
    await room.end()


async def test_a_request_that_is_refused_makes_no_queue(room: Room, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        await room.put("shop", {**SAID, "sources": ["none.jpg"]}, "once")
    assert not (tmp_path / "queue").exists()


async def test_results_that_nobody_removes_yet_are_said_to_be_there(room: Room) -> None:
    job, _ = await room.put("shop", SAID, "")
    await room.cancel(job.id, "shop")
    room.dismiss()  # else it would wait for who leads
    assert not await room.delete(job.id, "shop")
    assert room.queue.page("", "", 9) == []
    await room.end()


async def test_a_job_that_no_server_works_on_says_so_until_one_does(
    room: Room, tmp_path: Path
) -> None:
    job, _ = await room.put("shop", SAID, "once")
    again, _ = await room.put("shop", SAID, "once")
    waits = {"why": "no_workers"}
    (listed,) = await room.page("shop", "", 9, "")
    told = (job, again, listed, await room.of(job.id))
    assert [each.to_json()["waits"] for each in told] == [waits] * 4
    with (tmp_path / "queue" / LOCK).open("w") as another:
        assert locks.take(another.fileno())
        assert "waits" not in (await room.of(job.id)).to_json()
    assert "waits" not in (await room.cancel(job.id, "shop")).to_json()
    await room.end()
