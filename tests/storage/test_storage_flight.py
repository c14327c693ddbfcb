from __future__ import annotations

import asyncio
import gc

import pytest

from foveate.storage.flight import SingleFlight

pytestmark = pytest.mark.anyio


class Work:
    """Counts its runs and finishes when it is told to."""

    def __init__(self) -> None:
        self.started = 0
        self.cancelled = 0
        self.done = asyncio.Event()

    async def __call__(self) -> object:
        self.started += 1
        try:
            await self.done.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_all_who_ask_at_once_share_one_run() -> None:
    flights, work = SingleFlight(), Work()
    waiting = [asyncio.ensure_future(flights.run("k", work)) for _ in range(10)]
    await turns()
    work.done.set()
    assert await asyncio.gather(*waiting) == [work] * 10
    assert (work.started, len(flights)) == (1, 0)


async def test_other_keys_and_later_calls_run_on_their_own() -> None:
    flights, work = SingleFlight(), Work()
    work.done.set()
    await asyncio.gather(flights.run("a", work), flights.run("b", work))
    await flights.run("a", work)
    assert work.started == 3


async def test_an_exception_reaches_every_waiter_and_is_not_kept() -> None:
    flights = SingleFlight()

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("gone")

    results = await asyncio.gather(
        *(flights.run("k", fail) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [LookupError] * 3
    work = Work()
    work.done.set()
    assert await flights.run("k", work) is work


async def test_a_waiter_that_is_cancelled_leaves_alone() -> None:
    flights, work = SingleFlight(), Work()
    first, second = (asyncio.ensure_future(flights.run("k", work)) for _ in range(2))
    await turns()
    first.cancel()
    await turns()
    assert first.cancelled()
    work.done.set()
    assert await second is work
    assert work.cancelled == 0


async def test_the_work_is_cancelled_when_the_last_waiter_has_left() -> None:
    flights, work = SingleFlight(), Work()
    waiting = [asyncio.ensure_future(flights.run("k", work)) for _ in range(3)]
    await turns()
    for waiter in waiting:
        waiter.cancel()
    await turns()
    assert all(waiter.cancelled() for waiter in waiting)
    assert (work.cancelled, len(flights)) == (1, 0)


async def test_who_comes_while_a_deserted_run_is_dying_starts_a_new_one() -> None:
    flights, work = SingleFlight(), Work()
    dying = asyncio.Event()

    async def slow_to_die() -> object:
        try:
            await asyncio.Event().wait()
        finally:
            await dying.wait()
        raise AssertionError

    deserter = asyncio.ensure_future(flights.run("k", slow_to_die))
    await turns()
    deserter.cancel()
    await turns()
    newcomer = asyncio.ensure_future(flights.run("k", work))
    await turns()
    dying.set()
    await turns()
    assert len(flights) == 1, "the dead run took the place of the new one with it"
    work.done.set()
    assert await newcomer is work


async def test_a_deserted_run_that_fails_is_not_complained_about() -> None:
    flights = SingleFlight()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))

    async def fails_when_cancelled() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError from None

    waiter = asyncio.ensure_future(flights.run("k", fails_when_cancelled))
    await turns()
    waiter.cancel()
    await turns()
    del waiter
    gc.collect()
    assert complaints == []


async def test_a_run_that_fails_leaves_no_garbage_to_collect() -> None:
    flights = SingleFlight()

    async def fails() -> None:
        raise ValueError

    gc.collect()
    gc.disable()
    try:
        with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
            await flights.run("k", fails)
        await turns()
        assert gc.collect() == 0
    finally:
        gc.enable()


async def test_whoever_comes_once_it_has_begun_waits_for_another_run() -> None:
    flights, work = SingleFlight(), Work()
    first = asyncio.ensure_future(flights.run("k", work))
    await turns()
    flights.begin("k")
    others = [asyncio.ensure_future(flights.run("k", work)) for _ in range(2)]
    await turns()
    assert work.started == 2
    work.done.set()
    assert await asyncio.gather(first, *others) == [work] * 3
    assert len(flights) == 0
