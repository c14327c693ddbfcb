from __future__ import annotations

import asyncio
from functools import partial

from foveate.server.turns import AT_ONCE, Turns


def test_a_crowd_is_begun_in_order_and_a_few_in_each_round() -> None:
    begun: list[int] = []
    rounds: list[int] = []

    async def crowd() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()
        for number in range(3 * AT_ONCE + 1):
            turns.take(loop, partial(begun.append, number))
        while len(begun) <= 3 * AT_ONCE:
            await asyncio.sleep(0)
            rounds.append(len(begun))

    asyncio.run(crowd())
    assert begun == list(range(3 * AT_ONCE + 1))
    assert rounds == [AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE, 3 * AT_ONCE + 1]


def test_one_that_cannot_be_begun_does_not_hold_up_the_others() -> None:
    begun: list[str] = []

    def broken() -> None:
        raise ValueError

    async def crowd() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()
        loop.set_exception_handler(lambda *_: None)
        for begin in (broken, partial(begun.append, "second"), broken):
            turns.take(loop, begin)
        for _ in range(4):
            await asyncio.sleep(0)
        turns.take(loop, partial(begun.append, "later"))
        for _ in range(2):
            await asyncio.sleep(0)

    asyncio.run(crowd())
    assert begun == ["second", "later"]


def test_whoever_comes_later_is_begun_after_those_who_wait() -> None:
    begun: list[str] = []

    async def crowd() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()
        for _ in range(AT_ONCE + 1):
            turns.take(loop, partial(begun.append, "early"))
        await asyncio.sleep(0)
        turns.take(loop, partial(begun.append, "late"))
        for _ in range(3):
            await asyncio.sleep(0)
        turns.take(loop, partial(begun.append, "last"))
        await asyncio.sleep(0)

    asyncio.run(crowd())
    assert begun == [*["early"] * (AT_ONCE + 1), "late", "last"]
