"""Following a job over HTTP: until it has ended, whatever becomes of connections."""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from foveate.batches.template import checked_name
from foveate.errors import BadOption, SourceUnreachable
from foveate.storage.job_server import WAITS_S, JobServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"connection: close\r\n\r\n"
)
CLEAN_END = b"0\r\n\r\n"
BUSY = b'HTTP/1.1 503 Busy\r\ncontent-length: 16\r\nconnection: close\r\n\r\n{"message": "a"}'
OFTEN = (
    b"HTTP/1.1 429 Often\r\nretry-after: 41\r\ncontent-length: 16\r\nconnection: close\r\n\r\n"
    b'{"message": "a"}'
)
GONE = b'HTTP/1.1 404 None\r\ncontent-length: 16\r\nconnection: close\r\n\r\n{"message": "a"}'


def event(number: int, name: str) -> bytes:
    """Return an event as a server sends it."""
    told = {"number": number, "event": name, "at": "", "data": {}}
    text = b"id: %d\ndata: %s\n\n" % (number, json.dumps(told).encode())
    return b"%x\r\n%s\r\n" % (len(text), text)


@contextmanager
def serving(*answers: bytes) -> Iterator[tuple[str, list[int]]]:
    """Give each connection its answer and cut it off; then be gone. Note what is known already."""
    known: list[int] = []
    server = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{server.getsockname()[1]}"

    def serve() -> None:
        with server:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    found = re.search(rb"after=(\d+)", connection.recv(65536))
                    known.append(int(found[1]) if found else 0)
                    connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield address, known
    thread.join(10)


def test_a_job_is_followed_over_a_server_that_is_killed_and_begun_again() -> None:
    waited: list[float] = []
    killed, dismissed = HEAD + event(1, "running"), HEAD + CLEAN_END
    last = HEAD + event(4, "done") + CLEAN_END
    with serving(killed, b"", BUSY, dismissed, last) as (address, known):
        events = JobServer(address, wait=waited.append).events("ab")
        assert [each["event"] for each in events] == ["running", "done"]
    assert known == [0, 1, 1, 1, 1]
    assert waited == [*WAITS_S[:3], WAITS_S[0]]  # anew after each that answers


def test_a_server_that_does_not_come_again_is_given_up() -> None:
    waited: list[float] = []
    with serving(HEAD + event(1, "running")) as (address, _):
        events = JobServer(address, wait=waited.append).events("ab")
        assert next(events)["event"] == "running"
        with pytest.raises(SourceUnreachable):
            next(events)
    assert waited == list(WAITS_S)


def test_a_server_that_never_answered_is_not_waited_for() -> None:
    waited: list[float] = []
    with serving() as (address, _):
        pass
    with pytest.raises(SourceUnreachable):
        next(JobServer(address, wait=waited.append).events("ab"))
    assert waited == []


def test_a_server_that_is_asked_too_often_is_asked_again_when_it_says() -> None:
    waited: list[float] = []
    last = HEAD + event(1, "done") + CLEAN_END
    with serving(OFTEN, OFTEN, b"", last) as (address, known):
        events = JobServer(address, wait=waited.append).events("ab")
        assert [each["event"] for each in events] == ["done"]
    assert known == [0, 0, 0, 0]
    assert waited == [41.0, 41.0, WAITS_S[0]]


def test_results_are_asked_for_again_when_the_server_says(tmp_path: Path) -> None:
    waited: list[float] = []
    result = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nab"
    with serving(OFTEN, result) as (address, _):
        there = JobServer(address, wait=waited.append)
        assert there.save("/v1/jobs/ab/files/a.jpg?after=0", tmp_path / "a.jpg") == 2
    assert waited == [41.0]


def test_results_are_fetched_however_long_a_batch_may_name_them(tmp_path: Path) -> None:
    name = checked_name(f"{'a' * 249}.jpg")
    result = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nab"
    with serving(result) as (address, _):
        JobServer(address).save("/v1/jobs/ab/files/a.jpg?after=0", tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("answer", "gone"), [(b"204 No Content", True), (b"202 Late", False)])
def test_who_deletes_a_job_hears_whether_its_results_are_gone(answer: bytes, gone: bool) -> None:
    head = b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % answer
    with serving(head) as (address, _):
        assert JobServer(address).delete("ab") is gone


def test_a_job_that_is_gone_is_said() -> None:
    waited: list[float] = []
    with serving(HEAD + event(1, "queued") + CLEAN_END, GONE) as (address, _):
        events = JobServer(address, wait=waited.append).events("ab")
        assert next(events)["number"] == 1
        with pytest.raises(BadOption):
            next(events)
    assert len(waited) == 1
