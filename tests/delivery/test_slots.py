from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.delivery.slots import PASSED_S, BoundedSemaphore, Slots
from foveate.errors import MemoryBudgetSpent, QueueFull


async def started(slots: Slots, need: int) -> asyncio.Task[None]:
    task = asyncio.create_task(slots.acquire(need))
    await asyncio.sleep(0)
    return task


def test_workers_are_granted_in_order() -> None:
    async def main() -> None:
        slots = Slots(1, 100)
        await slots.acquire(1)
        first, second = await started(slots, 1), await started(slots, 1)
        slots.release(1)
        await first
        assert not second.done()
        slots.release(1)
        await second

    asyncio.run(main())


def test_what_fits_passes_what_waits_for_memory_for_a_while() -> None:
    async def main() -> None:
        now = [0.0]
        slots = Slots(9, 100, clock=lambda: now[0])
        await slots.acquire(60)
        big = await started(slots, 50)
        await asyncio.wait_for(slots.acquire(1), 1)
        now[0] = PASSED_S
        small = await started(slots, 1)
        assert not big.done()
        assert not small.done()
        slots.release(60)
        await asyncio.gather(big, small)

    asyncio.run(main())


def test_nobody_passes_who_would_not_fit_or_where_no_worker_is_free() -> None:
    async def main() -> None:
        slots = Slots(2, 100)
        await slots.acquire(60)
        big, large = await started(slots, 90), await started(slots, 41)
        small, other = await started(slots, 1), await started(slots, 1)
        assert [task.done() for task in (big, large, small, other)] == [False, False, True, False]
        for task in (big, large, other):
            task.cancel()
        await asyncio.wait((big, large, other))

    asyncio.run(main())


Job = tuple[int, int]
"""How many bytes some work needs, and how many seconds it takes."""


@given(
    st.lists(st.tuples(st.integers(1, 100), st.integers(1, 9)), min_size=1, max_size=40),
    st.integers(1, 4),
)
def test_nobody_is_starved_by_those_who_pass(jobs: list[Job], workers: int) -> None:
    """One comes each second; who is first begins once those are done who may go before."""
    longest = max(seconds for _, seconds in jobs)

    async def main() -> None:
        now = [0.0]
        slots = Slots(workers, 100, clock=lambda: now[0])
        waiting: list[tuple[Job, asyncio.Task[None]]] = []
        ends: list[tuple[float, int]] = []
        first, since, come = None, 0.0, list(jobs)
        while come or waiting:
            for end in [end for end in ends if end[0] <= now[0]]:
                ends.remove(end)
                slots.release(end[1])
            if come:
                waiting.append((come[0], await started(slots, come.pop(0)[0])))
            await asyncio.sleep(0)
            ends += [(now[0] + job[1], job[0]) for job, task in waiting if task.done()]
            waiting = [each for each in waiting if not each[1].done()]
            if waiting and waiting[0] is not first:
                first, since = waiting[0], now[0]
            assert not waiting or now[0] - since <= PASSED_S + longest
            now[0] += 1

    asyncio.run(main())


def test_what_never_fits_is_refused_at_once() -> None:
    async def main() -> None:
        with pytest.raises(MemoryBudgetSpent, match="101"):
            await Slots(1, 100).acquire(101)

    asyncio.run(main())


def test_who_leaves_the_queue_lets_the_next_one_in() -> None:
    async def main() -> None:
        now = [0.0]
        slots = Slots(9, 100, clock=lambda: now[0])
        await slots.acquire(60)
        big = await started(slots, 50)
        now[0] = PASSED_S
        small = await started(slots, 1)
        assert not small.done()
        big.cancel()
        await small
        assert big.cancelled()

    asyncio.run(main())


def test_a_grant_to_one_who_just_left_is_not_lost() -> None:
    async def main() -> None:
        slots = Slots(1, 100)
        await slots.acquire(1)
        leaver, next_one = await started(slots, 1), await started(slots, 1)
        slots.release(1)
        leaver.cancel()
        await asyncio.wait_for(next_one, 1)

        last = await started(slots, 1)
        last.cancel()
        slots.release(1)
        await asyncio.wait_for(slots.acquire(1), 1)

    asyncio.run(main())


def test_at_a_gate_only_so_many_wait_and_who_leaves_makes_room() -> None:
    async def main() -> None:
        semaphore = BoundedSemaphore(1, 1)
        await semaphore.acquire()
        waiting = asyncio.create_task(semaphore.acquire())
        await asyncio.sleep(0)
        with pytest.raises(QueueFull):
            await semaphore.acquire()
        waiting.cancel()
        await asyncio.wait({waiting})
        following = asyncio.create_task(semaphore.acquire())
        await asyncio.sleep(0)
        semaphore.release()
        assert await following

    asyncio.run(main())


def test_a_gate_without_a_queue_lets_in_as_many_as_there_are_places() -> None:
    async def main() -> None:
        semaphore = BoundedSemaphore(2, 0)
        await semaphore.acquire()
        await semaphore.acquire()
        with pytest.raises(QueueFull):
            await semaphore.acquire()
        semaphore.release()
        await semaphore.acquire()

    asyncio.run(main())


def test_what_is_held_anyway_is_taken_off_and_comes_back() -> None:
    async def main() -> None:
        held = 60
        slots = Slots(2, 100, lambda: held)
        with pytest.raises(MemoryBudgetSpent, match="networks hold 60"):
            await slots.acquire(41)
        await slots.acquire(30)
        second = await started(slots, 20)
        assert not second.done()
        held = 0
        slots.release(30)
        await second
        await slots.acquire(80)

    asyncio.run(main())


def test_what_no_longer_fits_is_refused_when_nothing_runs_that_could_make_room() -> None:
    async def main() -> None:
        held = 0
        slots = Slots(2, 100, lambda: held)
        await slots.acquire(60)
        large, small = await started(slots, 90), await started(slots, 10)
        await small
        held = 50
        slots.release(60)
        assert not large.done(), "the other one may give some back"
        slots.release(10)
        with pytest.raises(MemoryBudgetSpent):
            await large

    asyncio.run(main())


class Idle:
    """Networks that hold some bytes, and let go of them when nobody needs them."""

    def __init__(self, held: int, in_use: int = 0) -> None:
        self.held, self.in_use = held, in_use
        self.asked: list[int] = []

    def make_room(self, need: int) -> None:
        self.asked.append(need)
        self.held = max(self.in_use, self.held - need)

    def slots(self) -> Slots:
        return Slots(2, 100, lambda: self.held, self.make_room)


def test_idle_networks_make_room_for_what_would_never_fit_beside_them() -> None:
    async def main() -> None:
        idle = Idle(60)
        slots = idle.slots()
        await slots.acquire(40)
        assert not idle.asked, "there was room"
        slots.release(40)
        await slots.acquire(70)
        assert (idle.asked, idle.held) == ([30], 30)

    asyncio.run(main())


def test_as_long_as_something_runs_its_memory_is_waited_for_first() -> None:
    async def main() -> None:
        idle = Idle(60)
        slots = idle.slots()
        await slots.acquire(30)
        waiting = await started(slots, 50)
        assert not idle.asked
        slots.release(30)
        await waiting
        assert idle.asked == [10]

    asyncio.run(main())


def test_the_loop_goes_on_while_networks_are_let_go() -> None:
    async def main() -> None:
        going, begun = threading.Event(), asyncio.Event()
        loop, held = asyncio.get_running_loop(), [60]

        def slowly(need: int) -> None:
            loop.call_soon_threadsafe(begun.set)
            going.wait(5)
            held[0] -= need

        slots = Slots(2, 100, lambda: held[0], slowly)
        large, small = await started(slots, 70), await started(slots, 10)
        await begun.wait()
        assert not large.done()
        assert not small.done(), "first come, first served"
        going.set()
        await large
        assert held == [30]
        slots.release(70)
        await small

    asyncio.run(main())


def test_room_that_cannot_be_made_is_asked_for_once_and_refused() -> None:
    async def main() -> None:
        asked = []

        def fails(need: int) -> None:
            asked.append(need)
            raise RuntimeError

        slots = Slots(2, 100, lambda: 60, fails)
        with pytest.raises(MemoryBudgetSpent):
            await slots.acquire(50)
        await slots.acquire(40)
        assert asked == [10]

    asyncio.run(main())


def test_networks_at_work_make_no_room() -> None:
    async def main() -> None:
        slots = Idle(60, in_use=60).slots()
        with pytest.raises(MemoryBudgetSpent, match="networks hold 60"):
            await slots.acquire(41)
        await slots.acquire(40)

    asyncio.run(main())


def test_a_worker_is_taken_at_once_only_where_one_is_free_and_nobody_waits() -> None:
    async def main() -> None:
        slots = Slots(2, 100)
        assert slots.try_worker()
        await slots.acquire(60)
        assert not slots.try_worker()
        slots.release(0)
        waiting = await started(slots, 50)
        assert not slots.try_worker()
        slots.release(60)
        await waiting

    asyncio.run(main())


def test_memory_taken_in_a_thread_is_counted_as_that_of_the_others() -> None:
    async def main() -> None:
        slots = Slots(9, 100)
        assert await asyncio.to_thread(slots.try_memory, 60)
        assert not slots.try_memory(41)
        waiting = await started(slots, 50)
        assert not slots.try_memory(1)  # who waits goes first
        slots.release(60, workers=0)
        await waiting
        assert slots.try_memory(50)

    asyncio.run(main())
