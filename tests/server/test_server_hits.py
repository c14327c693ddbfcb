from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import uvicorn
from delivery_fakes import FakeDisk, FakeOrigin, make_settings, until_true
from server_fakes import FakeCore, listening, make_core
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from foveate.options.signing import Signer
from foveate.rendition import Rendition
from foveate.storage.files import FolderOrigin
from foveate.storage.memory import MemoryCache
from foveate.storage.source import Source
from foveate.storage.tiers import TieredCache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A = "/cdn-cgi/image/width=8/a.jpg"
GET = f"GET {A} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


class Reply(NamedTuple):
    status: int
    head: bytes
    body: bytes


@dataclass
class Connection:
    """A client that says and hears the very bytes."""

    port: int
    socket: socket.socket = field(init=False)
    heard: bytes = b""

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def ask(self, request: bytes) -> Reply:
        self.socket.sendall(request)
        return self.read(head=request.startswith(b"HEAD"))

    def read(self, *, head: bool = False) -> Reply:
        while b"\r\n\r\n" not in self.heard:
            self._hear()
        text, _, self.heard = self.heard.partition(b"\r\n\r\n")
        said = re.search(rb"content-length: (\d+)", text)
        length = int(said[1]) if said and not head else 0
        while len(self.heard) < length:
            self._hear()
        body, self.heard = self.heard[:length], self.heard[length:]
        return Reply(int(text[9:12]), text, body)

    def _hear(self) -> None:
        more = self.socket.recv(65536)
        assert more, f"closed after {self.heard!r}"
        self.heard += more


@contextlib.contextmanager
def connected(port: int) -> Iterator[Connection]:
    connection = Connection(port)
    with connection.socket:
        yield connection


@dataclass
class Watched:
    """What to adjust a server with: counts the requests that took the slow path."""

    slow_path: int = 0

    def __call__(self, config: uvicorn.Config) -> None:
        front: Any = config.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.slow_path += scope["type"] == "http"
            await front(scope, receive, send)

        config.app = app


def request(line: str = f"GET {A} HTTP/1.1", *headers: str, body: str = "") -> bytes:
    return "\r\n".join((line, "Host: x", *headers, "", body)).encode()


@dataclass
class Pair:
    """Connections to a server with hits, and to one that takes the slow path only."""

    quick: Connection
    slow: Connection
    watched: Watched


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    watched = Watched()

    def patient(config: uvicorn.Config) -> None:
        config.timeout_keep_alive = 60
        watched(config)

    def plain(config: uvicorn.Config) -> None:
        config.timeout_keep_alive = 60
        config.http = "httptools"

    with (
        listening(make_core(), patient) as quick,
        listening(make_core(), plain) as slow,
        connected(quick) as one,
        connected(slow) as other,
    ):
        yield Pair(one, other, watched)


METRICS = request("GET /metrics HTTP/1.1")


def without_own(reply: Reply) -> Reply:
    """A reply without what is another one each time: its date and its id."""
    head = re.sub(rb"date: [^\r]+ GMT", b"date: now", reply.head)
    return reply._replace(head=re.sub(rb"(x-request-id): [^\r]+", rb"\1: own", head))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (GET, 200),
        (request(f"HEAD {A} HTTP/1.1"), 200),
        (request(f"GET {A} HTTP/1.1", "If-None-Match: *"), 304),
        (request(f"HEAD {A} HTTP/1.1", "If-None-Match: *"), 304),
        (request(f"GET {A} HTTP/1.1", 'If-None-Match: "other"'), 200),
        (request(f"GET {A} HTTP/1.1", "Via: 1.1 proxy", "Accept: */*", "Cookie: a=b"), 200),
        (request(f"GET {A}?v=2 HTTP/1.1"), 200),
    ],
)
def test_a_hit_has_the_same_bytes_as_the_slow_path(pair: Pair, asked: bytes, status: int) -> None:
    first = asked.replace(b"If-None-Match", b"Ignored")
    assert pair.quick.ask(first).status == pair.slow.ask(first).status == 200
    before = pair.watched.slow_path
    hit, long = pair.quick.ask(asked), pair.slow.ask(asked)
    assert hit.status == status
    assert b"date: now\r\nx-request-id: own\r\n" in without_own(hit).head
    assert without_own(hit) == without_own(long)
    assert pair.watched.slow_path == before


def test_hits_and_misses_in_one_packet_are_answered_in_order() -> None:
    watched = Watched()
    with listening(make_core(), watched) as port, connected(port) as connection:
        connection.ask(GET)
        connection.socket.sendall(GET * 3)
        assert {connection.read().body for _ in range(3)} == {b"picture of cat 8"}
        assert watched.slow_path == 1
        widths = (8, 1, 8, 2, 8)
        asked = [GET.replace(b"width=8", b"width=%d" % width) for width in widths]
        connection.socket.sendall(b"".join(asked))
        said = [connection.read().body for _ in widths]
    assert said == [b"picture of cat %d" % width for width in widths]


def test_a_request_that_comes_in_pieces_is_a_hit_all_the_same() -> None:
    watched = Watched()
    with listening(make_core(), watched) as port, connected(port) as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.ask(GET)
        for start in range(0, len(GET), 9):
            connection.socket.sendall(GET[start : start + 9])
            time.sleep(0.002)
        assert connection.read().body == b"picture of cat 8"
    assert watched.slow_path == 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(f"POST {A} HTTP/1.1", "Content-Length: 2", body="hi"), 405),
        (request(f"DELETE {A} HTTP/1.1"), 405),
        (request(f"GET {A} HTTP/1.1", "Content-Length: 2", body="hi"), 200),
        (request(f"GET {A} HTTP/1.1", "Transfer-Encoding: chunked", body="0\r\n\r\n"), 200),
        (request(f"GET {A} HTTP/1.1", "Expect: 100-continue"), 200),
        (request(f"GET {A} HTTP/1.1", "Connection: close"), 200),
        (request(f"GET {A} HTTP/1.1", "Via: image-resizing"), 508),
        (request(f"GET {A} HTTP/1.1", "X-Twice: 1", "X-Twice: 2"), 200),
        (request(f"GET {A} HTTP/1.0"), 200),
        (request(f"GET {A} HTTP/1.0", "Connection: keep-alive"), 200),
        (request(f"GET http://x{A} HTTP/1.1"), 200),
        (request("GET /health/live HTTP/1.1"), 200),
    ],
)
def test_what_is_not_quite_ordinary_goes_the_slow_path(
    pair: Pair, asked: bytes, status: int
) -> None:
    pair.quick.ask(GET)
    before = pair.watched.slow_path
    assert pair.quick.ask(GET).status == 200
    assert pair.watched.slow_path == before
    with connected(pair.quick.port) as connection:
        assert connection.ask(asked).status == status
    assert pair.watched.slow_path == before + 1


def test_a_connection_begins_with_a_hit_or_goes_on_to_the_slow_path_and_back() -> None:
    watched = Watched()
    post = request("POST /v1/render?options=width=3 HTTP/1.1", "Content-Length: 3", body="dog")
    with listening(make_core(), watched) as port:
        with connected(port) as connection:
            connection.ask(GET)
        with connected(port) as connection:
            for asked, body in ((GET, b"cat 8"), (post, b"dog 3"), (GET, b"cat 8")):
                assert connection.ask(asked).body == b"picture of " + body
    assert watched.slow_path == 2


def test_a_body_that_waits_to_be_asked_for_is_asked_for() -> None:
    line = "POST /v1/render?options=width=3 HTTP/1.1"
    with listening(make_core()) as port, connected(port) as connection:
        waits = connection.ask(request(line, "Content-Length: 3", "Expect: 100-continue"))
        assert waits.status == 100
        assert connection.ask(b"dog").body == b"picture of dog 3"


def test_a_file_that_changed_is_noticed_at_the_very_next_request(tmp_path: Path) -> None:
    core, watched = make_core(), Watched()
    core.origin = FolderOrigin(tmp_path, 1000)  # type: ignore[assignment]
    picture = tmp_path / "a.jpg"
    with listening(core, watched) as port, connected(port) as connection:
        for text in (b"cat", b"cow", b"kitten"):
            picture.write_bytes(text)
            for _ in range(2):
                assert connection.ask(GET).body == b"picture of %b 8" % text
        assert watched.slow_path == 3
        picture.unlink()
        assert connection.ask(GET).status == 404


def test_what_a_source_or_a_disk_has_to_be_asked_for_goes_the_slow_path() -> None:
    core, watched = make_core(), Watched()
    with listening(core, watched) as port, connected(port) as connection:
        connection.ask(GET)
        core.origin.tells = False
        assert connection.ask(GET).body == b"picture of cat 8"
        core.origin.tells = True
        core.renditions = TieredCache(MemoryCache(0), FakeDisk())  # type: ignore[assignment]
        for _ in range(3):
            assert connection.ask(GET).body == b"picture of cat 8"
    assert watched.slow_path == 5
    assert len(core.rendered) == 2


class Unread(FakeDisk):
    """A disk of which no value is ever read whole."""

    def get(self, key: str) -> bytes | None:
        raise AssertionError(f"the whole value of {key} was read")


def test_heads_and_unchanged_pictures_that_only_the_disk_has_are_answered_without_reading() -> None:
    core, watched, disk = make_core(), Watched(), Unread()
    core.renditions = TieredCache(MemoryCache(0), FakeDisk(disk.kept))  # type: ignore[assignment]
    with listening(core, watched) as port, connected(port) as connection:
        made = connection.ask(GET)
        core.renditions = TieredCache(MemoryCache(0), disk)  # type: ignore[assignment]
        head = connection.ask(request(f"HEAD {A}?another HTTP/1.1"))
        assert (head.status, head.body) == (200, b"")
        for name in (b"content-length", b"etag", b"content-type"):
            line = re.compile(name + rb": [^\r]*")
            assert line.findall(head.head) == line.findall(made.head) != []
        before = watched.slow_path
        again = connection.ask(request(f"HEAD {A} HTTP/1.1"))
        unchanged = connection.ask(request(f"GET {A} HTTP/1.1", "If-None-Match: *"))
        assert (again.status, unchanged.status) == (200, 304)
        assert watched.slow_path == before
    assert len(core.rendered) == 1


def test_a_large_hit_is_sent_in_slices_and_counted_once() -> None:
    picture = bytes(range(256)) * 8192
    core = make_core()
    core.painter = lambda _, __: Rendition(picture, "image/jpeg", None)
    with listening(core) as port, connected(port) as connection:
        assert [connection.ask(GET).body == picture for _ in range(3)] == [True] * 3
        assert b'cache="responses",outcome="hit"} 2.0' in connection.ask(METRICS).body


def test_a_link_that_ends_is_looked_at_every_time_and_one_without_end_is_not() -> None:
    core, watched = make_core(make_settings(keys=("key",))), Watched()
    signer = Signer(("key",))

    def link(expires: int | None = None) -> bytes:
        return request(f"GET {signer.sign(A, expires)} HTTP/1.1")

    with listening(core, watched) as port, connected(port) as connection:
        ends = link(int(time.time()) + 2)
        assert [connection.ask(ends).status for _ in range(3)] == [200] * 3
        assert watched.slow_path == 3
        assert [connection.ask(link()).status for _ in range(3)] == [200] * 3
        assert watched.slow_path == 4
        assert connection.ask(GET).status == 403
        until_true(lambda: connection.ask(ends).status == 403)


def test_one_who_asks_and_does_not_read_gets_no_more_than_the_buffers_hold() -> None:
    picture = bytes(1_000_000)
    core, watched = make_core(), Watched()
    core.painter = lambda _, __: Rendition(picture, "image/jpeg", None)
    with listening(core, watched) as port, connected(port) as reader, connected(port) as greedy:
        reader.ask(GET)
        greedy.socket.sendall(GET * 500)
        until_true(lambda: watched.slow_path > 1)
        time.sleep(0.1)
        sent = re.search(rb"\nfoveate_response_bytes_total (\S+)", reader.ask(METRICS).body)
        assert sent is not None
        assert float(sent[1]) < 50_000_000
        assert all(greedy.read().body == picture for _ in range(500))


def test_hits_are_counted_like_any_answer() -> None:
    with listening(make_core()) as port, connected(port) as connection:
        connection.ask(GET)
        connection.ask(GET)
        connection.ask(request(f"HEAD {A} HTTP/1.1"))
        connection.ask(request(f"GET {A} HTTP/1.1", "If-None-Match: *"))
        text = connection.ask(METRICS).body
    for line in (
        b'foveate_requests_total{route="image",status="200"} 3.0',
        b'foveate_requests_total{route="image",status="304"} 1.0',
        b'foveate_cache_total{cache="responses",outcome="hit"} 3.0',
        b'foveate_request_seconds_count{route="image"} 4.0',
        b"foveate_response_bytes_total 32.0",
    ):
        assert line in text


def test_a_connection_that_is_idle_after_a_hit_is_closed() -> None:
    def impatient(config: uvicorn.Config) -> None:
        config.timeout_keep_alive = 0.3  # type: ignore[assignment] - the loop takes parts as well

    with listening(make_core(), impatient) as port, connected(port) as connection:
        for _ in range(3):
            assert connection.ask(GET).status == 200
            time.sleep(0.2)
        assert connection.ask(GET * 2).status == connection.read().status == 200
        assert connection.socket.recv(1) == b""


@pytest.mark.alone
def test_stopping_closes_connections_that_had_hits() -> None:
    with contextlib.ExitStack() as stack:
        with listening(make_core()) as port:
            connections = [stack.enter_context(connected(port)) for _ in range(3)]
            for connection in connections * 2:
                assert connection.ask(GET).status == 200
            started = time.monotonic()
        assert time.monotonic() - started < 0.9
        assert [connection.socket.recv(1) for connection in connections] == [b""] * 3


class BrokenOrigin(FakeOrigin):
    def version_now(self, key: str) -> str | None:
        raise RuntimeError(f"a bug in {key}")


def test_a_bug_is_not_blamed_on_the_client(caplog: pytest.LogCaptureFixture) -> None:
    core = make_core()
    with listening(core) as port, connected(port) as connection:
        connection.ask(GET)
        core.origin = BrokenOrigin()
        assert connection.ask(GET).status == 500
        core.origin = FakeOrigin({"a.jpg": Source(b"cat", "v1")})
        assert connection.ask(GET).status == 200
    assert "a bug in a.jpg" in caplog.text


def test_uvicorn_begins_a_request_with_no_more_than_hits_know_of() -> None:
    """When this fails, `HitsProtocol.on_message_begin` and `_begin` have to follow uvicorn."""
    config = uvicorn.Config(FakeCore, http="httptools", ws="none", log_config=None)
    loop = asyncio.new_event_loop()
    with contextlib.closing(loop):
        protocol = HttpToolsProtocol(config, ServerState(), {}, loop)
        protocol.expect_100_continue = True
        before = dict(vars(protocol))
        protocol.on_message_begin()
    changed = {
        name for name, now in vars(protocol).items() if before.get(name, protocol) is not now
    }
    assert changed == {"url", "headers", "expect_100_continue", "scope"}
    assert protocol.scope["headers"] is protocol.headers == []
    assert (protocol.url, protocol.expect_100_continue) == (b"", False)
    assert protocol.cycle is None
