"""All of jobs for one server."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING

import pytest
from storage_origin import KEY, SECRET

from foveate import locks
from foveate.errors import BudgetSpent, JobConflict, QueueUnusable, SourceNotFound, SourceTimeout
from foveate.jobs.asked import JobAsked
from foveate.jobs.lead import LOCK
from foveate.jobs.links import FILE
from foveate.jobs.quotas import Quota
from foveate.jobs.room import open_jobs
from foveate.ledger.ledger import Ledger
from foveate.settings import Jobs, Origins, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.jobs.job import Job
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
    await room.end(10)


async def test_results_in_a_place_that_hangs_hold_up_nothing_else(room: Room) -> None:
    room.look_s, may = 0.05, threading.Event()
    looks = [room.looked(may.wait, 30) for _ in range(100)]
    looked = await asyncio.gather(*looks, return_exceptions=True)
    assert {type(each) for each in looked} == {SourceTimeout}
    assert await asyncio.to_thread(lambda: True)
    assert (await room.put("shop", SAID, ""))[1]
    may.set()
    await room.end(10)


async def test_a_request_that_is_refused_makes_no_queue(room: Room, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        await room.put("shop", {**SAID, "sources": ["none.jpg"]}, "once")
    assert not (tmp_path / "queue").exists()


async def test_nothing_is_queued_of_which_nobody_can_be_told(room: Room, tmp_path: Path) -> None:
    (tmp_path / "queue").mkdir()
    (tmp_path / "queue" / FILE).write_bytes(b"damaged")
    with pytest.raises(QueueUnusable):
        await room.put("shop", SAID, "")
    assert await room.page("", "", 9, "") == []
    await room.end(10)


async def test_results_that_nobody_removes_yet_are_said_to_be_there(room: Room) -> None:
    job, _ = await room.put("shop", SAID, "")
    await room.cancel(job.id, "shop")
    room.dismiss()  # else it would wait for who leads
    assert not await room.delete(job.id, "shop")
    assert room.queue.page("", "", 9) == []
    await room.end(10)


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
    await room.end(10)


OBJECT = """<Contents><Key>results/shop/all/{}.jpg</Key><Size>1</Size>
<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"""
MORE = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"


def listed(page: int) -> str:
    """Return a page of a thousand objects that no other page has."""
    objects = "".join(OBJECT.format(f"{page:06}-{number:03}") for number in range(1000))
    return f"<ListBucketResult>{MORE}{objects}</ListBucketResult>"


class Endless(ThreadingHTTPServer):
    """A bucket in which a prefix has always another page of objects."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.deletes, self.may = threading.Event(), threading.Event()
        self.pages = count()


class Pages(BaseHTTPRequestHandler):
    server: Endless

    def do_GET(self) -> None:
        self._answer(listed(next(self.server.pages)))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.deletes.set()
        self.server.may.wait(10)
        self._answer("<DeleteResult><Deleted><Key>a.jpg</Key></Deleted></DeleteResult>")

    def _answer(self, body: str) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def endless() -> Iterator[Endless]:
    with Endless() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.may.set()
        server.shutdown()


async def deleting(server: Endless, folder: Path) -> tuple[Room, Job]:
    """Return a room in which the results of a job are being removed, and the job."""
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
    jobs = Jobs(queue_folder=str(folder), folder="s3://pictures/results")
    room = open_jobs(Settings(origins=origins, jobs=jobs), Ledger())
    job, _ = room.queue.put("shop", replace(JobAsked(description={}), out="all"), Quota(9, 0))
    room.queue.delete(room.queue.cancel(job))
    await room.begin()
    assert await asyncio.to_thread(server.deletes.wait, 10)
    return room, job


async def test_a_deletion_ends_with_the_server_and_goes_on_with_the_next(tmp_path: Path) -> None:
    with endless() as server:
        room, job = await deleting(server, tmp_path)
        server.may.set()
        async with asyncio.timeout(10):
            await room.end(60)
        assert [each.job for each in room.queue.leftovers.due()] == [job.number]
        assert not room.runner.lead.is_ours
        room.queue.close()


async def test_a_bucket_that_does_not_answer_holds_no_server_up(tmp_path: Path) -> None:
    with endless() as server:
        room, job = await deleting(server, tmp_path)
        began = time.monotonic()
        await room.end(0.05)
        assert time.monotonic() - began < 5
        assert room.runner.lead.is_ours  # as long as this process lives: something is removed yet
        server.may.set()
        await room.end(60)
        assert [each.job for each in room.queue.leftovers.due()] == [job.number]
        room.queue.close()
