"""A bucket that answers as a test has it: by default it keeps what is put."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTED = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
DATED = "Sat, 21 Nov 2026 03:00:00 GMT"


@dataclass
class Answers:
    """What a service keeps, and what it answers instead for a while."""

    endpoint: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)
    status: int = 0
    """Of all answers, where it is not 0."""
    code: str = ""
    """Of S3, in the body of those."""
    asked: int = 0
    good: int = -1
    """So many requests more are answered as they should be; -1 is all, while `status` is 0."""

    def fails(self) -> bool:
        """Return whether the next request is to fail."""
        self.asked += 1
        if self.good > 0:
            self.good -= 1
            return False
        return self.status != 0


class _Service(BaseHTTPRequestHandler):
    answers: Answers

    def _go(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.answers.fails():
            told = f"<Error><Code>{self.answers.code}</Code></Error>" if self.answers.code else ""
            self._answer(self.answers.status, told.encode())
        elif self.command == "PUT":
            self.answers.kept[self.path] = body
            self._answer(200)
        elif "list-type=" in self.path:
            self._answer(200, LISTED)
        elif self.path in self.answers.kept:
            self._answer(200, self.answers.kept[self.path])
        else:
            self._answer(404)

    def do_GET(self) -> None:
        self._go()

    def do_HEAD(self) -> None:
        self._go()

    def do_PUT(self) -> None:
        self._go()

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("etag", '"1"')
        self.send_header("last-modified", DATED)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[Answers]:
    """Give such a service."""
    answers = Answers()
    service = type("Service", (_Service,), {"answers": answers})
    with ThreadingHTTPServer(("127.0.0.1", 0), service) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        answers.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        yield answers
        server.shutdown()
