from __future__ import annotations

import math
import os
import threading
import time
from typing import NoReturn

import pytest

from foveate.deadline import NAME, TICK_S, Deadline, Watch, current
from foveate.errors import BrokenImage, ClientDisconnected, TimedOut

LONG_S = 10.0
"""A busy machine is slow; what comes at all comes long before that."""


def over() -> Deadline:
    return Deadline(time.monotonic() - 1)


def watchers() -> int:
    return [thread.name for thread in threading.enumerate()].count(NAME)


def test_a_stop_that_fails_keeps_no_other_from_being_stopped() -> None:
    watch, stopped = Watch(), threading.Event()

    def fail() -> None:
        raise OSError("cannot be stopped")

    watch.add(over(), fail)
    watch.add(over(), stopped.set)
    assert stopped.wait(LONG_S)
    stopped.clear()
    assert stopped.wait(LONG_S)  # and it is stopped again until it is gone


def test_what_was_done_before_the_look_is_not_stopped() -> None:
    watch, stopped, looked = Watch(), threading.Event(), threading.Event()
    watch.add(Deadline(time.monotonic() + 2 * TICK_S), looked.set)
    watch.remove(watch.add(Deadline(time.monotonic() + TICK_S), stopped.set))
    assert looked.wait(LONG_S)
    assert not stopped.is_set()


def test_one_thread_watches_all_and_sleeps_without_any() -> None:
    before, watch, asked = watchers(), Watch(), threading.Event()

    class Counted(Deadline):
        def __call__(self) -> bool:
            asked.set()
            return False

    numbers = [watch.add(Counted(time.monotonic() + LONG_S), lambda: None) for _ in range(3)]
    assert asked.wait(LONG_S)
    assert watchers() == before + 1
    for number in numbers:
        watch.remove(number)
    asked.clear()
    assert not asked.wait(4 * TICK_S)
    watch.add(Counted(time.monotonic() + LONG_S), lambda: None)
    assert asked.wait(LONG_S)


def test_what_may_run_for_ever_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", lambda _: pytest.fail("nobody is to look"))
    for unending in (current(), Deadline(math.inf)):
        with unending.stopping(lambda: None):
            pass
    assert not Deadline(math.inf, threading.Event()).never


def test_the_reason_to_stop_stands_in_place_of_the_failure_it_caused() -> None:
    left = threading.Event()
    left.set()
    for deadline, reason in ((over(), TimedOut), (Deadline(math.inf, left), ClientDisconnected)):
        stopped = threading.Event()
        with pytest.raises(reason), deadline.stopping(stopped.set):
            break_off(stopped)


def break_off(stopped: threading.Event) -> None:
    stopped.wait(LONG_S)
    raise BrokenImage


def test_a_failure_in_time_is_told_as_it_is() -> None:
    in_time = Deadline(time.monotonic() + LONG_S)
    with pytest.raises(BrokenImage), in_time.stopping(lambda: None):
        raise BrokenImage


def test_a_reason_that_says_how_far_it_came_is_told_as_it_is() -> None:
    def look() -> None:
        time.sleep(2 * TICK_S)
        raise TimedOut("late", public="3 of 5 frames were looked at.")

    with pytest.raises(TimedOut) as caught, Deadline(time.monotonic() + TICK_S):
        look()
    assert caught.value.public.startswith("3 of 5")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork there are no such children")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_watches_over_its_own_work_alone() -> None:
    ends, held = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        ends.wait(LONG_S)

    # The thread that looks is inside a stop, and so holds the lock, while the process forks.
    with over().stopping(hold):
        assert held.wait(LONG_S)
        child = os.fork()
        if not child:
            exit_when_stopped()
        ends.set()
    until = time.monotonic() + LONG_S
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
        time.sleep(TICK_S)
    if not ended[0]:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended[0]
    assert os.waitstatus_to_exitcode(ended[1]) == 0


def exit_when_stopped() -> NoReturn:
    code, stopped = 1, threading.Event()
    try:
        with over().stopping(stopped.set):
            code = 0 if stopped.wait(LONG_S / 2) else 1
    finally:
        os._exit(code)
