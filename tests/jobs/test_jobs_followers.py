"""Those who follow long work: no more of them than may, and each ends when he is told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from foveate.errors import QueueFull
from foveate.jobs.followers import MOST, Followers


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
