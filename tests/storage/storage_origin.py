"""A small HTTP origin that can also misbehave, and a source that may ask it."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Self

from foveate.settings import Origins
from foveate.storage.http import HttpOrigin
from foveate.storage.policy import OriginPolicy

KEY, SECRET = "a-key-for-tests", "a-secret-for-tests"
"""Of the S3 server."""


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Let nothing be opened meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(os.devnull, "rb") as lowest:  # noqa: PTH123
        free = lowest.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


Handler = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]


@dataclass
class Origin:
    """Answers from `routes`, remembers `requests`, counts `connections`; on 127.0.0.1 only."""

    routes: dict[str, Handler] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        # A connection that is being accepted now becomes a task of ours in a few rounds.
        for _ in range(5):
            await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def reply(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Serve `path`; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Content-Length": str(len(body)), **named}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        raw = f"HTTP/1.1 {status} Fine\r\n{head}\r\n".encode() + body
        self.raw(path, raw)

    def raw(self, path: str, answer: bytes, *, close: bool = False) -> None:
        async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(answer)
            await writer.drain()
            if close:
                writer.close()

        self.routes[path] = handle

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                request = parse((await reader.readuntil(b"\r\n\r\n")).decode())
                self.requests.append(request)
                await self.routes[request.target](request, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.disconnected.set()
            writer.close()


def parse(head: str) -> Request:
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.split(": ", 1) for line in lines)
    return Request(method, target, {name.lower(): value for name, value in pairs})


async def loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def opened(
    *allow: str,
    max_bytes: int = 1000,
    trusted: frozenset[tuple[str, int]] = frozenset(),
    **settings: object,
) -> AsyncIterator[HttpOrigin]:
    origins = Origins(**{"allow_private": True, "min_ttl_s": 60, **settings})  # type: ignore[arg-type]
    source = HttpOrigin(
        OriginPolicy(allow or ("*",)), origins, max_bytes, resolve=loopback, trusted=trusted
    )
    try:
        yield source
    finally:
        await source.aclose()
