"""Whether a cluster runs on this machine is known without Ray."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from foveate.cluster import local
from foveate.errors import BadSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDS = """
import fcntl, signal, sys
file = open(sys.argv[1], "ab")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
signal.pause()
"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    local.folder().mkdir(parents=True)


@contextmanager
def holding(name: str) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold a lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, local.folder() / name], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.fixture
def keeper() -> Iterator[subprocess.Popen[str]]:
    with holding(local.LOCK) as process:
        note(process.pid, state="running", http="http://127.0.0.1:8100")
        yield process


def note(process: int, **more: str) -> None:
    (local.folder() / "keeper.json").write_text(json.dumps({"process": process, **more}))


def test_a_keeper_that_is_there_is_stopped_by_its_number(keeper: subprocess.Popen[str]) -> None:
    found = local.read()
    assert found is not None
    assert found.state == "running"
    assert local.down()
    assert keeper.wait(10) != 0
    assert local.read() is None


def test_a_note_that_a_keeper_left_stops_nobody_who_has_its_number_now() -> None:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger:
        note(stranger.pid, state="running")
        assert local.read() is None
        assert not local.down()
        assert stranger.poll() is None
        stranger.kill()


def test_a_state_folder_that_cannot_be_is_said_before_a_cluster_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(BadSettings, match="file/foveate/cluster, got: Not a directory"):
        local.prepared()


def test_why_a_cluster_did_not_come_up_stays_to_be_read() -> None:
    note(1, state="failed", problem="no networks")
    found = local.read()
    assert found is not None
    assert found.problem == "no networks"
    assert not local.down()
    assert local.read() is None


def test_who_starts_a_cluster_while_another_does_leaves_what_that_one_planned() -> None:
    plan = local.folder() / "plan.json"
    plan.write_text("{}")
    with (
        holding(local.BEGINNING),
        pytest.raises(Unavailable, match="is being started already"),
    ):
        local.up({"deployments": {"front": {"max": 9}}}, {})
    assert plan.read_text() == "{}"


def test_how_a_cluster_is_that_does_not_answer_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers, stop = iter(["away", "away", "", "away again"]), threading.Event()

    def look() -> None:
        if (answer := next(answers, None)) is None:
            stop.set()
        elif answer:
            raise OSError(answer)

    local.watch(look, stop, 0)
    assert [str(each.exc_info[1]) for each in caplog.records if each.exc_info] == [
        "away", "away again",
    ]  # fmt: skip
