"""A load generator that costs less than the servers it drives: one thread, raw sockets.

A request is one `send`, an answer is read into one shared buffer and only counted. The answers'
contents are checked elsewhere, once for each kind of URL.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from servers import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

GIVE_UP_S = 120.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_buffer = bytearray(1024 * 1024)


@dataclass(slots=True)
class Load:
    """What came of it. Latencies are in ms and belong to the answers that were 200."""

    wall_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    failures: dict[int, int] = field(default_factory=dict)
    """Answers that were not 200, by status; 0 is a connection that broke."""
    body_bytes: int = 0

    @property
    def answers(self) -> int:
        """Return how many requests were answered with 200."""
        return len(self.latencies_ms)

    @property
    def rps(self) -> float:
        """Return answers per second."""
        return self.answers / self.wall_s

    def percentile_ms(self, share: float) -> float:
        """Return the latency below which `share` (0..1) of the answers stayed."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def failed(self, status: int) -> None:
        """Count an answer that was not 200."""
        self.failures[status] = self.failures.get(status, 0) + 1


@dataclass(frozen=True, slots=True)
class Post:
    """A POST of a body. Whatever else is asked for is a GET, given by its path."""

    path: str
    body: bytes


class _Connection:
    """One keep-alive connection with at most one request under way."""

    __slots__ = ("closes", "head", "missing", "port", "sent", "socket", "status")

    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection((HOST, self.port), timeout=GIVE_UP_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, asked: str | Post) -> None:
        """Send one request."""
        self.head, self.missing, self.status, self.closes = b"", -1, 0, False
        self.sent = time.perf_counter()
        told = f"HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept: */*\r\n"
        if isinstance(asked, str):
            self.socket.sendall(f"GET {asked} {told}\r\n".encode())
            return
        told += f"Content-Length: {len(asked.body)}\r\n"
        self.socket.sendall(f"POST {asked.path} {told}\r\n".encode() + asked.body)

    def receive(self) -> int:
        """Take what has arrived and return how much of the body it was; -1 when it broke."""
        count = self.socket.recv_into(_buffer)
        if count == 0:
            return -1
        if self.missing >= 0:
            self.missing -= count
            return count
        self.head += bytes(memoryview(_buffer)[:count])
        end = self.head.find(b"\r\n\r\n")
        return 0 if end < 0 else self._begin_body(end)

    def _begin_body(self, end: int) -> int:
        head = self.head[:end]
        length = _LENGTH.search(head)
        if length is None:
            raise ValueError(f"expected an answer with Content-Length, got {head!r}")
        self.status, self.closes = int(head[9:12]), _CLOSE.search(head) is not None
        arrived = len(self.head) - end - 4
        self.missing = int(length[1]) - arrived
        return arrived

    def reopen(self) -> None:
        """Replace the connection, after the server closed it."""
        self.socket.close()
        self._open()


class _Drive:
    """The requests of one measurement over all its connections."""

    def __init__(self, asks: Iterator[str | Post], until: float | None, load: Load) -> None:
        self.selector = selectors.DefaultSelector()
        self.asks, self.until, self.load = asks, until, load
        self.under_way = 0

    def ask(self, connection: _Connection) -> None:
        """Send the next request, unless time or requests have run out."""
        if self.until is not None and time.perf_counter() >= self.until:
            return
        asked = next(self.asks, None)
        if asked is not None:
            connection.ask(asked)
            self.under_way += 1

    def begin(self, connection: _Connection) -> None:
        """Register a connection and send its first request."""
        self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        self.ask(connection)

    def progress(self, connection: _Connection) -> None:
        """Read on one connection; when its answer is whole, count it and ask again."""
        count = connection.receive()
        if count >= 0:
            self.load.body_bytes += count
            if connection.missing != 0:
                return
        self._count(connection, broke=count < 0)
        if count < 0 or connection.closes:
            self.selector.unregister(connection.socket)
            connection.reopen()
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        self.ask(connection)

    def _count(self, connection: _Connection, *, broke: bool) -> None:
        self.under_way -= 1
        if broke or connection.status != 200:
            self.load.failed(0 if broke else connection.status)
        else:
            self.load.latencies_ms.append((time.perf_counter() - connection.sent) * 1000)

    def run(self) -> None:
        """Read until nothing is under way any more."""
        while self.under_way:
            events = self.selector.select(GIVE_UP_S)
            if not events:
                raise TimeoutError(f"no answer for {GIVE_UP_S:.0f} s, {self.under_way} waiting")
            for key, _ in events:
                self.progress(key.data)


def drive(
    port: int, asks: Iterator[str | Post], *, connections: int, seconds: float | None = None
) -> Load:
    """Send requests over so many keep-alive connections until they, or the seconds, run out.

    A GET is given by its path.
    """
    load = Load()
    links = [_Connection(port) for _ in range(connections)]
    start = time.perf_counter()
    run = _Drive(asks, None if seconds is None else start + seconds, load)
    try:
        for link in links:
            run.begin(link)
        run.run()
    finally:
        run.selector.close()
        for link in links:
            link.socket.close()
    load.wall_s = time.perf_counter() - start
    return load
