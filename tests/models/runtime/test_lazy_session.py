from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sessions_stand import IDLE_S, Desk, FakeSession

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.models.runtime.lazy_session import LazySession, Usage


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_network_is_loaded_by_one_while_all_wait() -> None:
    made: list[int] = []

    def make() -> FakeSession:
        made.append(1)
        time.sleep(0.05)
        return FakeSession()

    network = LazySession(make)
    assert not network.loaded
    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(lambda n: network().run({"x": np.array([n])})[0][0], range(8)))
    assert outputs == list(range(8))
    assert len(made) == 1
    assert network.loaded


def test_it_is_tried_again_after_a_failure() -> None:
    answers = iter([ValueError("not yet"), None])

    def make() -> FakeSession:
        if (answer := next(answers)) is not None:
            raise answer
        return FakeSession()

    network = LazySession(make)
    with pytest.raises(ValueError, match="not yet"):
        network()
    assert not network.loaded
    assert network().provider == "fake"
    assert network().shapes == ((1, 3),)


def test_loaded_never_waits_for_one_who_loads() -> None:
    started, go = threading.Event(), threading.Event()

    def make() -> FakeSession:
        started.set()
        go.wait(10)
        return FakeSession()

    network = LazySession(make)
    loader = threading.Thread(target=network)
    loader.start()
    assert started.wait(10)
    assert not network.loaded
    assert network.running_on == ""
    go.set()
    loader.join()
    assert network.running_on == "fake"


def test_a_network_that_runs_is_never_dropped(desk: Desk) -> None:
    dropped: list[bool] = []

    def long_run() -> None:
        desk.now += 10_000
        dropped.append(network.drop_after(IDLE_S))
        assert network.idle_s() == 0

    network = LazySession(lambda: FakeSession(long_run), clock=lambda: desk.now)
    network().run({"x": np.ones(1)})
    assert dropped == [False]
    assert not network.drop_after(IDLE_S), "it has only just ended"
    desk.now += IDLE_S
    assert network.drop_after(IDLE_S)
    assert not network.loaded


def test_a_network_that_was_just_asked_for_is_not_dropped(desk: Desk) -> None:
    network = LazySession(FakeSession, clock=lambda: desk.now)
    network()
    desk.now += IDLE_S
    network()
    assert not network.drop_after(IDLE_S)


def test_loading_longer_than_idling_may_take_is_not_idling(desk: Desk) -> None:
    def slow() -> FakeSession:
        desk.now += 2 * IDLE_S
        return FakeSession()

    network = LazySession(slow, clock=lambda: desk.now)
    network()
    assert not network.drop_after(IDLE_S)


def test_who_still_holds_a_dropped_network_has_it_loaded_anew(desk: Desk) -> None:
    made: list[int] = []

    def make() -> FakeSession:
        made.append(1)
        return FakeSession()

    network = LazySession(make, clock=lambda: desk.now)
    held = network()
    desk.now += IDLE_S
    assert network.drop_after(IDLE_S)
    assert held.run({"x": np.ones(1)})[0] == [1]
    assert len(made) == 2


def test_runs_are_counted_and_timed_without_the_loading(desk: Desk) -> None:
    def slow_load() -> FakeSession:
        desk.now += 100
        return FakeSession(lambda: desk.pass_s(2))

    network = LazySession(slow_load, clock=lambda: desk.now)
    assert network.usage() == Usage(runs=0, seconds=0.0, provider="", fell_back=0)
    for _ in range(3):
        network().run({"x": np.ones(1)})
    done = Usage(runs=3, seconds=6.0, provider="fake", fell_back=0)
    assert network.usage() == done
    desk.now += IDLE_S
    assert network.drop_after(IDLE_S)
    assert network.usage() == done, "what was counted stays when it is dropped"


def test_a_run_that_fails_counts_and_one_that_cannot_be_loaded_does_not(desk: Desk) -> None:
    def fail() -> None:
        raise ValueError("no such input")

    answers = iter([None, FakeSession(fail)])

    def load() -> FakeSession:
        if (session := next(answers)) is None:
            raise ValueError("not yet")
        return session

    network = LazySession(load, clock=lambda: desk.now)
    for sentence, runs in (("not yet", 0), ("no such input", 1)):
        with pytest.raises(ValueError, match=sentence):
            network.run({"x": np.ones(1)})
        assert network.usage().runs == runs
    assert network.idle_s() == 0
    desk.now += 1
    assert network.idle_s() == 1, "nobody is inside any more"


def test_runs_of_many_threads_are_all_counted() -> None:
    network = LazySession(FakeSession)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: network.run({"x": np.ones(1)}), range(400)))
    assert network.usage().runs == 400


def test_what_a_network_holds_is_known_until_it_is_dropped() -> None:
    resident = iter([1000, 1700])
    network = LazySession(FakeSession, resident=lambda: next(resident))
    assert network.held_bytes == 0
    network().run({"x": np.ones(3, np.float32)})
    assert network.held_bytes == 700
    assert network.drop_after(0)
    assert network.held_bytes == 0


def test_what_others_take_while_a_network_loads_is_not_held_against_it() -> None:
    resident = iter([1000, 900_000])
    network = LazySession(
        FakeSession, resident=lambda: next(resident), counted=lambda grown: min(grown, 5000)
    )
    network()
    assert network.held_bytes == 5000


def test_who_waits_for_the_load_of_another_one_leaves_at_its_deadline() -> None:
    loading, go_on = threading.Event(), threading.Event()

    def load() -> FakeSession:
        loading.set()
        go_on.wait(10)
        return FakeSession()

    network = LazySession(load)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(network)
        loading.wait(10)
        with pytest.raises(TimedOut), Deadline(time.monotonic() + 0.1):
            network()
        go_on.set()
        assert first.result().loaded
