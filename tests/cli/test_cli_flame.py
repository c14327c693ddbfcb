"""Where processor time goes: of all threads, and of no one who waits."""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.flame import Flame, profiled, speedscope
from foveate.cli.main import app

if TYPE_CHECKING:
    from foveate.imaging import Image

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the clocks are Linux'")


def spin(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(100))


def test_threads_that_work_are_charged_and_those_that_wait_are_not() -> None:
    over = threading.Event()
    waits = threading.Thread(target=over.wait, name="waits-1")
    works = threading.Thread(target=spin, args=(0.1,), name="works-7")
    waits.start()
    with Flame() as flame:
        works.start()
        works.join()
        spin(0.05)
    over.set()
    waits.join()
    by_role: dict[str, float] = {}
    for stack, seconds in flame.spent.items():
        by_role[stack[0][0]] = by_role.get(stack[0][0], 0.0) + seconds
    assert 0.05 < by_role["works"] < 0.2
    assert by_role.get("waits", 0.0) < 0.01  # it begins to wait at some time
    # All that the process took is somewhere.
    assert sum(flame.spent.values()) >= 0.14
    spun = [stack for stack in flame.spent if "spin" in {call[0] for call in stack}]
    assert {stack[0][0] for stack in spun} == {"works", "MainThread"}


def test_the_file_is_speedscopes() -> None:
    call, inner = ("worker", "", 0), ("encode", "foveate/imaging/encode.py", 7)
    told = speedscope({(call,): 0.5, (call, inner): 1.5}, "foveate serve")
    assert told["shared"]["frames"] == [
        {"name": "worker"},
        {"name": "encode", "file": "foveate/imaging/encode.py", "line": 7},
    ]
    (profile,) = told["profiles"]
    assert profile["samples"] == [[0], [0, 1]]
    assert profile["weights"] == [0.5, 1.5]
    assert profile["endValue"] == 2.0


def test_what_failed_is_in_the_file_as_well_and_without_one_nothing_is_done(
    tmp_path: Path,
) -> None:
    file = tmp_path / "profile.json"
    with pytest.raises(KeyError), profiled(file, "it"):
        raise KeyError
    assert json.loads(file.read_text())["name"] == "it"
    threads = threading.active_count()
    with profiled(None, "it"):
        assert threading.active_count() == threads


def test_a_look_keeps_nothing_that_threads_were_at_once_they_are_done() -> None:
    seen, over = threading.Event(), threading.Event()
    kept: list[weakref.ref[threading.Event]] = []

    def work() -> None:
        local = threading.Event()
        kept.append(weakref.ref(local))
        seen.set()
        over.wait()

    works = threading.Thread(target=work)
    gc.disable()  # what only it frees is what is looked for
    try:
        works.start()
        seen.wait()
        with Flame():
            time.sleep(0.03)
            over.set()
            works.join()
        assert kept[0]() is None
    finally:
        gc.enable()


def test_a_profile_that_cannot_be_written_says_so() -> None:
    said = r"profile could not be written: No space left.*/dev/full"
    with pytest.raises(OSError, match=said), profiled(Path("/dev/full"), "it"):
        pass


def test_render_says_where_its_time_went(tmp_path: Path, photo: Image) -> None:
    # So large that it takes many times as long as from one sample to the next.
    photo.resize(10).write_to_file(str(tmp_path / "a.png"), compression=1)
    words = [tmp_path / "a.png", tmp_path / "b.jpg", "-o", "width=900", "--profile", tmp_path / "p"]
    done = CliRunner().invoke(app, ["render", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0
    told = json.loads((tmp_path / "p").read_text())
    files = {frame.get("file", "") for frame in told["shared"]["frames"]}
    assert any(file.startswith("foveate/") for file in files)
