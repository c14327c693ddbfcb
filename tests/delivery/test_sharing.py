"""Servers that share renditions make each once, and go on without the store when it is away."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from delivery_fakes import FakeCore, make_settings, until

from foveate.delivery.ask import Ask
from foveate.delivery.delivery import Delivered, Delivery
from foveate.delivery.purge import Which
from foveate.delivery.sharing import Sharing, Work
from foveate.errors import BrokenImage, TimedOut
from foveate.metrics import Metrics
from foveate.options.model import TransformOptions
from foveate.settings import Limits, Origins
from foveate.storage.shared import SharedStore
from foveate.storage.source import Source

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio
ASK = Ask(options=TransformOptions(width=8), source="a.jpg")
MADE = b"picture of a 8"
KEY = "ab" * 32


class Server:
    """One server of several: its own caches, and the store that all share."""

    def __init__(self, folder: Path, *, tells: bool = True, timeout_s: float = 10.0) -> None:
        settings = replace(make_settings(), limits=Limits(timeout_s=timeout_s))
        self.core = FakeCore(settings, shared=SharedStore(str(folder), Origins()))
        self.core.origin.sources = {"a.jpg": Source(b"a", "v1")}
        self.core.origin.tells = tells
        self.delivery = Delivery(self.core, Metrics(), shares=True)

    @property
    def made(self) -> int:
        return len(self.core.rendered)

    async def ask(self) -> Delivered:
        return await self.delivery.rendition(ASK)

    async def stop(self) -> None:
        await self.delivery.admission.stop(0)
        await self.delivery.stop(5)


@pytest.mark.parametrize("tells", [True, False], ids=["version known", "known by reading"])
async def test_of_four_servers_that_are_asked_at_once_one_makes_it(
    tmp_path: Path, tells: bool
) -> None:
    servers = [Server(tmp_path, tells=tells) for _ in range(4)]
    found = await asyncio.gather(*(each.ask() for each in servers for _ in range(5)))
    assert {bytes(each.data) for each in found} == {MADE}
    assert sum(each.made for each in servers) == 1
    await asyncio.gather(*(each.stop() for each in servers))
    assert not list(tmp_path.glob("claims/*"))


async def test_what_another_server_made_is_a_hit_and_kept_here(tmp_path: Path) -> None:
    first, second = Server(tmp_path), Server(tmp_path)
    await first.ask()
    await first.stop()
    found = await second.ask()
    assert (second.made, found.trace, bytes(found.data)) == (0, None, MADE)
    assert found.about.content_type == "image/jpeg"
    assert second.core.renditions.kept
    await second.stop()


async def test_who_fails_lets_others_try_at_once(tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise BrokenImage("cut short")

    first, second = Server(tmp_path), Server(tmp_path)
    first.core.painter = fail  # type: ignore[assignment]
    with pytest.raises(BrokenImage):
        await first.ask()
    async with asyncio.timeout(2):
        assert bytes((await second.ask()).data) == MADE
    await asyncio.gather(first.stop(), second.stop())


async def test_who_leaves_lets_go_of_his_claim(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.core.hold = threading.Event()
    asking = asyncio.ensure_future(server.ask())
    await until(lambda: bool(list(tmp_path.glob("claims/*"))))
    asking.cancel()
    await until(lambda: not list(tmp_path.glob("claims/*")))
    server.core.hold.set()
    await server.stop()


async def test_nobody_waits_longer_for_another_server_than_for_anything(tmp_path: Path) -> None:
    slow, waits = Server(tmp_path), Server(tmp_path, timeout_s=0.2)
    slow.core.hold = threading.Event()
    asking = asyncio.ensure_future(slow.ask())
    await until(lambda: bool(slow.core.deadlines))
    with pytest.raises(TimedOut, match="another server"):
        await waits.ask()
    slow.core.hold.set()
    assert bytes((await asking).data) == MADE
    await asyncio.gather(slow.stop(), waits.stop())


async def test_without_a_store_that_answers_each_server_makes_its_own(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    server = Server(blocked / "shared")
    assert bytes((await server.ask()).data) == MADE
    assert server.made == 1
    await server.stop()


class Held(SharedStore):
    """A store that keeps what it is sent when it is told to."""

    def __init__(self, place: Path) -> None:
        super().__init__(str(place), Origins())
        self.let = asyncio.Event()
        self.renewed: list[str] = []

    async def put(self, key: str, value: bytes) -> None:
        await self.let.wait()
        await super().put(key, value)

    async def renew(self, name: str) -> None:
        await super().renew(name)
        self.renewed.append(name)


def sharing(store: SharedStore, purges: list[int]) -> Sharing:
    return Sharing(store, Metrics(), lambda: purges[0], timeout_s=10, renew_s=0.01)


async def made() -> bytes:
    return MADE


WORK = Work(make=made, read=bytes, pack=bytes)


async def test_a_claim_is_renewed_until_what_was_made_is_there(tmp_path: Path) -> None:
    store = Held(tmp_path)
    sends = sharing(store, [0])
    assert await sends.once(KEY, WORK) == MADE
    await until(lambda: len(store.renewed) > 1)
    store.let.set()
    await sends.stop(5)
    assert await store.get(KEY) == MADE
    assert not list(tmp_path.glob("claims/*"))


async def test_what_was_purged_on_its_way_is_forgotten(tmp_path: Path) -> None:
    store, purges = Held(tmp_path), [0]
    sends = sharing(store, purges)
    await sends.once(KEY, WORK)
    await until(lambda: bool(store.renewed))
    purges[0] += 1
    store.let.set()
    await sends.stop(5)
    assert await store.get(KEY) is None


async def test_a_purge_is_one_of_what_is_shared_too(tmp_path: Path) -> None:
    first, second = Server(tmp_path), Server(tmp_path)
    await first.ask()
    await first.delivery.stop(5)
    assert (await first.delivery.purge(Which(source="a.jpg"))).renditions == 2
    await second.ask()
    assert second.made == 1
    await asyncio.gather(first.stop(), second.stop())


async def test_what_was_begun_before_a_purge_is_sent_to_nobody(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.core.hold = threading.Event()
    asking = asyncio.ensure_future(server.ask())
    await until(lambda: bool(server.core.deadlines))
    await server.delivery.purge(Which(source="a.jpg"))
    server.core.hold.set()
    await asking
    await server.stop()
    assert not list(tmp_path.glob("renditions/*/*"))
