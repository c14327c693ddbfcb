"""Webhooks: signed as standardwebhooks.com says, again until taken, and to nowhere inside."""

from __future__ import annotations

import asyncio
import base64
import hmac
import http.server
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from foveate.backoff import wait_s
from foveate.jobs.asked import JobAsked
from foveate.jobs.job import State
from foveate.jobs.links import Links
from foveate.jobs.queue import Queue
from foveate.jobs.quotas import Quota
from foveate.jobs.webhooks import (
    AT_ONCE,
    FIRST_WAIT_S,
    LEASE_S,
    MOST_WAIT_S,
    TRIES,
    Webhooks,
    signed,
)
from foveate.settings import Jobs, Origins, Settings
from foveate.storage.webhook import TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from foveate.jobs.due import Outcome
    from foveate.jobs.job import Job, WebhookProgress

pytestmark = pytest.mark.anyio


@contextmanager
def receiving(*statuses: int) -> Iterator[tuple[str, list[Any]]]:
    """Listen, and answer each request with the next status: 3xx leads to this very place."""
    heard: list[Any] = []
    left = list(statuses)

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((dict(self.headers), body))
            self.send_response(left.pop(0))
            self.send_header("location", "/again")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/done", heard
        server.shutdown()
        thread.join()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Noting(Queue):
    """A queue that says how often it was noted what came of telling."""

    noted = 0

    def tried(self, job: Job, came: Outcome) -> None:
        super().tried(job, came)
        self.noted += 1


class Telling(NamedTuple):
    """A job that has ended, and who tells of it."""

    webhooks: Webhooks
    queue: Noting
    job: Job
    clock: Clock

    def stands(self) -> WebhookProgress:
        """Return how it stands."""
        found = self.queue.of(self.job.id).webhook
        assert found is not None
        return found

    async def told(self, times: int) -> WebhookProgress:
        """Return how it stands once it was told so often."""
        self.webhooks.loop.wake()
        await until(lambda: self.queue.noted == times)
        return self.stands()

    def pass_(self, seconds: float) -> None:
        """Let so much time go by."""
        self.clock.now += seconds
        self.webhooks.loop.wake()


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


@asynccontextmanager
async def telling(
    folder: Path, url: str, *, private: bool = True, many: int = 1
) -> AsyncIterator[Telling]:
    """Give so many jobs that have ended, the last by itself, with who tells of them."""
    settings = Settings(origins=Origins(allow_private=private), jobs=Jobs(webhooks=("*",)))
    clock = Clock()
    queue = Noting(folder, clock)
    asked = JobAsked(description={"sources": ["a.jpg"]}, webhook=url)
    for _ in range(many):
        job = queue.end(queue.put("shop", asked, Quota(99, 0))[0], State.DONE, {})
    webhooks = Webhooks(queue, Links(folder, 60), settings, lambda: True)
    webhooks.loop.begin()
    yield Telling(webhooks, queue, job, clock)
    await webhooks.stop()
    queue.close()


def test_it_is_signed_as_the_standard_says() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the example of the standard
    body = b'{"test": 2432232314}'
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_receiver_verifies_it_and_gets_it_once(tmp_path: Path) -> None:
    with receiving(204) as (url, heard):
        async with telling(tmp_path, url) as tells:
            told = await tells.told(1)
            tells.pass_(2 * MOST_WAIT_S)
            assert tells.queue.untold(LEASE_S) is None
        job = tells.job
    ((headers, body),) = heard
    key = base64.b64decode(Links(tmp_path, 60).webhook_secret("shop").removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(key, text, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    said = json.loads(body)
    assert (said["type"], said["data"]["id"]) == ("job.done", job.id)
    assert (told.state, told.tries) == ("told", 1)


async def test_who_fails_or_redirects_is_told_again_and_a_redirect_is_not_followed(
    tmp_path: Path,
) -> None:
    with receiving(503, 302, 200) as (url, heard):
        async with telling(tmp_path, url) as tells:
            stood = []
            for times in range(1, 4):
                stood.append(await tells.told(times))
                tells.pass_(wait_s(times - 1, FIRST_WAIT_S, MOST_WAIT_S))
    assert [each.state for each in stood] == ["waiting", "waiting", "told"]
    assert "503" in stood[0].error
    assert "302" in stood[1].error
    assert len(heard) == 3


async def test_it_is_given_up_after_more_than_a_day(tmp_path: Path) -> None:
    waits = [wait_s(tries, FIRST_WAIT_S, MOST_WAIT_S) for tries in range(TRIES - 1)]
    assert 24 * 3600 < sum(waits) < 25 * 3600
    async with telling(tmp_path, "http://127.0.0.1:1/done", private=False) as tells:
        states = []
        for times in range(1, TRIES + 1):
            states.append((await tells.told(times)).state)
            tells.pass_(MOST_WAIT_S)
        assert tells.queue.untold(LEASE_S) is None
    assert states == ["waiting"] * (TRIES - 1) + ["given up"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
async def test_it_goes_to_no_private_address(host: str, tmp_path: Path) -> None:
    with receiving(200) as (url, heard):
        address = url.replace("127.0.0.1", host)
        async with telling(tmp_path, address, private=False) as tells:
            told = await tells.told(1)
    assert told.state == "waiting"
    assert "FOVEATE_ORIGINS__ALLOW_PRIVATE" in told.error
    assert heard == []


@contextmanager
def hanging() -> Iterator[tuple[str, Callable[[], None]]]:
    """Listen, and answer all with 204 once what is given is called."""
    goes_on = threading.Event()

    class Hanging(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            goes_on.wait(10)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hanging) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/done", goes_on.set
        server.shutdown()
        thread.join()


async def test_it_is_told_by_nobody_else_while_its_receiver_takes_his_time(tmp_path: Path) -> None:
    with hanging() as (url, go_on):
        async with telling(tmp_path, url) as tells:
            await until(lambda: tells.stands().tries == 1)
            tells.pass_(2 * TIMEOUT_S)
            assert tells.queue.untold(LEASE_S) is None
            go_on()
            assert (await tells.told(1))[1:] == ("told", 1, "")


async def test_who_is_told_again_after_a_kill_has_what_the_last_one_says(tmp_path: Path) -> None:
    with hanging() as (url, go_on):
        async with telling(tmp_path, url) as tells:
            await until(lambda: tells.stands().tries == 1)
            await tells.webhooks.loop.stop()  # or it were this one who takes it again
            tells.clock.now += LEASE_S
            later = tells.queue.untold(LEASE_S)
            assert later is not None
            go_on()
            await tells.told(1)
            assert tells.stands()[1:] == ("waiting", 2, "")


async def test_receivers_that_hang_hold_no_thread_that_others_wait_for(tmp_path: Path) -> None:
    here = asyncio.get_running_loop()
    with hanging() as (url, go_on), ThreadPoolExecutor(1) as only:
        here.set_default_executor(only)
        async with telling(tmp_path, url, many=2 * AT_ONCE) as tells:
            jobs = partial(tells.queue.page, "", "", 99)
            await until(lambda: sum(job.webhook.tries for job in jobs() if job.webhook) == AT_ONCE)
            async with asyncio.timeout(1):
                assert await asyncio.to_thread(lambda: "a picture") == "a picture"
            go_on()
            await tells.told(2 * AT_ONCE)


async def test_who_hangs_has_one_place_and_the_others_are_told_on(tmp_path: Path) -> None:
    """Places that had nothing to do for a while are taken again."""
    with hanging() as (slow, go_on), receiving(*[204] * 9) as (quick, heard):
        async with telling(tmp_path, slow, many=AT_ONCE - 1) as tells:
            jobs = partial(tells.queue.page, "", "", 99)
            tried = AT_ONCE - 1
            await until(lambda: sum(job.webhook.tries for job in jobs() if job.webhook) == tried)
            for told in range(3):
                asked = JobAsked(description={"sources": ["a.jpg"]}, webhook=quick)
                tells.queue.end(tells.queue.put("other", asked, Quota(99, 0))[0], State.DONE, {})
                await tells.told(told + 1)
            assert len(heard) == 3
            go_on()


async def test_a_first_try_goes_before_those_that_nobody_took(tmp_path: Path) -> None:
    with receiving(500) as (url, _):
        async with telling(tmp_path, url) as tells:
            await tells.told(1)
            await tells.webhooks.loop.stop()
            asked = JobAsked(description={"sources": ["a.jpg"]}, webhook=url)
            tells.clock.now += MOST_WAIT_S
            first = tells.queue.end(tells.queue.put("b", asked, Quota(99, 0))[0], State.DONE, {})
            tells.clock.now += 1
            found = tells.queue.untold(LEASE_S)
            assert found is not None
            assert found.id == first.id
