"""Webhooks: signed as standardwebhooks.com says, again until taken, and to nowhere inside."""

from __future__ import annotations

import base64
import hmac
import http.server
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from foveate.jobs.asked import JobAsked
from foveate.jobs.job import State
from foveate.jobs.links import Links
from foveate.jobs.queue import Queue
from foveate.jobs.quotas import Quota
from foveate.jobs.webhooks import TRIES, Webhooks, signed, wait_s
from foveate.settings import Jobs, Origins, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.jobs.job import Job


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


def ended(folder: Path, url: str, *, private: bool = True) -> tuple[Webhooks, Job]:
    """Return what tells of a job that has ended, and the job."""
    settings = Settings(origins=Origins(allow_private=private), jobs=Jobs(webhooks=("*",)))
    queue = Queue(folder)
    asked = JobAsked(description={"sources": ["a.jpg"]}, webhook=url)
    job = queue.end(queue.put("shop", asked, Quota(9, 0))[0], State.DONE, {})
    return Webhooks(queue, Links(folder, 60), settings, lambda: True, first_wait_s=0.0), job


def tell(webhooks: Webhooks) -> Job | None:
    """Tell of what is due, as a server does."""
    due = webhooks.queue.untold(lambda _: 0.0)
    if due is not None:
        webhooks._tell(due)  # noqa: SLF001 - one round, without the loop
        return webhooks.queue.of(due.id)
    return None


def test_it_is_signed_as_the_standard_says() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the example of the standard
    body = b'{"test": 2432232314}'
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_verifies_it_and_gets_it_once(tmp_path: Path) -> None:
    with receiving(204) as (url, heard):
        webhooks, job = ended(tmp_path, url)
        told = tell(webhooks)
        assert tell(webhooks) is None
    ((headers, body),) = heard
    key = base64.b64decode(Links(tmp_path, 60).webhook_secret("shop").removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(key, text, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    said = json.loads(body)
    assert (said["type"], said["data"]["id"]) == ("job.done", job.id)
    assert told is not None
    assert told.webhook is not None
    assert (told.webhook.state, told.webhook.tries) == ("told", 1)


def test_who_fails_or_redirects_is_told_again_and_a_redirect_is_not_followed(
    tmp_path: Path,
) -> None:
    with receiving(503, 302, 200) as (url, heard):
        webhooks, _ = ended(tmp_path, url)
        states = []
        while (told := tell(webhooks)) is not None:
            assert told.webhook is not None
            states.append((told.webhook.state, told.webhook.error))
    assert [state for state, _ in states] == ["waiting", "waiting", "told"]
    assert "503" in states[0][1]
    assert "302" in states[1][1]
    assert len(heard) == 3


def test_it_is_given_up_after_more_than_a_day(tmp_path: Path) -> None:
    assert 24 * 3600 < sum(wait_s(tries) for tries in range(TRIES - 1)) < 25 * 3600
    webhooks, _ = ended(tmp_path, "http://127.0.0.1:1/done", private=False)
    told = [tell(webhooks) for _ in range(TRIES + 1)]
    states = [job and job.webhook and job.webhook.state for job in told]
    assert states == ["waiting"] * (TRIES - 1) + ["given up", None]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
def test_it_goes_to_no_private_address(host: str, tmp_path: Path) -> None:
    with receiving(200) as (url, heard):
        webhooks, _ = ended(tmp_path, url.replace("127.0.0.1", host), private=False)
        told = tell(webhooks)
    assert told is not None
    assert told.webhook is not None
    assert told.webhook.state == "waiting"
    assert "FOVEATE_ORIGINS__ALLOW_PRIVATE" in told.webhook.error
    assert heard == []
