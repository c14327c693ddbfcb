from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.models.runtime.sessions import LazySession, Registry, Usage, after
from foveate.settings import Engine, Models, Runtime
from network_stand import negation, own_card

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

IDLE_S = 600


class FakeSession:
    provider = "fake"
    shapes = ((1, 3),)

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.during = during

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        self.during()
        return [np.asarray(x, np.float32) for x in inputs.values()]


class Desk:
    """A clock to be moved, the calls that wait for it, and how often memory was given back."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.released = 0

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.waiting.append((self.now + seconds, call))

    def pass_s(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [each for each in self.waiting if each[0] <= end]:
            first = min(due, key=lambda each: each[0])
            self.waiting.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = end

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def desk() -> Desk:
    return Desk()


def registry_at(desk: Desk, folder: Path, idle_s: int = IDLE_S, provider: str = "cpu") -> Registry:
    """Return a registry with three own networks, a, b and c."""
    models, runtime = Models(folder=str(folder)), Runtime(idle_s=idle_s, provider=provider)
    for name in "abc":
        own_card(models, name, negation()).write_bytes(negation())
    return Registry(
        models, runtime, released=desk.release, clock=lambda: desk.now, later=desk.later
    )


def use(registry: Registry, name: str) -> None:
    x = np.ones(2, np.float32)
    assert (registry.session(name)().run({"x": x})[0] == -x).all()


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


def test_the_registry_says_how_much_each_network_worked(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path)
    assert registry.usage() == {}
    registry.session("b")
    for _ in range(2):
        use(registry, "a")
    usage = registry.usage()
    assert (usage["a"].runs, usage["a"].provider) == (2, "CPUExecutionProvider")
    assert (usage["b"].runs, usage["b"].provider) == (0, "")
    assert not any(each.fell_back for each in usage.values())


def test_who_does_not_get_the_provider_that_was_asked_for_falls_back(
    desk: Desk, tmp_path: Path
) -> None:
    registry = registry_at(desk, tmp_path, provider="cuda")
    registry.session("a")
    assert not registry.usage()["a"].fell_back, "nothing was loaded yet"
    use(registry, "a")
    usage = registry.usage()["a"]
    assert usage.fell_back == (usage.provider != "CUDAExecutionProvider")


def test_the_registry_loads_each_network_once_and_tells_what_is_loaded(
    desk: Desk, tmp_path: Path
) -> None:
    registry = registry_at(desk, tmp_path)
    assert registry.loaded() == {}
    network = registry.session("a")
    assert registry.session("a") is network
    assert registry.loaded() == {"a": ""}
    use(registry, "a")
    assert registry.loaded() == {"a": "CPUExecutionProvider"}


def test_the_registry_says_what_runs_where_and_since_when_it_idles(
    desk: Desk, tmp_path: Path
) -> None:
    registry = registry_at(desk, tmp_path)
    use(registry, "a")
    registry.session("b")
    desk.now += 30
    running = registry.running()
    assert running["a"].choice.engine is Engine.ONNXRUNTIME
    assert (running["a"].provider, running["a"].idle_s) == ("CPUExecutionProvider", 30)
    assert running["b"].provider == ""


def test_idle_networks_go_and_their_memory_is_given_back(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path)
    use(registry, "a")
    desk.pass_s(IDLE_S / 2)
    use(registry, "b")
    desk.pass_s(IDLE_S / 2)
    assert registry.loaded() == {"a": "", "b": "CPUExecutionProvider"}
    assert desk.released == 1
    desk.pass_s(IDLE_S / 2)
    assert registry.loaded() == {"a": "", "b": ""}
    assert desk.released == 2
    use(registry, "a")
    assert registry.loaded()["a"] == "CPUExecutionProvider"


def test_one_timer_waits_at_most_and_none_while_nothing_is_loaded(
    desk: Desk, tmp_path: Path
) -> None:
    registry = registry_at(desk, tmp_path)
    assert desk.waiting == []
    for name in "abc":
        use(registry, name)
        assert len(desk.waiting) == 1
    for _ in range(20):
        desk.pass_s(IDLE_S / 4)
        use(registry, "a")
        assert len(desk.waiting) == 1
    desk.pass_s(2 * IDLE_S)
    assert desk.waiting == []
    assert desk.released == 2, "b and c together, then a"
    use(registry, "c")
    assert len(desk.waiting) == 1


def test_without_an_idle_time_networks_stay(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path, idle_s=0)
    use(registry, "a")
    assert desk.waiting == []
    desk.pass_s(1e6)
    assert registry.loaded() == {"a": "CPUExecutionProvider"}


def test_the_real_timer_calls_and_does_not_keep_the_process_alive() -> None:
    called = threading.Event()
    daemons: list[bool] = []

    def call() -> None:
        daemons.append(threading.current_thread().daemon)
        called.set()

    after(0.01, call)
    assert called.wait(10)
    assert daemons == [True]


def test_importing_the_package_does_not_import_the_engines() -> None:
    code = (
        "import sys, foveate.models;"
        "print([name for name in ('onnxruntime', 'openvino', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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
    network = LazySession(FakeSession, resident=lambda: next(resident), most_bytes=lambda: 5000)
    network()
    assert network.held_bytes == 5000


def test_the_registry_adds_up_what_is_loaded(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path)
    assert registry.held_bytes() == 0
    use(registry, "a")
    use(registry, "b")
    each = [registry.session(name).held_bytes for name in "ab"]
    assert registry.held_bytes() == sum(each)
    desk.pass_s(IDLE_S + 1)
    assert registry.held_bytes() == 0


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
