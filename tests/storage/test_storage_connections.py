from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpcore
import pytest
from storage_origin import Origin, Request

from foveate.errors import SourceTimeout, SourceUnreachable
from foveate.settings import Origins
from foveate.storage.connections import MAX_HEAD, ClosedWhileIdle, WatchedStream
from foveate.storage.http import HttpOrigin
from foveate.storage.policy import OriginPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage_origin import Handler

pytestmark = pytest.mark.anyio
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npicture"


@asynccontextmanager
async def opened(
    connect_s: float = 2.0, read_s: float = 2.0, *, max_bytes: int = 1000, min_ttl_s: int = 3600
) -> AsyncIterator[HttpOrigin]:
    origins = Origins(
        allow_private=True,
        connect_timeout_s=connect_s,
        read_timeout_s=read_s,
        min_ttl_s=min_ttl_s,
    )
    source = HttpOrigin(OriginPolicy(("*",)), origins, max_bytes)
    yield source
    await source.aclose()


def answering(*times: bool, last: bytes = b"", reset: bool = False) -> Handler:
    """Answer the requests of these turns in full; to the others say `last` and hang up."""
    turns = iter(times)

    async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
        if next(turns):
            writer.write(ANSWER)
        elif reset:
            writer.transport.abort()
        else:
            writer.write(last)
            writer.close()

    return handle


@pytest.mark.parametrize("reset", [False, True])
async def test_a_kept_connection_that_was_closed_costs_a_second_try(*, reset: bool) -> None:
    async with Origin() as origin, opened() as source:
        origin.routes["/a.jpg"] = answering(True, False, True, reset=reset)
        for _ in range(2):
            assert (await source.read(origin.url("/a.jpg"))).data == b"picture"
        assert (origin.connections, len(origin.requests)) == (2, 3)


async def test_an_origin_that_always_hangs_up_is_asked_twice_and_no_more() -> None:
    async with Origin() as origin, opened() as source:
        origin.routes["/a.jpg"] = answering(True, False, False, False)
        await source.read(origin.url("/a.jpg"))
        with pytest.raises(SourceUnreachable):
            await source.read(origin.url("/a.jpg"))
        assert (origin.connections, len(origin.requests)) == (2, 3)


@pytest.mark.parametrize("reset", [False, True])
async def test_a_new_connection_that_fails_is_not_tried_again(*, reset: bool) -> None:
    async with Origin() as origin, opened() as source:
        origin.routes["/a.jpg"] = answering(False, True, reset=reset)
        with pytest.raises(SourceUnreachable):
            await source.read(origin.url("/a.jpg"))
        assert (origin.connections, len(origin.requests)) == (1, 1)


@pytest.mark.parametrize("said", [b"H", ANSWER[:-1]], ids=["a byte", "all but a byte"])
async def test_an_answer_that_has_begun_is_not_asked_for_again(said: bytes) -> None:
    async with Origin() as origin, opened() as source:
        origin.routes["/a.jpg"] = answering(True, False, True, last=said)
        await source.read(origin.url("/a.jpg"))
        with pytest.raises(SourceUnreachable):
            await source.read(origin.url("/a.jpg"))
        assert (origin.connections, len(origin.requests)) == (1, 2)


async def test_connections_that_are_seen_to_be_closed_are_not_used() -> None:
    async with Origin() as origin, opened() as source:
        origin.raw("/a.jpg", ANSWER, close=True)
        for _ in range(3):
            await source.read(origin.url("/a.jpg"))
            await asyncio.wait_for(origin.disconnected.wait(), 2)
            await asyncio.sleep(0.05)
        assert (origin.connections, len(origin.requests)) == (3, 3)


async def test_the_second_try_trusts_no_other_kept_connection() -> None:
    both = asyncio.Event()

    async def once_each(_: Request, writer: asyncio.StreamWriter) -> None:
        if len(origin.requests) == 2:
            both.set()
        await both.wait()
        peer = writer.get_extra_info("peername")
        if peer in served:
            writer.close()
        else:
            served.add(peer)
            writer.write(ANSWER)

    served: set[object] = set()
    async with Origin() as origin, opened() as source:
        origin.routes["/a.jpg"] = once_each
        await asyncio.gather(*(source.read(origin.url("/a.jpg")) for _ in range(2)))
        assert origin.connections == 2
        assert (await source.read(origin.url("/a.jpg"))).data == b"picture"
        assert (origin.connections, len(origin.requests)) == (3, 4)


async def test_silence_on_a_kept_connection_is_a_timeout_at_once() -> None:
    async with Origin() as origin, opened(read_s=0.1) as source:
        origin.raw("/a.jpg", ANSWER)
        await source.read(origin.url("/a.jpg"))
        origin.raw("/a.jpg", b"")
        with pytest.raises(SourceTimeout):
            await source.read(origin.url("/a.jpg"))
        assert (origin.connections, len(origin.requests)) == (1, 2)


async def test_both_tries_share_one_timeout() -> None:
    async def late(_: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.35)
        writer.close()

    async with Origin() as origin, opened(connect_s=0.1, read_s=0.4) as source:
        origin.raw("/a.jpg", ANSWER)
        await source.read(origin.url("/a.jpg"))
        origin.routes["/a.jpg"] = late
        # Alone, each of them would be in time to see the origin hang up.
        with pytest.raises(SourceTimeout):
            await source.read(origin.url("/a.jpg"))
        assert origin.connections == 2


SECRET = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npicture\r\n0\r\n\r\n"
LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + bytes(300_000)
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX: "


@pytest.mark.parametrize("first", [ANSWER, CHUNKED, LARGE], ids=["length", "chunks", "large"])
@pytest.mark.parametrize("more", [SECRET, HALF, b"x"], ids=["an answer", "half a head", "a byte"])
async def test_what_comes_behind_an_answer_answers_nobody(first: bytes, more: bytes) -> None:
    async with Origin() as origin, opened(max_bytes=400_000) as source:
        origin.raw("/a.jpg", first + more)
        origin.raw("/b.jpg", ANSWER)
        await source.read(origin.url("/a.jpg"))
        assert (await source.read(origin.url("/b.jpg"))).data == b"picture"
        assert origin.connections == 2


async def test_what_comes_late_behind_an_answer_answers_nobody() -> None:
    async def late(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(ANSWER)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(SECRET)

    async with Origin() as origin, opened() as source:
        origin.routes["/a.jpg"] = late
        origin.raw("/b.jpg", ANSWER)
        await source.read(origin.url("/a.jpg"))
        await asyncio.sleep(0.15)
        assert (await source.read(origin.url("/b.jpg"))).data == b"picture"
        assert origin.connections == 2


async def test_a_304_with_a_body_does_not_answer_the_next_request() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        await source.read(origin.url("/a.jpg"))
        origin.raw("/a.jpg", b"HTTP/1.1 304 Not Modified\r\n\r\n" + SECRET)
        assert await source.version(origin.url("/a.jpg")) == "v1"
        origin.raw("/b.jpg", ANSWER)
        assert (await source.read(origin.url("/b.jpg"))).data == b"picture"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"a:b\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"),
    ],
    ids=["1xx", "headers", "short headers", "a header"],
)
async def test_a_head_without_end_is_cut_at_its_bound(first: bytes, again: bytes) -> None:
    sent = 0

    async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(first)
        while True:
            writer.write(again * 100)
            sent += 100 * len(again)
            await writer.drain()
            await asyncio.sleep(0.001)

    async with Origin() as origin, opened(read_s=30) as source:
        origin.routes["/a.jpg"] = endless
        with pytest.raises(SourceUnreachable):
            await source.read(origin.url("/a.jpg"))
    assert sent < 20 * MAX_HEAD


async def test_another_protocol_is_no_answer() -> None:
    async with Origin() as origin, opened() as source:
        origin.raw("/a.jpg", b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\n\r\npicture")
        with pytest.raises(SourceUnreachable):
            await source.read(origin.url("/a.jpg"))


async def test_as_many_connections_are_open_as_are_needed() -> None:
    asked, go = 0, asyncio.Event()

    async def wait(_: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await go.wait()
        writer.write(ANSWER)

    async with Origin() as slow, Origin() as good, opened(60, 60) as source:
        slow.routes |= {f"/{n}": wait for n in range(104)}
        good.raw("/a.jpg", ANSWER)
        reads = [asyncio.ensure_future(source.read(slow.url(f"/{n}"))) for n in range(104)]
        async with asyncio.timeout(60):
            while asked < 104:
                await asyncio.sleep(0.01)
        assert (await source.read(good.url("/a.jpg"))).data == b"picture"
        go.set()
        await asyncio.gather(*reads)


@dataclass
class Decrypting:
    """What TLS has decrypted and nobody read."""

    left: bytes

    def read(self, length: int) -> bytes:
        if not self.left:
            raise ssl.SSLWantReadError
        return self.left[:length]


@pytest.mark.parametrize(("left", "more"), [(b"secret", True), (b"", False)])
async def test_what_tls_holds_counts_as_well(left: bytes, *, more: bool) -> None:
    stream = WatchedStream(Line([ANSWER], ssl_object=Decrypting(left)))
    await stream.write(b"a request")
    await stream.read(999)
    assert stream.has_more() is more


async def test_a_read_that_was_filled_may_have_left_something() -> None:
    stream = WatchedStream(Line([ANSWER, ANSWER]))
    await stream.write(b"a request")
    for length, more in ((len(ANSWER), True), (len(ANSWER) + 1, False)):
        await stream.read(length)
        assert stream.has_more() is more


@dataclass
class Line(httpcore.AsyncNetworkStream):
    """A network stream that says what it was given to say; nothing is the end."""

    says: list[bytes] = field(default_factory=list)
    secure: Line | None = None
    ssl_object: Decrypting | None = None

    def get_extra_info(self, info: str) -> object:
        return getattr(self, info)

    async def read(self, _max_bytes: int, _timeout: float | None = None) -> bytes:
        return self.says.pop(0)

    async def write(self, _buffer: bytes, _timeout: float | None = None) -> None:
        return

    async def start_tls(self, *_: object) -> httpcore.AsyncNetworkStream:
        assert self.secure is not None
        return self.secure


async def test_an_encrypted_connection_is_watched_as_well() -> None:
    plain = WatchedStream(Line([b"proxy says"], secure=Line([b"first answer", b"", b""])))
    await plain.write(b"may I?")
    await plain.read(99)
    stream = await plain.start_tls(ssl.create_default_context())
    await stream.write(b"a request")
    assert await stream.read(99) == b"first answer"
    assert await stream.read(99) == b""
    await stream.write(b"another")
    with pytest.raises(ClosedWhileIdle):
        await stream.read(99)
