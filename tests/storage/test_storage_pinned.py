from __future__ import annotations

import asyncio
import socket
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpcore
import pytest
from storage_origin import Origin

from foveate.errors import OriginNotAllowed, SourceUnresolved
from foveate.storage.pinned import PinnedBackend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.storage.pinned import Address

pytestmark = pytest.mark.anyio


class Names:
    """A resolver with an answer for each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[tuple[str, int]] = []
        self._answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self._answers.pop(0)


def only(*admitted: str) -> object:
    """Stand for the address check: these loopback addresses play the public ones."""

    def admits(_host: str, _port: int, address: Address) -> bool:
        return str(address) in admitted

    return admits


async def fetch(backend: PinnedBackend, url: str) -> bytes:
    async with httpcore.AsyncConnectionPool(network_backend=backend) as pool:
        return (await pool.request("GET", url)).content


async def test_it_connects_to_the_address_that_it_checked() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    backend = PinnedBackend(names, only("127.0.0.1"))
    async with Origin() as origin:
        origin.reply("/", b"body")
        assert await fetch(backend, origin.url(host="rebinding.test")) == b"body"
        assert names.asked == [("rebinding.test", origin.port)], "a second look-up could differ"
        with pytest.raises(OriginNotAllowed):
            await fetch(backend, origin.url(host="rebinding.test"))
        assert origin.connections == 1


async def test_a_kept_connection_is_used_again_without_asking() -> None:
    names = Names(["127.0.0.1"])
    async with (
        Origin() as origin,
        httpcore.AsyncConnectionPool(
            network_backend=PinnedBackend(names, only("127.0.0.1"))
        ) as pool,
    ):
        origin.reply("/", b"body")
        for _ in range(3):
            await pool.request("GET", origin.url(host="name.test"))
        assert (origin.connections, len(names.asked)) == (1, 1)


async def test_addresses_that_are_not_admitted_are_passed_over() -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    async with Origin() as origin:
        origin.reply("/", b"body")
        backend = PinnedBackend(names, only("127.0.0.1"))
        assert await fetch(backend, origin.url(host="mixed.test")) == b"body"


async def test_the_next_address_is_tried_when_one_is_dead() -> None:
    names = Names(["127.0.0.9", "127.0.0.1"])
    async with Origin() as origin:
        origin.reply("/", b"body")
        backend = PinnedBackend(names, only("127.0.0.9", "127.0.0.1"))
        assert await fetch(backend, origin.url(host="half-dead.test")) == b"body"


@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="fills a listen queue as Linux counts it")
async def test_an_address_that_swallows_everything_leaves_time_for_the_next() -> None:
    async with Origin() as origin:
        origin.reply("/", b"body")
        with ExitStack() as open_sockets:
            deaf = open_sockets.enter_context(socket.socket())
            deaf.bind(("127.0.0.9", origin.port))
            deaf.listen(0)
            for _ in range(4):
                caller = open_sockets.enter_context(socket.socket())
                caller.setblocking(False)
                caller.connect_ex(("127.0.0.9", origin.port))
            backend = PinnedBackend(
                Names(["127.0.0.9", "127.0.0.1"]), only("127.0.0.9", "127.0.0.1")
            )
            started = time.monotonic()
            stream = await backend.connect_tcp("deaf.test", origin.port, timeout=1.0)
            took = time.monotonic() - started
            await stream.aclose()
    assert 0.45 < took < 1.0, "the first address was to get half of the time"


async def test_an_address_in_the_url_is_checked_without_a_resolver() -> None:
    names = Names()
    backend = PinnedBackend(names, only())
    for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"):
        with pytest.raises(OriginNotAllowed, match="ALLOW_PRIVATE"):
            await fetch(backend, f"http://{host}:1/")
    assert names.asked == []


async def test_a_name_without_addresses_is_unresolved() -> None:
    async def fails(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    for resolve in (fails, Names([]), Names(["no address"])):
        with pytest.raises(SourceUnresolved, match=r"nobody\.test"):
            await PinnedBackend(resolve, only()).connect_tcp("nobody.test", 80)


async def test_a_slow_resolver_is_a_timeout() -> None:
    async def slow(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    with pytest.raises(httpcore.ConnectTimeout):
        await PinnedBackend(slow, only()).connect_tcp("slow.test", 80, timeout=0.02)


async def test_no_time_left_is_a_timeout_and_not_an_endless_wait() -> None:
    async def late(_host: str, _port: int) -> Sequence[str]:
        time.sleep(0.03)
        return ["127.0.0.1"]

    async with Origin() as origin:
        backend = PinnedBackend(late, only("127.0.0.1"))
        with pytest.raises(httpcore.ConnectTimeout):
            await backend.connect_tcp("late.test", origin.port, timeout=0.02)
