"""A queue is about the pictures of one origin: no server does what was meant of another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.errors import QueueUnusable
from foveate.jobs.asked import JobAsked
from foveate.jobs.room import open_jobs
from foveate.ledger.ledger import Ledger
from foveate.settings import Jobs, Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.jobs.room import Jobs as Room

pytestmark = pytest.mark.anyio
SAID = {"sources": ["a.jpg"], "renditions": [{"options": "width=8"}]}
ASKED = JobAsked(description=SAID)
OWN = "FOVEATE_JOBS__QUEUE_FOLDER"


def room_of(folder: Path, origin: str) -> Room:
    """Return the jobs of a server with that origin, which begins none by itself."""
    (folder / origin).mkdir(exist_ok=True)
    (folder / origin / "a.jpg").touch()
    places = {"queue_folder": str(folder / "queue"), "folder": str(folder / "out")}
    origins = Origins(folder=str(folder / origin))
    return open_jobs(Settings(origins=origins, jobs=Jobs(**places)), Ledger())


async def test_a_server_with_another_origin_takes_no_jobs_while_one_works(tmp_path: Path) -> None:
    cats, dogs = room_of(tmp_path, "cats"), room_of(tmp_path, "dogs")
    assert await cats.runner.lead.take()
    with pytest.raises(QueueUnusable, match="cats") as refused:
        await dogs.put("shop", SAID, "")
    assert OWN in refused.value.public
    assert "cats" not in refused.value.public
    for room in (cats, dogs):
        await room.end(10)


async def test_one_with_the_same_origin_does(tmp_path: Path) -> None:
    first, second = (room_of(tmp_path, "cats") for _ in range(2))
    assert await first.runner.lead.take()
    assert not await second.runner.lead.take()
    job = second.queue.put("shop", ASKED, second.runner.quota)[0]
    assert (await first.of(job.id)).state == "queued"
    for room in (first, second):
        await room.end(10)


async def test_what_a_server_left_waits_for_its_origin(tmp_path: Path) -> None:
    cats = room_of(tmp_path, "cats")
    job = cats.queue.put("shop", ASKED, cats.runner.quota)[0]
    dogs = room_of(tmp_path, "dogs")
    with pytest.raises(QueueUnusable, match=OWN):
        await dogs.runner.lead.take()
    assert not dogs.runner.lead.is_ours
    assert await cats.runner.lead.take()
    await cats.end(10)
    cats.queue.cancel(job)
    assert await dogs.runner.lead.take()
    for room in (cats, dogs):
        await room.end(10)
