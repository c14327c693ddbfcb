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
from foveate.errors import BadOption, RateExceeded, SourceFailed, SourceUnreachable
from foveate.storage.job_server import WAITS_S, JobServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


def told(content: object, kind: bytes = b"application/json") -> bytes:
    """Return an answer of a server: JSON, or bytes as they are."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n"
    return head % (kind, len(body)) + b"\r\n" + body


ASKS: tuple[Callable[[JobServer], object], ...] = (
    lambda there: there.jobs(),
    lambda there: there.get("ab"),
    lambda there: list(there.files("ab")),
    lambda there: there.submit({}),
    lambda there: there.cancel("ab"),
)
ODD = {"id": 5, "state": "weird", "created": 7, "progress": []}


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("said", [[], None, {}, ODD, {"jobs": [ODD], "files": [{"name": 1}]}])
def test_what_no_server_of_ours_says_is_refused(
    ask: Callable[[JobServer], object], said: object
) -> None:
    with serving(told(said)) as (address, _), pytest.raises(BadOption, match="a server of Foveate"):
        ask(JobServer(address))


@pytest.mark.parametrize("line", [b'{"number": 1}', b"none", b"[]"])
def test_what_is_no_event_ends_who_follows(line: bytes) -> None:
    waited: list[float] = []
    answer = told(b"data: " + line + b"\n\n", b"text/event-stream")
    with serving(answer) as (address, _), pytest.raises(BadOption):
        list(JobServer(address, wait=waited.append).events("ab"))
    assert waited == []


def test_a_page_in_place_of_events_ends_who_follows() -> None:
    with serving(told(b"<html>", b"text/html")) as (address, _), pytest.raises(SourceFailed):
        list(JobServer(address).events("ab"))


def test_who_is_always_asked_too_often_is_given_up(tmp_path: Path) -> None:
    often = [OFTEN] * (len(WAITS_S) + 1)
    asks: tuple[Callable[[JobServer], object], ...] = (
        lambda there: there.get("ab"),
        lambda there: list(there.events("ab")),
        lambda there: there.save("/a", tmp_path / "a"),
    )
    for ask in asks:
        waited: list[float] = []
        with serving(*often) as (address, _), pytest.raises(RateExceeded):
            ask(JobServer(address, wait=waited.append))
        assert waited == [41.0] * len(WAITS_S)


def test_results_without_an_end_are_given_up() -> None:
    first = {"files": [{"name": "a", "url": "/a", "bytes": 1}], "next": "a"}
    with serving(told(first), told({"files": [], "next": "a"})) as (address, _):
        files = JobServer(address).files("ab")
        assert next(files)["name"] == "a"
        with pytest.raises(SourceFailed):
            next(files)


def test_a_result_with_fewer_bytes_than_were_told_is_not_there(tmp_path: Path) -> None:
    with serving(told(b"abc")) as (address, _), pytest.raises(SourceFailed, match="30 bytes"):
        JobServer(address).save("/a", tmp_path / "a", 30)
    assert list(tmp_path.iterdir()) == []


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


def test_a_page_that_answers_for_a_job_deletes_none() -> None:
    with serving(told(b"<html>", b"text/html")) as (address, _), pytest.raises(SourceFailed):
        JobServer(address).delete("ab")


def test_a_job_that_is_gone_is_said() -> None:
    waited: list[float] = []
    with serving(HEAD + event(1, "queued") + CLEAN_END, GONE) as (address, _):
        events = JobServer(address, wait=waited.append).events("ab")
        assert next(events)["number"] == 1
        with pytest.raises(BadOption):
            next(events)
    assert len(waited) == 1
