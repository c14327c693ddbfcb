"""Those who follow long work: no more of them than may, and each ends when he is told to."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass

import pytest

from foveate.errors import QueueFull
from foveate.jobs.followers import EACH_S, MOST, Followers


@dataclass
class Happened:
    number: int


def test_no_more_follow_than_may_though_all_of_them_asked_before_one_began() -> None:
    async def go() -> None:
        followers = Followers(lambda _, after: ([Happened(after + 1)], False))
        asked = [followers.follow("shoes", 0) for _ in range(MOST + 1)]
        first = [await anext(each) for each in asked]
        assert (first[0], first[-2:]) == (Happened(1), [Happened(1), None])
        with pytest.raises(StopAsyncIteration):
            await anext(asked[-1])
        with pytest.raises(QueueFull):
            followers.follow("shoes", 0)
        for each in asked:
            await each.aclose()
        assert await anext(followers.follow("shoes", 0)) == Happened(1)

    asyncio.run(go())


@pytest.mark.parametrize("ticks", range(4))
def test_who_is_cancelled_as_it_rings_ends(ticks: int) -> None:
    async def go() -> None:
        followers: Followers[Happened] = Followers(lambda _, __: ([], False))
        bell = asyncio.Event()

        async def hear() -> None:
            while True:
                bell.clear()
                await followers.rung(bell)

        hearing = asyncio.ensure_future(hear())
        await asyncio.sleep(0.01)
        bell.set()
        for _ in range(ticks):
            await asyncio.sleep(0)
        hearing.cancel()
        await asyncio.wait({hearing}, timeout=0.2)
        assert hearing.cancelled()

    asyncio.run(go())


def test_all_who_follow_the_same_are_told_of_one_read() -> None:
    reads, lock = list[int](), threading.Lock()

    def events(_: str, after: int) -> tuple[list[Happened], bool]:
        with lock:
            reads.append(after)
        return [Happened(after + 1)], after == 1

    async def go() -> None:
        followers = Followers(events)

        async def hear() -> list[Happened | None]:
            return [each async for each in followers.follow("shoes", 0)]

        hearing = [asyncio.ensure_future(hear()) for _ in range(100)]
        while len(reads) < 1:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.02)
        followers.bell.ring("shoes")
        assert await asyncio.gather(*hearing) == [[Happened(1), Happened(2)]] * 100

    asyncio.run(go())
    assert sorted(reads) == [0, 1]


def test_a_read_that_began_before_it_rang_is_nobodys_who_came_after() -> None:
    began, goes_on = threading.Event(), threading.Event()

    def events(_: str, after: int) -> tuple[list[Happened], bool]:
        if not began.is_set():  # it sees nothing of what happens while it reads
            began.set()
            goes_on.wait(5)
            return [], False
        return [Happened(after + 1)], True

    async def go() -> None:
        followers = Followers(events)
        first = asyncio.ensure_future(anext(followers.follow("shoes", 0)))
        await asyncio.to_thread(began.wait, 5)
        followers.bell.ring("shoes")
        async with asyncio.timeout(0.5):
            assert await anext(followers.follow("shoes", 0)) == Happened(1)
        goes_on.set()
        assert await first == Happened(1)

    asyncio.run(go())


def test_who_goes_away_takes_what_is_read_from_nobody_else() -> None:
    began, goes_on = threading.Event(), threading.Event()

    def events(_: str, after: int) -> tuple[list[Happened], bool]:
        began.set()
        goes_on.wait(5)
        return [Happened(after + 1)], True

    async def go() -> None:
        followers = Followers(events)
        goes, stays = (asyncio.ensure_future(anext(followers.follow("shoes", 0))) for _ in "ab")
        await asyncio.to_thread(began.wait, 5)
        goes.cancel()
        await asyncio.wait({goes})
        goes_on.set()
        assert await stays == Happened(1)

    asyncio.run(go())


def test_the_more_follow_the_less_often_each_is_told() -> None:
    many, told = 200, list[int]()

    async def go() -> float:
        followers, began = (
            Followers(lambda _, after: ([Happened(after + 1)], False)),
            time.monotonic(),
        )

        async def hear() -> None:
            async for event in followers.follow("shoes", 0):
                told.append(event.number if event else 0)

        hearing = [asyncio.ensure_future(hear()) for _ in range(many)]
        for _ in range(60):
            await asyncio.sleep(0.005)
            followers.bell.ring("shoes")
        for each in hearing:
            each.cancel()
        await asyncio.wait(hearing)
        return time.monotonic() - began

    most = 1 + asyncio.run(go()) / (many * EACH_S)
    assert 1 < max(told) <= most
