from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from foveate.storage.names import KEPT_S, OF_ONE_DOMAIN, THREADS, Names, domain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

pytestmark = pytest.mark.anyio


class Resolver:
    """A blocking resolver, for which names with "slow" in them take until `go`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        if "slow" in host:
            self.go.wait(20)
        if "nobody" in host:
            raise OSError(f"no {host}")
        return ["192.0.2.1"]


@contextmanager
def resolver() -> Iterator[Resolver]:
    slow = Resolver()
    try:
        yield slow
    finally:
        slow.go.set()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_slow_names_of_one_domain_hold_up_no_other_names() -> None:
    with resolver() as slow:
        names = Names(slow)
        waiting = [
            asyncio.ensure_future(names.resolve(f"{n}.slow.test", 80)) for n in range(THREADS)
        ]
        await until(lambda: len(slow.asked) == OF_ONE_DOMAIN)
        async with asyncio.timeout(5):
            assert await names.resolve("good.example", 80) == ["192.0.2.1"]
        assert len(slow.asked) == OF_ONE_DOMAIN + 1
        slow.go.set()
        await asyncio.gather(*waiting)
        assert len(slow.asked) == THREADS + 1


async def test_a_thread_that_everybody_left_keeps_its_place_and_those_who_wait_leave() -> None:
    with resolver() as slow:
        names = Names(slow)
        waiting = [asyncio.ensure_future(names.resolve(f"{n}.slow.test", 80)) for n in range(9)]
        await until(lambda: len(slow.asked) == OF_ONE_DOMAIN)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        late = asyncio.ensure_future(names.resolve("late.slow.test", 80))
        await names.resolve("good.example", 80)
        assert slow.asked[OF_ONE_DOMAIN:] == ["good.example"], "both threads still wait"
        slow.go.set()
        assert await late == ["192.0.2.1"]
        assert slow.asked[OF_ONE_DOMAIN:] == ["good.example", "late.slow.test"]


async def test_those_who_ask_together_are_answered_together() -> None:
    with resolver() as slow:
        names = Names(slow)
        waiting = [asyncio.ensure_future(names.resolve("a.slow.test", n)) for n in (80, 81) * 5]
        await until(lambda: slow.asked)
        slow.go.set()
        assert await asyncio.gather(*waiting) == [["192.0.2.1"]] * 10
        assert slow.asked == ["a.slow.test"]


@pytest.mark.parametrize("host", ["good.test", "nobody.test"])
async def test_an_answer_holds_for_a_moment(host: str) -> None:
    now = 100.0
    with resolver() as resolve:
        names = Names(resolve, clock=lambda: now)

        async def asked() -> int:
            try:
                assert await names.resolve(host, 80) == ["192.0.2.1"]
            except OSError as why:
                assert str(why) == "no nobody.test"  # noqa: PT017
            return len(resolve.asked)

        assert [await asked() for _ in range(3)] == [1] * 3
        now += KEPT_S
        assert [await asked() for _ in range(3)] == [2] * 3


async def test_a_name_that_no_server_takes_has_no_address() -> None:
    with pytest.raises(OSError, match=r"\w"):
        await Names().resolve(f"{'a' * 70}.test", 80)


async def test_the_system_knows_localhost() -> None:
    assert "127.0.0.1" in await Names().resolve("localhost", 80)


def test_the_owner_of_a_name_is_told_by_its_end() -> None:
    assert domain("a.b.example.com") == domain("example.com") == "example.com"
    assert domain("localhost") == "localhost"
