"""Who gets a place for a body: times and addresses without a network."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from foveate.delivery.bodies import BodyPlaces
from foveate.errors import QueueFull

pytestmark = pytest.mark.anyio


@dataclass(eq=False)
class Arrival:
    client: str = "a"
    bytes_per_s: float = 100.0
    whole: bool = False
    gave_up: bool = False

    def give_up(self) -> None:
        self.gave_up = True


async def started(
    places: BodyPlaces, arrival: Arrival, stack: AsyncExitStack
) -> asyncio.Task[None]:
    """Return the task in which a body waits for its place, once it is in line."""

    async def wait() -> None:
        await stack.enter_async_context(places.place(arrival))

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_one_client_may_have_all_places_while_nobody_else_wants_any() -> None:
    places = BodyPlaces(4, 0, share=0.25)
    async with AsyncExitStack() as stack:
        for _ in range(4):
            assert (await started(places, Arrival(), stack)).done()
        with pytest.raises(QueueFull):
            await stack.enter_async_context(places.place(Arrival()))
        # Whoever has less than its share takes the place of a slower one of those with more.
        quick = Arrival("b", bytes_per_s=101)
        assert (await started(places, quick, stack)).exception() is None


async def test_who_sends_much_faster_takes_the_place_of_the_slowest() -> None:
    places = BodyPlaces(2, 8, share=1)
    slow, slower = Arrival(bytes_per_s=20), Arrival(bytes_per_s=10)
    async with AsyncExitStack() as stack:
        for each in (slow, slower):
            assert (await started(places, each, stack)).done()
        waiting = await started(places, Arrival(bytes_per_s=39), stack)
        assert not waiting.done()
        assert (await started(places, Arrival(bytes_per_s=81), stack)).done()
        assert (slow.gave_up, slower.gave_up) == (False, True)
        waiting.cancel()


async def test_what_is_here_keeps_its_place_however_slowly_it_came() -> None:
    places = BodyPlaces(1, 8, share=1)
    here = Arrival(bytes_per_s=1, whole=True)
    async with AsyncExitStack() as others:
        async with places.place(here):
            waiting = await started(places, Arrival(bytes_per_s=1000), others)
            assert not waiting.done()
            assert not here.gave_up
        await waiting


async def test_a_line_of_slow_ones_lets_a_fast_one_in_and_refuses_the_slowest() -> None:
    places = BodyPlaces(1, 2, share=1)
    async with AsyncExitStack() as stack:
        assert (await started(places, Arrival(whole=True), stack)).done()
        slow = [await started(places, Arrival(bytes_per_s=speed), stack) for speed in (9, 8)]
        fast = await started(places, Arrival(bytes_per_s=100), stack)
        await asyncio.sleep(0)
        assert isinstance(slow[1].exception(), QueueFull)
        assert not slow[0].done()
        assert not fast.done()
        refused = await started(places, Arrival(bytes_per_s=10), stack)
        await asyncio.sleep(0)
        assert isinstance(refused.exception(), QueueFull)
        for task in (slow[0], fast):
            task.cancel()


async def test_the_crowd_of_one_client_does_not_fill_the_line_for_others() -> None:
    places = BodyPlaces(1, 4, share=0.5)
    async with AsyncExitStack() as stack:
        assert (await started(places, Arrival(whole=True), stack)).done()
        crowd = [await started(places, Arrival("a", bytes_per_s=50), stack) for _ in range(4)]
        other = await started(places, Arrival("b", bytes_per_s=51), stack)
        await asyncio.sleep(0)
        assert sum(task.done() for task in crowd) == 1
        assert not other.done()
        for task in (*crowd, other):
            task.cancel()


async def test_places_are_free_again_after_those_who_left_while_waiting() -> None:
    places = BodyPlaces(1, 4, share=1)
    async with AsyncExitStack() as others:
        async with places.place(Arrival()):
            leaving = await started(places, Arrival(), others)
            leaving.cancel()
            await asyncio.wait([leaving])
        async with asyncio.timeout(5), places.place(Arrival()):
            pass
