"""Telling a real HTTP server."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from foveate.storage.webhook import post

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def answering(status: int, told: list[bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook"
        finally:
            server.shutdown()
            thread.join()


def test_it_is_told_and_any_2xx_takes_it() -> None:
    told: list[bytes] = []
    with answering(204, told) as url:
        post(url, b'{"event": "budget"}')
    assert told == [b'{"event": "budget"}']


def test_whoever_refuses_or_is_away_is_told_of() -> None:
    with answering(500, []) as url, pytest.raises(ValueError, match="500"):
        post(url, b"{}")
    with pytest.raises(OSError, match="ConnectError"):
        post("http://127.0.0.1:9/", b"{}", timeout_s=2)
