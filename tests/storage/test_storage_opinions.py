"""Asking a real HTTP server what it makes of a thumbnail."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected, StageAway
from foveate.settings import Moderation
from foveate.storage.opinions import MAX_BYTES, OpinionService
from foveate.values import Opinion

if TYPE_CHECKING:
    from collections.abc import Iterator

JPEG = b"\xff\xd8 a thumbnail"
FINE = json.dumps({"flagged": False, "labels": []}).encode()


@dataclass
class Stand:
    """A server of the operator's own, and what it was sent."""

    url: str = ""
    status: int = 200
    body: bytes = FINE
    wait_s: float = 0.0
    trickle_s: float = 0.0
    all_here: threading.Barrier | None = None
    """Nobody is answered before so many ask at once."""
    location: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


class Threads(ThreadingHTTPServer):
    """As many may come at once as a test sends."""

    request_queue_size = 64


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            stand.asked.append((self.path, headers, sent))
            time.sleep(stand.wait_s)
            if stand.all_here:
                stand.all_here.wait()
            self.send_response(stand.status)
            self.send_header("content-length", str(len(stand.body)))
            for number in range(40 if stand.trickle_s else 0):
                time.sleep(stand.trickle_s)
                self.send_header(f"x-{number}", "slowly")
                self.flush_headers()
            if stand.location:
                self.send_header("location", stand.location)
            self.end_headers()
            self.wfile.write(stand.body)

        def log_message(self, *_: object) -> None:
            pass

    server = Threads(("127.0.0.1", 0), Handler)
    stand.url = f"http://127.0.0.1:{server.server_port}/look?at=this"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield stand
    server.shutdown()
    thread.join()
    server.server_close()


def asking(stand: Stand, token: str = "", timeout_s: float = 2.0) -> OpinionService:
    return OpinionService(Moderation(url=stand.url, token=token, timeout_s=timeout_s))


def test_a_thumbnail_is_posted_with_the_token_and_the_answer_is_read(stand: Stand) -> None:
    stand.body = b'{"flagged": true, "labels": ["violence", "weapons"], "more": 1}'
    assert asking(stand, "t0ken")(JPEG) == Opinion(flagged=True, labels=("violence", "weapons"))
    ((path, headers, sent),) = stand.asked
    assert (path, sent) == ("/look?at=this", JPEG)
    assert headers["authorization"] == "Bearer t0ken"
    assert headers["content-type"] == "image/jpeg"


def test_without_a_token_none_is_sent(stand: Stand) -> None:
    assert asking(stand)(JPEG) == Opinion(flagged=False)
    assert "authorization" not in stand.asked[0][1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"[]",
        b"{}",
        b'{"flagged": 1}',
        b'{"flagged": "true"}',
        b'{"flagged": null, "labels": []}',
        b'{"flagged": true, "flagged": false}',
        b'{"flagged": false, "labels": "violence"}',
        b'{"flagged": false, "labels": [1]}',
        b"\xff\xfe",
        b'{"flagged": false}' + b" " * MAX_BYTES,
    ],
)
def test_what_is_no_opinion_counts_as_none(stand: Stand, body: bytes) -> None:
    stand.body = body
    with pytest.raises(StageAway):
        asking(stand)(JPEG)


@pytest.mark.parametrize("status", [204, 302, 401, 500])
def test_another_status_is_no_opinion_and_no_redirect_is_followed(
    stand: Stand, status: int
) -> None:
    stand.status, stand.location = status, stand.url
    with pytest.raises(StageAway):
        asking(stand, "t0ken")(JPEG)
    assert len(stand.asked) == 1


def test_as_many_ask_at_once_as_there_are_workers(stand: Stand) -> None:
    many = 11
    stand.all_here = threading.Barrier(many, timeout=10)
    asked = asking(stand, timeout_s=20)
    with ThreadPoolExecutor(many) as workers:
        opinions = list(workers.map(asked, [JPEG] * many))
    assert opinions == [Opinion(flagged=False)] * many


@pytest.mark.alone
def test_who_does_not_answer_in_time_is_not_waited_for(stand: Stand) -> None:
    stand.wait_s = 1.0
    began = time.monotonic()
    with pytest.raises(StageAway):
        asking(stand, timeout_s=0.1)(JPEG)
    assert time.monotonic() - began < 0.9


@pytest.mark.alone
def test_who_trickles_headers_is_not_waited_for(stand: Stand) -> None:
    stand.trickle_s = 0.05
    began = time.monotonic()
    with pytest.raises(StageAway):
        asking(stand, timeout_s=0.2)(JPEG)
    assert time.monotonic() - began < 0.9


def test_nobody_there_is_said_in_words_and_without_the_address() -> None:
    with pytest.raises(StageAway) as why:
        OpinionService(Moderation(url="http://127.0.0.1:9/secret"))(JPEG)
    said = "The service of FOVEATE_MODERATION__URL gave no opinion: it cannot be reached"
    assert str(why.value) == f"{said} (Connection refused)."
    assert "secret" not in why.value.public


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"", "expected status 200, got 500"),
        (200, b"no", "expected an answer in JSON, got another"),
        (
            200,
            b'{"flagged": true, "flagged": false}',
            "expected each name once in an object, got 'flagged' twice",
        ),
        (200, b"{}", "got one without `flagged` as true or false"),
        (200, b"x" * (MAX_BYTES + 1), f"expected at most {MAX_BYTES} bytes, got more"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_in_words(
    stand: Stand, status: int, body: bytes, said: str
) -> None:
    stand.status, stand.body = status, body
    with pytest.raises(StageAway) as why:
        asking(stand)(JPEG)
    assert str(why.value).startswith("The service of FOVEATE_MODERATION__URL gave no opinion: ")
    assert str(why.value).endswith(f"{said}.")


def test_whoever_left_is_not_told_that_the_service_is_away(stand: Stand) -> None:
    stand.wait_s = 0.3
    gone = threading.Event()
    threading.Timer(0.05, gone.set).start()
    with pytest.raises(ClientDisconnected), Deadline(time.monotonic() + 5, gone):
        asking(stand, timeout_s=0.1)(JPEG)


def test_another_address_is_another_name_and_tells_nothing_of_it(stand: Stand) -> None:
    one, other = asking(stand), OpinionService(Moderation(url="http://b.com/"))
    assert one.name != other.name
    assert "127" not in one.name
