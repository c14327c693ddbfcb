"""What is logged of requests: formats, ids, and the access log."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from observed import FACE, SMALL, Client, Log, logging_kept, make_app, serving

from foveate.service.render import Renderer
from foveate.service.work import Work
from foveate.settings import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.app import App
    from foveate.deadline import Deadline
    from foveate.imaging import Image
    from foveate.rendition import Rendition
    from foveate.trace import Trace

log = logging.getLogger("foveate.test")


@pytest.fixture
def logged() -> Iterator[Log]:
    with logging_kept() as kept:
        yield kept


@pytest.fixture
def plain(tmp_path: Path, photo: Image, logged: Log) -> Iterator[Client]:
    """A client of a server that logs as it does by default."""
    with serving(make_app(tmp_path, photo), logged) as client:
        yield client
    assert not any("Traceback" in line for line in logged.lines())


def test_a_text_line_says_when_how_grave_and_what(logged: Log) -> None:
    logged.configure(Server())
    log.info("%r: %s", "a\nb", "BadOption")
    (line,) = logged.lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO 'a\\nb': BadOption", line)


def test_what_is_logged_does_nothing_to_a_terminal(logged: Log) -> None:
    logged.configure(Server())
    log.warning("failed: %s", "\x1b[2J\x1b]52;c;eA==\x07\r\x9b1m, \u00e4\tb")
    (line,) = logged.lines()
    assert line.endswith("failed: \\x1b[2J\\x1b]52;c;eA==\\x07\\x0d\\x9b1m, \u00e4\tb")


def test_the_id_of_the_request_ends_a_text_line_and_comes_before_a_traceback(logged: Log) -> None:
    logged.configure(Server())
    try:
        raise KeyError("x")  # noqa: TRY301
    except KeyError:
        log.exception("failed", extra={"request_id": "abc"})
    first, *rest = logged.lines()
    assert first.endswith("ERROR failed [abc]")
    assert rest[-1] == "KeyError: 'x'"


def test_a_json_line_holds_all_that_a_record_says(logged: Log) -> None:
    logged.configure(Server(log_format="json"))
    before = datetime.now(UTC)
    log.warning("two\nlines of %s", "ours", extra={"pixels": 7, "where": {"a"}})
    (line,) = logged.lines()
    said = json.loads(line)
    written = datetime.fromisoformat(said.pop("time"))
    assert written.utcoffset() == before.utcoffset()
    assert 0 <= (written - before).total_seconds() + 0.001 < 5
    assert said == {
        "level": "WARNING",
        "logger": "foveate.test",
        "message": "two\nlines of ours",
        "pixels": 7,
        "where": "{'a'}",
    }


def test_a_json_line_holds_a_traceback_as_text(logged: Log) -> None:
    logged.configure(Server(log_format="json"))
    try:
        raise KeyError("x")  # noqa: TRY301
    except KeyError:
        log.exception("failed")
    (said,) = logged.objects()
    assert said["exception"].startswith("Traceback (most recent call last):\n")
    assert said["exception"].endswith("KeyError: 'x'")


def test_the_level_that_was_set_holds_for_what_is_ours(logged: Log) -> None:
    logged.configure(Server(log_level="warning"))
    log.info("quiet")
    log.warning("loud")
    (line,) = logged.lines()
    assert line.endswith("WARNING loud")


ASKED: dict[str, tuple[int, dict[str, Any]]] = {
    SMALL: (200, {}),
    "/cdn-cgi/image/width=40/none.png": (404, {}),
    "/cdn-cgi/image/width=wide/a.png": (400, {}),
    "/cdn-cgi/image/width=41/a.png": (405, {"method": "PUT"}),
    "/health/live": (200, {}),
    "/health/ready": (200, {"method": "HEAD"}),
    "/metrics": (200, {}),
    "/docs": (200, {}),
    "/nowhere": (404, {}),
    "/v1/analyse?parts=faces": (415, {"method": "POST", "body": b"no picture"}),
    "/v1/crops?aspect=1:1": (415, {"method": "POST", "body": b"no picture"}),
    "/v1/crops?aspect=0:0": (400, {"method": "POST", "body": b"no picture"}),
}


@pytest.mark.parametrize("target", ASKED)
def test_every_answer_names_its_request(target: str, plain: Client) -> None:
    status, how = ASKED[target]
    first, second = plain.ask(target, **how), plain.ask(target, **how)
    assert (first.status, second.status) == (status, status)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", first.id)
    assert first.id != second.id
    assert plain.ask(target, **how, X_Request_Id="from.the_Proxy-1").id == "from.the_Proxy-1"


def test_hits_and_unchanged_ones_name_their_request_too(plain: Client) -> None:
    made = plain.ask(SMALL)
    hit = plain.ask(SMALL, X_Request_Id="mine")
    unchanged = plain.ask(SMALL, If_None_Match=made.headers["etag"])
    slow = plain.ask(SMALL, If_None_Match=made.headers["etag"], Connection="close")
    assert (made.hit, hit.hit) == (False, True)
    assert (unchanged.status, slow.status) == (304, 304)
    assert hit.id == "mine"
    assert hit.body == made.body
    assert len({made.id, hit.id, unchanged.id, slow.id}) == 4


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "é", "a:b", '{"a":1}', "a\tb"])
@pytest.mark.parametrize("target", [SMALL, "/health/live"])
def test_an_id_that_could_disturb_a_log_is_not_taken_over(
    given: str, target: str, plain: Client
) -> None:
    for _ in ("made", "hit"):
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", plain.ask(target, X_Request_Id=given).id)


def test_an_id_may_have_128_characters(plain: Client) -> None:
    assert plain.ask(SMALL, X_Request_Id="a" * 128).id == "a" * 128


def test_a_head_that_is_no_http_is_refused_under_a_name_that_is_logged(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    with serving(make_app(tmp_path, photo), logged) as client:
        address = client.connection.host, client.connection.port
        with socket.create_connection(address, timeout=5) as talk:
            talk.sendall(b"\x00\x01\r\n\r\n")
            heard = talk.recv(65536)
    found = re.search(rb"\r\nx-request-id: (\S+)\r\n", heard)
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert found
    line = logged.lines()[-1]
    assert line.endswith(f"INFO A head was refused: 400 [{found[1].decode()}]")


def test_the_line_of_an_error_has_the_id_of_its_answer(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    with serving(make_app(tmp_path, photo, log_format="json"), logged) as client:
        lost = client.ask("/cdn-cgi/image/width=40/none.png")
        wrong = client.ask("/v1/crops?aspect=0:0", "POST", b"no picture")
    first, second = logged.objects()
    assert (first["request_id"], second["request_id"]) == (lost.id, wrong.id)
    assert first["message"].startswith("'/cdn-cgi/image/width=40/none.png': SourceNotFound: ")
    assert (first["level"], first["logger"]) == ("INFO", "foveate.server")


class Talkative(Renderer):
    """A renderer that logs in every thread in which it is."""

    def prepare(self, *args: Any, **more: Any) -> Work[Rendition]:
        log.warning("prepares in %s", threading.current_thread().name)
        work = super().prepare(*args, **more)

        def run(deadline: Deadline, trace: Trace) -> Rendition:
            log.warning("runs in %s", threading.current_thread().name)
            return work.run(deadline, trace)

        return Work(work.memory_bytes, run)


def talkative(app: App) -> App:
    old = app.renderer
    renderer = Talkative(analyses=old.analyses, limits=old.limits, encoding=old.encoding)
    return replace(app, renderer=renderer)


def test_what_workers_log_names_the_request_they_work_for(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    app = talkative(make_app(tmp_path, photo, log_format="json"))
    with serving(app, logged) as client:
        first, second = client.ask(SMALL), client.ask(FACE, X_Request_Id="second")
        posted = client.ask("/v1/render?options=width=9", "POST", photo.pngsave_buffer())
    said = [(line["request_id"], line["message"]) for line in logged.objects()]
    assert [own for own, _ in said] == [
        own for own in (first.id, second.id, posted.id) for _ in range(2)
    ]
    assert all("foveate-worker" in message for _, message in said)


class Broken(Renderer):
    """A renderer with a bug."""

    def prepare(self, *_: Any, **__: Any) -> Work[Rendition]:
        raise ZeroDivisionError


def test_a_bug_is_one_line_of_json_with_its_traceback(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    app = make_app(tmp_path, photo, log_format="json")
    old = app.renderer
    broken = Broken(analyses=old.analyses, limits=old.limits, encoding=old.encoding)
    with serving(replace(app, renderer=broken), logged) as client:
        failed = client.ask(SMALL)
    (said,) = logged.objects()
    assert failed.status == 500
    assert said["request_id"] == failed.id
    assert said["exception"].endswith("ZeroDivisionError")


def test_a_bug_in_looking_for_a_hit_is_logged_under_the_id_of_the_answer(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    app = make_app(tmp_path, photo, log_format="json")
    with serving(app, logged) as client:
        client.ask(SMALL)
        memory = app.renditions.memory
        # What only looking for a hit asks for, and only in the protocol: the slow path finds it.
        bugs = [ZeroDivisionError()]
        get = memory.get

        def once_broken(key: str) -> bytes | None:
            if bugs:
                raise bugs.pop()
            return get(key)

        memory.get = once_broken  # type: ignore[method-assign]
        answered = client.ask(SMALL)
    (said,) = logged.objects()
    assert answered.status == 200
    assert said["request_id"] == answered.id
    assert said["exception"].endswith("ZeroDivisionError")


def test_without_an_access_log_an_answered_request_leaves_no_line(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    with serving(make_app(tmp_path, photo), logged) as client:
        client.ask(SMALL)
        client.ask(SMALL)
        client.ask("/health/live")
    assert logged.lines() == []


def test_the_access_log_has_a_line_for_each_request(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    app = make_app(tmp_path, photo, access_log=True, log_level="error")
    with serving(app, logged) as client:
        made = client.ask(SMALL)
        hit = client.ask(SMALL + "?sig=secret")
        hit = client.ask(SMALL)
        client.ask(SMALL, "HEAD")
        alive = client.ask("/health/live")
        client.ask("/nowhere%0Aelse")
    lines = [re.sub(r"^\S+ \S+ INFO ", "", line) for line in logged.lines()]
    lines = [re.sub(r"[\d.]+ ms", "N ms", line) for line in lines]
    size, live = len(made.body), len(alive.body)
    assert lines[0] == f"GET {SMALL!r}: 200, {size} bytes, N ms, miss [{made.id}]"
    assert "secret" not in lines[1]
    assert lines[2] == f"GET {SMALL!r}: 200, {size} bytes, N ms, hit [{hit.id}]"
    assert lines[3].startswith(f"HEAD {SMALL!r}: 200, 0 bytes, N ms, hit [")
    assert lines[4] == f"GET '/health/live': 200, {live} bytes, N ms, - [{alive.id}]"
    assert lines[5].startswith("GET '/nowhere%0Aelse': 404, ")
    assert len(lines) == 6


def test_the_access_log_in_json_tells_what_was_done_and_what_it_took(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    with serving(make_app(tmp_path, photo, access_log=True, log_format="json"), logged) as client:
        made, hit = client.ask(FACE), client.ask(FACE)
        data = photo.pngsave_buffer(compression=1)
        posted = client.ask("/v1/analyse?parts=faces", "POST", data)
    miss, found, analysed = logged.objects()
    assert (miss["method"], miss["path"], miss["status"]) == ("GET", FACE, 200)
    assert (miss["bytes"], miss["cache"]) == (len(made.body), "miss")
    assert (miss["request_id"], miss["logger"]) == (made.id, "foveate.access")
    spans = miss["spans"]
    assert {"fetch", "queue", "render", "decode", "faces", "pixels", "encode"} <= set(spans)
    assert all(set(span) == {"ms", "cpu_ms", "bytes"} for span in spans.values())
    assert spans["encode"]["bytes"] == len(made.body)
    assert spans["faces"]["cpu_ms"] > 0
    assert sum(spans[name]["ms"] for name in ("fetch", "queue", "render")) < miss["ms"]
    assert (found["cache"], found["spans"], found["request_id"]) == ("hit", {}, hit.id)
    assert (analysed["cache"], analysed["request_id"]) == (None, posted.id)
    assert {"fetch", "analyse", "faces"} <= set(analysed["spans"])


def test_the_spans_of_a_request_that_failed_are_told(
    tmp_path: Path, photo: Image, logged: Log
) -> None:
    (tmp_path / "app").mkdir()
    app = make_app(tmp_path / "app", photo, access_log=True, log_format="json")
    (tmp_path / "app/pictures/broken.png").write_bytes(b"no picture")
    with serving(app, logged) as client:
        assert client.ask(SMALL.replace("a.png", "broken.png")).status == 415
    error, told = logged.objects()
    assert error["request_id"] == told["request_id"]
    assert (told["status"], told["cache"]) == (415, None)
    assert "fetch" in told["spans"]
