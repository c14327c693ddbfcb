from __future__ import annotations

import asyncio
import socket
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
    assert rounds == [0, AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE, 3 * AT_ONCE + 1]


def test_one_that_cannot_be_begun_does_not_hold_up_the_others() -> None:
    begun: list[str] = []

    def broken() -> None:
        raise ValueError

    async def crowd() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()
        loop.set_exception_handler(lambda *_: None)
        for begin in (broken, partial(begun.append, "second"), broken):
            turns.take(loop, begin)
        for _ in range(5):
            await asyncio.sleep(0)
        turns.take(loop, partial(begun.append, "later"))
        for _ in range(3):
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
        for _ in range(2):
            await asyncio.sleep(0)

    asyncio.run(crowd())
    assert begun == [*["early"] * (AT_ONCE + 1), "late", "last"]


def test_whoever_has_left_is_passed_over_and_takes_nobodys_turn() -> None:
    begun: list[str] = []
    gone: set[int] = set()

    async def crowd() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()
        for number in range(1000):
            is_wanted = partial(lambda number: number not in gone, number)
            turns.take(loop, partial(begun.append, str(number)), is_wanted)
        turns.take(loop, partial(begun.append, "last"))
        await asyncio.sleep(0)
        gone.update(range(1000))
        await asyncio.sleep(0)

    asyncio.run(crowd())
    assert begun == ["last"]


def test_the_loop_looks_at_a_connection_again_before_it_is_worked_for() -> None:
    here, there = socket.socketpair()
    begun: list[str] = []
    gone: list[bytes] = []

    async def crowd() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()

        def asked() -> None:
            loop.remove_reader(here)
            here.recv(9)
            loop.add_reader(here, lambda: gone.append(here.recv(9)))
            turns.take(loop, partial(begun.append, "begun"), lambda: not gone)

        loop.add_reader(here, asked)
        there.send(b"asked")
        there.close()
        while not gone:
            await asyncio.sleep(0)
        loop.remove_reader(here)
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(crowd())
    here.close()
    assert gone == [b""]
    assert begun == []
