from __future__ import annotations

import contextlib
import json
import logging
import re
import select
import socket
import sys
import threading
import time
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings, until_true
from server_fakes import listening, make_core
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from foveate.rendition import Rendition
from foveate.server.bounds import Bounds
from foveate.server.hits import protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import uvicorn
    from server_fakes import FakeCore

A = "/cdn-cgi/image/width=8/a.jpg"
HEAD = f"GET {A} HTTP/1.1\r\nHost: x\r\n".encode()
GET = HEAD + b"\r\n"
POST = b"POST /v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"
SHORT = Bounds(head_timeout_s=0.15, stall_s=0.15)
LONG = Bounds(head_timeout_s=60)


@contextlib.contextmanager
def bounded(core: FakeCore, bounds: Bounds) -> Iterator[int]:
    def adjust(config: uvicorn.Config) -> None:
        front: Any = config.app
        config.http = protocol(front.images, bounds)
        config.timeout_keep_alive = 60

    with listening(core, adjust) as port:
        yield port


@contextlib.contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        yield client


def heard(client: socket.socket) -> bytes:
    """Return what comes until the server closes."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while more := client.recv(65536):
            said += more
    return said


def served(port: int) -> bool:
    """Return whether a new connection is answered."""
    with connected(port) as client:
        send(client, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return b" 200 " in heard(client)


def how_much(client: socket.socket) -> int:
    """Return how many bytes come until the server closes."""
    return sum(iter(lambda: len(client.recv(1 << 20)), 0))


def send(client: socket.socket, *pieces: bytes, pause_s: float = 0.0) -> None:
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        for piece in pieces:
            client.sendall(piece)
            time.sleep(pause_s)


def head_of(length: int) -> bytes:
    rest = length - len(HEAD) - len(b"X: \r\n\r\n")
    return HEAD + b"X: " + b"x" * rest + b"\r\n\r\n"


def test_a_head_may_be_as_large_as_the_bound_and_not_a_byte_larger() -> None:
    with bounded(make_core(), LONG) as port:
        for size, status in ((32 * 1024, b" 200 "), (32 * 1024 + 1, b" 431 ")):
            with connected(port) as client:
                send(client, head_of(size))
                assert status in client.recv(100)


def test_a_head_without_end_is_431_wherever_it_goes_on() -> None:
    with bounded(make_core(), LONG) as port:
        for kept, beginning in product((False, True), (b"GET /", HEAD + b"X: ", HEAD + b"X")):
            with connected(port) as client:
                if kept:
                    send(client, GET)
                    assert b" 200 " in client.recv(4096)
                # To the byte: what is not read when a server closes takes the answer with it.
                send(client, beginning + b"y" * (32 * 1024 - len(beginning)))
                head, _, body = heard(client).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 431 ")
            assert b"connection: close" in head
            assert json.loads(body)["error"] == "HeadTooLarge"


def test_who_goes_on_with_a_head_is_cut_off() -> None:
    sent = 0
    with bounded(make_core(), LONG) as port, connected(port) as client:
        with contextlib.suppress(OSError):
            client.sendall(HEAD + b"X: ")
            while sent < 10_000_000:
                sent += client.send(b"y" * 1024)
        assert sent < 10_000_000


@pytest.mark.parametrize("end", [b"0\r\nX: ", b"1;x="], ids=["trailers", "an extension"])
def test_what_stands_around_a_body_is_bounded_like_a_head(end: bytes) -> None:
    chunked = POST.replace(b"Content-Length: 9999", b"Transfer-Encoding: chunked")
    sent = 0
    with bounded(make_core(), LONG) as port, connected(port) as client:
        with contextlib.suppress(OSError):
            client.sendall(chunked + b"1\r\nx\r\n" + end)
            while sent < 10_000_000:
                sent += client.send(b"y" * 1024)
        assert sent < 10_000_000


def test_a_body_in_small_chunks_is_as_good_as_any() -> None:
    line = b"POST /v1/render?options=width=8 HTTP/1.1\r\nHost: x\r\n"
    chunks = b"1\r\nx\r\n" * 900
    core = make_core()
    with bounded(core, LONG) as port, connected(port) as client:
        send(client, line + b"Transfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\n\r\n")
        assert b" 200 " in client.recv(100)


def test_heads_that_come_together_are_not_added_up() -> None:
    with bounded(make_core(), LONG) as port, connected(port) as client:
        some = head_of(20 * 1024)
        send(client, some * 5 + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert heard(client).count(b"HTTP/1.1 200") == 6


SLOW_HEADS = {
    "silence": ((), []),
    "half a head": ((HEAD,), [b"408"]),
    "a few bytes": ((GET[:3],), [b"408"]),
    "half a second head": ((GET, HEAD), [b"200", b"408"]),
    "the same at once": ((GET + HEAD,), [b"200", b"408"]),
}


@pytest.mark.alone
def test_a_head_that_does_not_come_in_time_ends_the_connection() -> None:
    with bounded(make_core(), SHORT) as port:
        for name, (sent, statuses) in SLOW_HEADS.items():
            with connected(port) as client:
                send(client, *sent, pause_s=0.01)
                started = time.monotonic()
                assert re.findall(rb"HTTP/1.1 (\d+)", heard(client)) == statuses, name
                assert 0.1 < time.monotonic() - started < 2, name


@pytest.mark.alone
@pytest.mark.parametrize("piece", [b"\r\n", b"X-A: b\r\n"])
def test_a_head_that_trickles_has_no_more_time_than_any(piece: bytes) -> None:
    with bounded(make_core(), SHORT) as port, connected(port) as client:
        started = time.monotonic()
        send(client, HEAD if piece != b"\r\n" else b"\r\n", *[piece] * 100, pause_s=0.01)
        heard(client)
        assert time.monotonic() - started < 1.5


@pytest.mark.alone
def test_a_body_that_nobody_reads_keeps_the_connection_no_longer_than_a_head() -> None:
    with bounded(make_core(), SHORT) as port, connected(port) as client:
        started = time.monotonic()
        send(client, POST, *[b"x"] * 100, pause_s=0.01)
        assert b" 404 " in heard(client)
        assert time.monotonic() - started < 1.5


def test_who_waits_for_an_answer_is_not_blamed_for_what_we_do_not_read() -> None:
    core = make_core()
    core.hold = threading.Event()
    with bounded(core, SHORT) as port, connected(port) as client:
        other = GET.replace(b"width=8", b"width=9")
        send(client, GET + other, other[:20], pause_s=0.4)
        core.hold.set()
        send(client, other[20:-2] + b"Connection: close\r\n\r\n")
        assert heard(client).count(b"HTTP/1.1 200") == 3


def test_a_kept_connection_is_idle_as_long_as_it_likes() -> None:
    with bounded(make_core(), SHORT) as port, connected(port) as client:
        for _ in range(3):
            send(client, GET)
            assert b" 200 " in client.recv(4096)
            time.sleep(0.3)


@pytest.mark.parametrize("times", [1, 9])
def test_who_does_not_read_an_answer_is_hung_up_on(
    times: int, caplog: pytest.LogCaptureFixture
) -> None:
    core = make_core()
    core.painter = lambda *_: Rendition(bytes(20_000_000), "image/jpeg", None)
    with bounded(core, SHORT) as port, connected(port) as client, connected(port) as other:
        send(client, GET * times)
        send(other, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in other.recv(100)
        # From when the answer begins: before, nobody can be slow to read it.
        client.recv(1, socket.MSG_PEEK)
        time.sleep(0.6)
        assert len(heard(client)) < 20_000_000
    assert caplog.messages == []


def test_who_reads_slowly_gets_it_all() -> None:
    core = make_core()
    core.painter = lambda *_: Rendition(bytes(12_000_000), "image/jpeg", None)
    with bounded(core, SHORT) as port, connected(port) as client:
        send(client, GET)
        got = 0
        while got < 12_000_000:
            got += len(client.recv(1 << 19))
            time.sleep(0.01)


def test_connections_beyond_the_bound_are_closed_and_the_others_served() -> None:
    with bounded(make_core(), Bounds(connections=2)) as port, contextlib.ExitStack() as stack:
        first, second, third = (stack.enter_context(connected(port)) for _ in range(3))
        assert heard(third) == b""
        for client in (first, second):
            send(client, GET)
            assert b" 200 " in client.recv(4096)
        first.close()

        until_true(lambda: served(port))


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address there alone")


@LINUX
def test_one_client_has_its_part_of_the_connections_and_others_have_theirs() -> None:
    bounds = Bounds(connections_per_client=2)
    with bounded(make_core(), bounds) as port, contextlib.ExitStack() as stack:
        first, second, third = (stack.enter_context(connected(port)) for _ in range(3))
        assert heard(third) == b""
        address = ("127.0.0.1", port)
        other = socket.create_connection(address, timeout=5, source_address=("127.0.0.2", 0))
        for client in (first, second, stack.enter_context(other)):
            send(client, GET)
            assert b" 200 " in client.recv(4096)
        first.close()

        until_true(lambda: served(port))


def test_those_who_read_slowest_are_cut_off_when_too_much_waits_for_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "foveate.server")
    core = make_core()
    core.painter = lambda *_: Rendition(bytes(20_000_000), "image/jpeg", None)
    last_words = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with bounded(core, Bounds(unsent_bytes=25_000_000)) as port, contextlib.ExitStack() as stack:
        with connected(port) as warm:
            send(warm, last_words)
            assert how_much(warm) > 20_000_000
        for _ in range(4):
            send(stack.enter_context(connected(port)), GET)
        time.sleep(0.3)
        # They wait for the same bytes, which are there once. These are others.
        assert caplog.messages == []
        last = stack.enter_context(connected(port))
        send(last, last_words.replace(b"width=8", b"width=9"))
        until_true(lambda: len(caplog.messages) == 4)
        assert how_much(last) > 20_000_000
    assert all("does not read" in message for message in caplog.messages)


@pytest.mark.parametrize("ends", [b"Connection: close\r\n", b""])
def test_who_sends_a_large_body_can_read_why_it_was_refused(ends: bytes) -> None:
    head = b"POST /v1/nothing HTTP/1.1\r\nHost: x\r\n" + ends + b"Content-Length: 20000000\r\n\r\n"
    with bounded(make_core(), LONG) as port, connected(port) as client:
        client.sendall(head + bytes(20_000_000))
        assert b" 404 " in client.recv(4096)


def test_who_sends_too_long_a_head_at_once_can_read_that() -> None:
    with bounded(make_core(), LONG) as port, connected(port) as client:
        client.sendall(head_of(200_000))
        assert b" 431 " in heard(client)


@pytest.mark.parametrize(
    ("beginning", "status"),
    [(b"GET /", b" 431 "), (b"x\r\n\r\n", b" 400 "), (HEAD + b"X: ", b" 431 ")],
)
def test_what_goes_on_behind_a_refusal_is_neither_read_nor_answered(
    beginning: bytes, status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    bounds = replace(LONG, head_timeout_s=0.1, linger_s=0.5)
    with bounded(make_core(), bounds) as port, connected(port) as client:
        client.sendall(beginning + b"y" * 33 * 1024 + GET)
        said = heard(client)
        assert said.count(b"HTTP/1.1") == 1
        assert status in said
        send(client, GET, pause_s=0.3)
    assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_a_closing_connection_does_not_listen_for_long() -> None:
    with bounded(make_core(), Bounds(linger_s=0.2)) as port, connected(port) as client:
        started = time.monotonic()
        send(client, POST.replace(b"Host: x", b"Connection: close"))
        assert b" 404 " in client.recv(4096)
        with contextlib.suppress(OSError):
            while time.monotonic() - started < 10:
                client.sendall(b"x")
                time.sleep(0.02)
        assert time.monotonic() - started < 5


NONSENSE = (
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"HELLO\r\n\r\n",
    b"GET  HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"CONNECT x:443 HTTP/1.1\r\n\r\n",
)


def test_what_is_no_http_is_400_in_our_shape() -> None:
    with bounded(make_core(), LONG) as port:
        for nonsense in NONSENSE:
            with connected(port) as client:
                send(client, nonsense)
                head, _, body = heard(client).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 400 "), nonsense
            assert b"connection: close" in head
            assert json.loads(body) == {
                "error": "BadRequest",
                "code": 9401,
                "message": "The request is not valid.",
            }


def test_nonsense_behind_a_request_does_not_fall_into_its_answer() -> None:
    core = make_core()
    core.hold = threading.Event()
    with bounded(core, LONG) as port, connected(port) as client:
        send(client, GET)
        until_true(lambda: core.deadlines)
        send(client, b"nonsense\r\n\r\n")
        assert heard(client) == b""


def posting(length: int, target: bytes = b"/v1/render?options=width=8") -> bytes:
    return b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (target, length)


def test_slow_senders_keep_neither_small_bodies_nor_fast_ones_out() -> None:
    settings = make_settings(max_bytes=2_000_000)
    core = make_core(replace(settings, load=replace(settings.load, max_body_reads=2, queue=2)))
    with bounded(core, LONG) as port, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(port)) for _ in range(5)]
        for client in slow:
            send(client, posting(1_000_000) + bytes(20_000))
        time.sleep(0.5)
        for client in slow:
            send(client, bytes(20_000))
        time.sleep(0.5)
        for length in (1000, 900_000):
            client = stack.enter_context(connected(port))
            client.sendall(posting(length) + bytes(length))
            assert b" 200 " in client.recv(100), length
        refused = [client.recv(100) for client in slow if _is_answered(client)]
        assert any(b" 408 " in answer for answer in refused)


def _is_answered(client: socket.socket) -> bool:
    return bool(select.select([client], [], [], 0.2)[0])


def test_nothing_is_begun_for_those_who_left_before_it_was_their_turn() -> None:
    core, held, go = make_core(), threading.Event(), threading.Event()

    async def hold_up(_: str) -> None:
        held.set()
        go.wait(5)

    core.origin.renews["a.jpg"] = hold_up
    with bounded(core, LONG) as port, connected(port) as first:
        send(first, GET)
        assert held.wait(5), "the loop waits, and nobody else is looked at"
        for number in range(50):
            with connected(port) as leaver:
                send(leaver, GET.replace(b"a.jpg", b"none-%d.jpg" % number))
        go.set()
        del core.origin.renews["a.jpg"]
        assert b" 200 " in first.recv(99)
        assert served(port)
        with connected(port) as asker:
            send(asker, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            told = heard(asker)
    assert b'route="image",status="200"' in told
    assert b'route="image",status="404"' not in told
    assert b'route="image",status="502"' not in told


def test_a_websocket_counts_for_its_client_until_it_ends() -> None:
    core, kinds = make_core(), []
    with listening(core, lambda config: kinds.append(config.http)) as port:
        for _ in range(2):
            with pytest.raises(InvalidStatus, match=r"40[14]"):
                connect(f"ws://127.0.0.1:{port}/v1/jobs/none/events", proxy=None)
        until_true(lambda: not kinds[0].crowd)
