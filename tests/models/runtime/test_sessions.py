from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sessions_stand import IDLE_S, Desk

from foveate.models.runtime.resident import Memory
from foveate.models.runtime.sessions import Registry, after
from foveate.settings import Engine, Models, Runtime
from network_stand import negation, own_card

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings.kinds import Provider


@pytest.fixture
def desk() -> Desk:
    return Desk()


def registry_at(
    desk: Desk,
    folder: Path,
    *,
    idle_s: int = IDLE_S,
    provider: Provider = "cpu",
    most_bytes: int = 10_000,
) -> Registry:
    """Return a registry with three own networks, a, b and c, each of which holds 100 bytes."""
    models, runtime = Models(folder=str(folder)), Runtime(idle_s=idle_s, provider=provider)
    for name in "abc":
        own_card(models, name, negation()).write_bytes(negation())
    return Registry(
        models,
        runtime,
        memory=Memory(most_bytes=most_bytes, release=desk.release, resident=desk.resident),
        clock=lambda: desk.now,
        later=desk.later,
    )


def use(registry: Registry, name: str) -> None:
    x = np.ones(2, np.float32)
    assert (registry.session(name)().run({"x": x})[0] == -x).all()


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


def test_the_registry_adds_up_what_is_loaded(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path)
    assert registry.held_bytes() == 0
    use(registry, "a")
    use(registry, "b")
    assert registry.held_bytes() == 200
    desk.pass_s(IDLE_S + 1)
    assert registry.held_bytes() == 0


def on(registry: Registry) -> str:
    """Return the names of the networks that are loaded."""
    return "".join(name for name, provider in registry.loaded().items() if provider)


def test_the_longest_idle_network_makes_room_for_another(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path, most_bytes=250)
    for name in "aba":
        use(registry, name)
        desk.pass_s(1)
    assert (on(registry), desk.released) == ("ab", 0), "there is room for two"
    use(registry, "c")
    assert on(registry) == "ac"
    assert registry.held_bytes() == 200
    use(registry, "b")
    assert on(registry) == "bc"


def test_room_is_made_before_the_load_by_what_is_known_and_after_it_by_what_it_took(
    desk: Desk, tmp_path: Path
) -> None:
    weights = len(negation())
    registry = registry_at(desk, tmp_path, most_bytes=100 + weights)
    load = ["measured", "measured"]
    use(registry, "a")
    desk.pass_s(1)
    use(registry, "b")
    assert desk.events == [*load, *load, "released"], "it took more than its weights"
    desk.pass_s(1)
    use(registry, "a")
    assert desk.events == [*load, *load, "released", "released", *load]
    assert on(registry) == "a"


def test_networks_make_room_for_pictures_the_longest_idle_first(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path)
    for name in "abc":
        use(registry, name)
        desk.pass_s(1)
    registry.make_room(0)
    assert (on(registry), desk.released) == ("abc", 0)
    registry.make_room(101)
    assert (on(registry), desk.released) == ("c", 1)
    use(registry, "a")
    assert on(registry) == "ac"


def test_one_network_alone_is_loaded_whatever_it_takes(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path, most_bytes=1)
    for name in "abc":
        use(registry, name)
        assert on(registry) == name
        desk.pass_s(1)


def test_who_has_room_pays_nothing_for_the_bound(desk: Desk, tmp_path: Path) -> None:
    registry = registry_at(desk, tmp_path, most_bytes=300)
    for name in "abcabc":
        use(registry, name)
        desk.pass_s(1)
    assert (on(registry), desk.released) == ("abc", 0)
    assert desk.events == 6 * ["measured"], "each was loaded once"


def test_a_network_that_fills_free_memory_counts_with_its_weights(
    desk: Desk, tmp_path: Path
) -> None:
    registry = registry_at(desk, tmp_path)
    desk.grows_by = 0
    use(registry, "a")
    assert registry.held_bytes() == len(negation())


def test_what_others_take_meanwhile_is_not_all_held_against_a_network(
    desk: Desk, tmp_path: Path
) -> None:
    registry = registry_at(desk, tmp_path)
    desk.grows_by = 10**12
    use(registry, "a")
    assert 0 < registry.held_bytes() < 10**9
