from __future__ import annotations

import contextlib
import gc
import http.client
import logging
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, get_args

import pytest
from delivery_fakes import make_settings, until_true
from server_fakes import listening, make_core

from foveate.server.run import LISTENERS, base_url, listen, listeners
from foveate.settings import LogLevel

if TYPE_CHECKING:
    import uvicorn

Answer = tuple[int, dict[str, str], bytes]


def get(port: int, target: str, method: str = "GET") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        connection.request(method, target)
        reply = connection.getresponse()
        headers = {name.lower(): value for name, value in reply.getheaders()}
        return reply.status, headers, reply.read()


def asked_once(port: int, target: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        return client.makefile("rb").read()


def url(width: int) -> str:
    return f"/cdn-cgi/image/width={width}/a.jpg"


def test_health_answers_while_workers_are_full_and_beyond_the_queue_it_is_503() -> None:
    core = make_core(make_settings(workers=1, queue=1))
    core.hold = threading.Event()
    with listening(core) as port, ThreadPoolExecutor(2) as clients:
        waiting = [clients.submit(get, port, url(width)) for width in (1, 2)]
        until_true(lambda: core.deadlines)
        until_true(lambda: get(port, url(3))[0] == 503)
        status, headers, _ = get(port, url(3))
        assert (status, headers["cf-resized"], headers["retry-after"]) == (503, "err=9522", "2")
        started = time.monotonic()
        assert get(port, "/health/live")[0] == 200
        assert b"foveate_queued 1.0" in get(port, "/metrics")[2]
        assert time.monotonic() - started < 2
        core.hold.set()
        assert [future.result()[0] for future in waiting] == [200, 200]


def test_a_crowd_that_is_sent_away_leaves_next_to_no_garbage_for_which_all_would_wait() -> None:
    core = make_core(make_settings(workers=1, queue=1))
    core.hold = threading.Event()
    with listening(core) as port, ThreadPoolExecutor(2) as clients:
        waiting = [clients.submit(get, port, url(width)) for width in (1, 2)]
        until_true(lambda: b"foveate_queued 1.0" in get(port, "/metrics")[2])
        assert asked_once(port, url(3)).startswith(b"HTTP/1.1 503")
        gc.collect()
        gc.disable()
        try:
            for width in range(100, 150):
                assert asked_once(port, url(width)).startswith(b"HTTP/1.1 503")
            time.sleep(0.05)
            garbage = gc.collect()
        finally:
            gc.enable()
        assert garbage < 50
        core.hold.set()
        assert [future.result()[0] for future in waiting] == [200, 200]


def test_a_crowd_is_let_in_while_the_first_of_it_are_worked_for() -> None:
    with contextlib.ExitStack() as stack:
        several = listeners(listen("127.0.0.1", 0))
        for socket_ in several:
            stack.enter_context(socket_)
        assert len(several) == LISTENERS
        assert len({socket_.getsockname() for socket_ in several}) == 1
        assert len({socket_.fileno() for socket_ in several}) == LISTENERS


def test_a_client_that_hangs_up_frees_its_worker_and_its_place_in_the_queue() -> None:
    core = make_core(make_settings(workers=1, queue=1))
    core.hold = threading.Event()
    with listening(core) as port:
        leavers = []
        for width in (1, 2):
            leaver = socket.create_connection(("127.0.0.1", port))
            leaver.sendall(f"GET {url(width)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            leavers.append(leaver)
        until_true(lambda: core.deadlines)
        until_true(lambda: get(port, url(3))[0] == 503)
        for leaver in leavers:
            leaver.close()
        # The second may get the worker for the moment between the two hanging up.
        until_true(lambda: all(deadline.disconnected for deadline in core.deadlines))
        until_true(lambda: b"foveate_queued 0.0" in get(port, "/metrics")[2])
        until_true(lambda: all(deadline.disconnected for deadline in core.deadlines))
        core.hold.set()
        until_true(lambda: get(port, url(3))[0] == 200)
    assert core.rendered[-1].width == 3


def test_a_kept_connection_serves_get_head_and_304_in_turn() -> None:
    with listening(make_core()) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection):
            said = []
            etag = ""
            for method, status, body in (
                ("GET", 200, b"picture of cat 8"),
                ("HEAD", 200, b""),
                ("GET", 304, b""),
                ("GET", 200, b"picture of cat 8"),
            ):
                extra = {"If-None-Match": etag} if status == 304 else {}
                connection.request(method, url(8), headers=extra)
                reply = connection.getresponse()
                assert (reply.status, reply.read()) == (status, body)
                etag = reply.headers["ETag"]
                said.append(reply.headers["Content-Length"])
            assert said == ["16", "16", None, "16"]


def test_a_port_in_use_is_one_sentence() -> None:
    with contextlib.closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port} is in use already. Stop"):
            listen("127.0.0.1", port)


def test_the_address_to_open_is_one_that_a_browser_takes() -> None:
    with contextlib.closing(listen("0.0.0.0", 0)) as bound:  # noqa: S104
        assert base_url(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.mark.parametrize("level", get_args(LogLevel))
def test_logging_knows_every_level_that_may_be_set(level: str) -> None:
    assert level.upper() in logging.getLevelNamesMapping()


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address there alone")
def test_nobody_but_a_trusted_proxy_says_whose_request_it_is() -> None:
    addresses: list[str] = []

    def noting(config: uvicorn.Config) -> None:
        front: Any = config.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            addresses.append((scope.get("client") or [""])[0])
            await front(scope, receive, send)

        config.app = app

    asked = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n"
    with listening(make_core(), noting) as port:
        for own in ("127.0.0.1", "127.0.0.2"):
            address = ("127.0.0.1", port)
            with socket.create_connection(address, 5, source_address=(own, 0)) as client:
                client.sendall(asked)
                assert b" 200 " in client.recv(4096)
    assert addresses[1:3] == ["192.0.2.9", "127.0.0.2"]
