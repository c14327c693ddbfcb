from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from delivery_fakes import Desk, at, until

from foveate.aside import step_aside
from foveate.deadline import current
from foveate.errors import (
    AnimationTooLarge,
    ClientDisconnected,
    QueueFull,
    ServerBusy,
    TimedOut,
    Unavailable,
)
from foveate.metrics import IN_FLIGHT, QUEUED, SPANS
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from foveate.deadline import Deadline
    from foveate.trace import Trace


def test_beyond_workers_and_queue_the_answer_is_queue_full() -> None:
    desk = Desk()

    async def talk() -> None:
        first, second = (asyncio.create_task(desk.ask()) for _ in range(2))
        await until(lambda: desk.running)
        assert (desk.metrics.gauges[IN_FLIGHT](), desk.metrics.gauges[QUEUED]()) == (1, 1)
        with pytest.raises(QueueFull):
            await desk.ask()
        desk.release.set()
        assert await asyncio.gather(first, second) == ["done", "done"]
        assert await desk.ask() == "done"

    at(desk, talk)


@pytest.mark.alone
def test_the_deadline_includes_the_time_in_the_queue() -> None:
    desk = Desk(timeout_s=0.1)

    async def talk() -> None:
        first, second = (asyncio.create_task(desk.ask()) for _ in range(2))
        started = time.monotonic()
        said = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(error) for error in said] == [TimedOut, ServerBusy]
        assert 0.1 <= time.monotonic() - started < 1

    at(desk, talk)


def test_who_only_waited_is_told_that_we_are_busy_and_is_not_begun() -> None:
    desk, begun = Desk(timeout_s=0.4), list[str]()

    def stubborn(_: Deadline, __: Trace) -> str:
        desk.release.wait(3)
        return "late"

    async def talk() -> None:
        working = asyncio.create_task(desk.ask(stubborn))
        await until(lambda: desk.metrics.gauges[IN_FLIGHT]() == 1)
        with pytest.raises(ServerBusy):
            await desk.ask(lambda *_: begun.append("begun") or "done")
        assert not working.done(), "it was told before its time was over"
        desk.release.set()
        assert await working == "late"
        assert not begun

    at(desk, talk)


def test_what_began_late_and_was_not_done_is_told_that_we_are_busy() -> None:
    desk = Desk(timeout_s=0.1)

    async def late(waited_s: float) -> None:
        async with desk.admission.admit() as admitted:
            admitted.waits(waited_s)
            await asyncio.sleep(3)

    async def talk() -> None:
        with pytest.raises(ServerBusy, match="waited for"):
            await late(0.06)
        with pytest.raises(TimedOut):
            await late(0.04)

    at(desk, talk)


def test_whose_own_bound_was_reached_is_told_so_however_long_it_waited() -> None:
    desk = Desk(timeout_s=5)

    async def bounded() -> None:
        async with desk.admission.admit() as admitted:
            admitted.waits(4)
            raise TimedOut("an SVG")

    async def talk() -> None:
        with pytest.raises(TimedOut, match="an SVG"):
            await bounded()

    at(desk, talk)


def test_work_that_ignores_its_deadline_is_answered_and_keeps_its_slot() -> None:
    desk = Desk(timeout_s=0.05)

    def stubborn(_: Deadline, __: Trace) -> str:
        desk.release.wait(3)
        return "late"

    async def talk() -> None:
        with pytest.raises(TimedOut):
            await desk.ask(stubborn)
        assert desk.metrics.gauges[IN_FLIGHT]() == 1
        desk.release.set()
        await until(lambda: desk.metrics.gauges[IN_FLIGHT]() == 0)
        assert await desk.ask() == "done"

    at(desk, talk)


def test_who_sent_no_picture_is_not_told_of_one_that_took_too_long() -> None:
    desk = Desk(timeout_s=0.05)

    async def late() -> None:
        async with desk.admission.admit(pictures=False):
            await asyncio.sleep(3)

    async def stopped() -> None:
        async with desk.admission.admit(pictures=False):
            raise current().error

    async def talk() -> None:
        for act in (late, stopped):
            with pytest.raises(TimedOut) as caught:
                await act()
            assert "picture" not in caught.value.public
            assert "Try again" in caught.value.public

    at(desk, talk)


def test_what_takes_too_long_may_say_what_would_help() -> None:
    desk = Desk(timeout_s=0.05)

    def stubborn(_: Deadline, trace: Trace) -> str:
        trace.unfinished = "Ask for fewer frames."
        desk.release.wait(3)
        return "late"

    async def talk() -> None:
        with pytest.raises(TimedOut) as caught:
            await desk.ask(stubborn)
        assert caught.value.public == "Ask for fewer frames."
        desk.release.set()

    at(desk, talk)


def test_an_animation_without_room_is_told_how_many_of_its_frames_have_some() -> None:
    desk = Desk()

    async def talk() -> None:
        async with desk.admission.admit() as admitted:
            long = Work(310, lambda _deadline, _trace: "", frames=30, frame_bytes=10)
            with pytest.raises(AnimationTooLarge) as caught:
                await admitted.work(long, span="render")
        for word in ("about 9 frames", "got 30", "anim=false"):
            assert word in caught.value.public

    at(desk, talk)


def test_what_goes_on_beyond_its_deadline_is_measured_to_its_end() -> None:
    desk = Desk(timeout_s=0.05)
    measured = desk.metrics.histograms

    def stubborn(_: Deadline, trace: Trace) -> str:
        with trace.span("decode"):
            desk.release.wait(3)
        return "late"

    async def talk() -> None:
        with pytest.raises(TimedOut):
            await desk.ask(stubborn)
        assert (SPANS, ("decode",)) not in measured
        await asyncio.sleep(0.05)
        desk.release.set()
        await until(lambda: (SPANS, ("decode",)) in measured)
        assert measured[SPANS, ("decode",)].total_s > 0.05
        for name in ("queue", "render", "decode"):
            assert sum(measured[SPANS, (name,)].counts) == 1

    at(desk, talk)


def test_a_client_that_leaves_the_queue_frees_its_place_at_once() -> None:
    desk = Desk()

    async def talk() -> None:
        first, queued = (asyncio.create_task(desk.ask()) for _ in range(2))
        await until(lambda: desk.running)
        queued.cancel()
        await asyncio.wait({queued})
        third = asyncio.create_task(desk.ask())
        await asyncio.sleep(0.01)
        assert not third.done()
        desk.release.set()
        assert await asyncio.gather(first, third) == ["done", "done"]

    at(desk, talk)


def test_errors_of_the_work_come_back_and_free_the_worker() -> None:
    desk = Desk()

    def broken(_: Deadline, __: Trace) -> str:
        raise ValueError("broken")

    async def talk() -> None:
        with pytest.raises(ValueError, match="broken"):
            await desk.ask(broken)
        desk.release.set()
        assert await desk.ask() == "done"

    at(desk, talk)


def test_stopping_lets_running_work_finish_and_admits_nothing() -> None:
    desk = Desk()

    async def talk() -> None:
        running = asyncio.create_task(desk.ask())
        await until(lambda: desk.running)
        stopping = asyncio.create_task(desk.admission.stop(3))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await desk.ask()
        desk.release.set()
        assert await running == "done"
        await stopping

    at(desk, talk)


def test_stopping_ends_work_that_takes_too_long() -> None:
    desk = Desk()

    async def talk() -> None:
        running = asyncio.create_task(desk.ask())
        await until(lambda: desk.running)
        await desk.admission.stop(0)
        with pytest.raises(ClientDisconnected):
            await running

    at(desk, talk)


def test_memory_is_given_back_when_there_was_no_work_for_a_while() -> None:
    desk = Desk()
    desk.release.set()

    async def talk() -> None:
        await desk.ask()
        assert not desk.trimmed.is_set()
        await until(desk.trimmed.is_set)

    at(desk, talk)


def test_a_request_takes_a_place_only_when_it_has_something_to_work_on() -> None:
    desk = Desk(workers=1, queue=1)
    desk.release.set()

    async def idle() -> None:
        async with desk.admission.admit():
            await asyncio.Event().wait()

    async def talk() -> None:
        waiting = [asyncio.create_task(idle()) for _ in range(9)]
        await asyncio.sleep(0)
        assert await desk.ask() == "done"
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)

    at(desk, talk)


def test_a_header_that_is_never_read_piles_up_no_threads() -> None:
    desk = Desk(workers=2, queue=9, timeout_s=0.3)

    async def probe() -> None:
        async with desk.admission.admit() as admitted:
            await desk.admission.probe(lambda: desk.release.wait(3), admitted)

    async def talk() -> None:
        before = threading.active_count()
        said = await asyncio.gather(*(probe() for _ in range(20)), return_exceptions=True)
        assert {type(error) for error in said} == {TimedOut}
        assert threading.active_count() - before <= 2
        desk.release.set()
        assert await desk.ask() == "done"

    at(desk, talk)


def test_a_stopped_server_looks_at_no_header() -> None:
    desk = Desk()

    async def talk() -> None:
        async with desk.admission.admit() as admitted:
            await desk.admission.stop(0)
            with pytest.raises(Unavailable):
                await desk.admission.probe(lambda: 1, admitted)

    at(desk, talk)


def look_until_it_is_over(seen: list[type[Exception]]) -> None:
    """Read a header until the deadline says that nobody waits for it any more."""
    while not current()():
        time.sleep(0.002)
    seen.append(type(current().error))


def test_looking_at_a_header_ends_when_its_client_leaves() -> None:
    desk, seen = Desk(workers=1), list[type[Exception]]()

    async def probe() -> None:
        async with desk.admission.admit() as admitted:
            await desk.admission.probe(lambda: look_until_it_is_over(seen), admitted)

    async def talk() -> None:
        leaving = asyncio.create_task(probe())
        await asyncio.sleep(0.05)
        leaving.cancel()
        await until(lambda: seen == [ClientDisconnected])

    at(desk, talk)


def test_looking_at_a_header_ends_with_its_deadline_and_with_the_server() -> None:
    desk, seen = Desk(workers=2, timeout_s=0.1), list[type[Exception]]()

    async def probe() -> None:
        async with desk.admission.admit() as admitted:
            await desk.admission.probe(lambda: look_until_it_is_over(seen), admitted)

    async def talk() -> None:
        with pytest.raises(TimedOut):
            await probe()
        await until(lambda: len(seen) == 1)
        staying = asyncio.create_task(probe())
        await asyncio.sleep(0.01)
        await desk.admission.stop(0)
        await until(lambda: len(seen) == 2)
        await asyncio.wait({staying})

    at(desk, talk)


def test_who_steps_aside_lends_the_worker_and_keeps_the_memory_to_the_end() -> None:
    desk = Desk(queue=4)

    def wait(deadline: Deadline, _: Trace) -> str:
        desk.running.append(deadline)
        step_aside()
        step_aside()
        desk.release.wait(3)
        return "waited"

    async def ask(need: int, work: Callable[[Deadline, Trace], str]) -> str:
        async with desk.admission.admit() as admitted:
            return await admitted.work(Work(need, work), span="render")

    async def talk() -> None:
        waiting = [asyncio.create_task(ask(30, wait)) for _ in range(2)]
        await until(lambda: len(desk.running) == 2)
        assert await ask(40, lambda *_: "small") == "small"
        large = asyncio.create_task(ask(41, lambda *_: "large"))
        await asyncio.sleep(0.05)
        assert not large.done()
        desk.release.set()
        assert await asyncio.gather(*waiting, large) == ["waited", "waited", "large"]
        desk.release.clear()
        desk.running.clear()
        both = [asyncio.create_task(desk.ask()) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert len(desk.running) == 1, "a worker that was lent is one worker still"
        desk.release.set()
        assert await asyncio.gather(*both) == ["done", "done"]

    at(desk, talk)


def test_work_has_the_deadline_of_its_request() -> None:
    desk = Desk()

    async def talk() -> None:
        said = await desk.ask(lambda deadline, _: str(current() is deadline))
        assert said == "True"

    at(desk, talk)


def made_in(desk: Desk, need: int) -> Callable[[list[str]], Coroutine[object, object, str]]:
    """Return what makes something of a header, and notes the threads that read it and work."""

    async def make(seen: list[str]) -> str:
        def run(*_: object) -> str:
            seen.append(threading.current_thread().name)
            return "made"

        def prepare() -> Work[str]:
            seen.append(threading.current_thread().name)
            return Work(need, run)

        async with desk.admission.admit() as admitted:
            return await admitted.make(prepare, span="render")

    return make


def test_a_header_is_read_by_the_worker_that_is_free_and_goes_on_with_it() -> None:
    desk, seen = Desk(), list[str]()

    async def talk() -> None:
        assert await made_in(desk, 1)(seen) == "made"
        await until(lambda: desk.metrics.gauges[IN_FLIGHT]() == 0)
        await desk.admission.slots.acquire(100)  # all of it is back

    at(desk, talk)
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_what_has_no_room_beside_the_others_waits_though_its_header_was_read() -> None:
    desk, seen = Desk(workers=2), list[str]()

    async def talk() -> None:
        await desk.admission.slots.acquire(60)
        waiting = asyncio.create_task(made_in(desk, 41)(seen))
        await until(lambda: seen)
        await asyncio.sleep(0.02)
        assert not waiting.done()
        assert len(seen) == 1
        desk.admission.slots.release(60)
        assert await waiting == "made"

    at(desk, talk)


def test_a_header_that_is_refused_gives_its_worker_back() -> None:
    desk = Desk(workers=1)

    def prepare() -> Work[str]:
        raise ValueError("no picture")

    async def ask() -> str:
        async with desk.admission.admit() as admitted:
            return await admitted.make(prepare, span="render")

    async def talk() -> None:
        with pytest.raises(ValueError, match="no picture"):
            await ask()
        await until(lambda: desk.metrics.gauges[IN_FLIGHT]() == 0)
        desk.release.set()
        assert await desk.ask() == "done"

    at(desk, talk)


def test_who_is_not_let_in_keeps_no_memory_from_being_given_back() -> None:
    desk = Desk()

    def let_in() -> None:
        raise Unavailable("nothing is left to spend")

    async def talk() -> None:
        desk.release.set()
        await desk.ask()
        desk.admission.let_in = let_in
        with pytest.raises(Unavailable):
            await desk.ask()
        await until(desk.trimmed.is_set)

    at(desk, talk)
