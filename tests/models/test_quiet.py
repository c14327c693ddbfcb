"""No library calls anybody: a trap stands before libc while faces are found and recognised."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from foveate.models import quiet
from foveate.models.runtime import openvino_engine
from foveate.models.supply.cards import CARDS, choose
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

TRAP = Path(__file__).with_name("trap")
PATIENCE_S = 13.0
"""onnxruntime 1.29 to 1.32 call 9 s after their import, OpenVINO 2025 and 2026 at once."""
ENGINES = ["onnxruntime", "openvino"] if openvino_engine.installed() else ["onnxruntime"]

WAIT = "os.read(0, 1)"
"""Until the test has ended. Not by sys.stdin: OpenVINO's fork would inherit that, locked."""

OURS = f"""
import os
import sys
from dataclasses import replace

import numpy as np

import foveate
from foveate.app import create
from foveate.people.store import LanceStore
from foveate.settings import load
from foveate.storage.anywhere import Anywhere

picture, *engines = sys.argv[1:]
settings = load()
store = LanceStore("ours/people")
store.create("staff", "model")
store.search("staff", np.ones(512, np.float32), 1)
for engine in engines:
    runtime = replace(settings.runtime, engine=engine)
    caching = replace(settings.caching, folder=f"ours/{{engine}}")
    app = create(replace(settings, runtime=runtime, caching=caching), Anywhere)
    crop = foveate.render(picture, "width=64,height=64,fit=cover,gravity=face", app=app)
    found = foveate.analyse(picture, ["embedding"], app=app)
    print(engine, engine in sys.modules, crop.size, *map(len, found["embedding"]), flush=True)
{WAIT}
"""
THEIRS = f"import os, sys; list(map(__import__, sys.argv[1:])); {WAIT}"
"""The same libraries as they come."""


@dataclass(frozen=True)
class Watched:
    """A program in the trap, with a home of its own."""

    process: subprocess.Popen[str]
    home: Path

    def tried(self) -> set[str]:
        """Return whom it tried to reach so far, and by which call."""
        log = self.home.with_suffix(".log")
        return set(log.read_text().splitlines()) if log.exists() else set()

    def wrote(self) -> set[str]:
        """Return what lies in its home."""
        return {str(p.relative_to(self.home)) for p in self.home.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the trap, and with a program that has to be caught."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or not compiler:
        pytest.skip("the trap needs Linux and a C compiler")
    folder = tmp_path_factory.mktemp("trap")
    for words in (
        ["trap.c", "-shared", "-fPIC", "-o", str(folder / "trap.so"), "-ldl"],
        ["caller.c", "-o", str(folder / "caller"), "-lresolv"],
    ):
        subprocess.run([compiler, *words], cwd=TRAP, check=True)
    return folder


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder that leads to the weights of faces, in which a test may write."""
    folder, models = tmp_path / "weights", load().models
    folder.mkdir()
    for card in choose(CARDS, ["retinaface", "mobilefacenet"]):
        if verify(card, models) is not FileState.OK:
            pytest.skip(f"{card.name} is not here: foveate models pull")
        path = where(card, models)
        for file in path.parent.glob(f"{path.name}*"):
            (folder / file.name).symlink_to(file)
    return folder


@contextmanager
def watched(trap: Path, home: Path, *command: str, **environment: str) -> Iterator[Watched]:
    """Run a program in the trap until the end of the block, with nothing of our environment."""
    home.mkdir()
    places = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    environment |= {"HOME": str(home), "PATH": os.environ["PATH"], **places}
    environment |= {"LD_PRELOAD": str(trap / "trap.so"), "TRAP_LOG": str(home.with_suffix(".log"))}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=home, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as process:
        try:
            yield Watched(process, home)
            process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert process.returncode == 0


def line_of(program: Watched) -> str:
    assert program.process.stdout is not None
    return program.process.stdout.readline()


def wait_for_calls(program: Watched, count: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while len(program.tried()) < count and time.monotonic() < end:
        time.sleep(0.1)


def test_the_trap_catches_native_code(trap: Path, tmp_path: Path) -> None:
    with watched(trap, tmp_path / "home", str(trap / "caller")) as caller:
        caller.process.wait(PATIENCE_S)
    name, address = "caller.invalid", "192.0.2.1"
    asked = {f"{call} {name}" for call in ("getaddrinfo", "gethostbyname", "res_query")}
    sent = {f"{call} {address}" for call in ("connect", "sendto", "sendmsg")}
    assert caller.tried() == asked | sent


@pytest.mark.models
def test_faces_are_found_and_recognised_without_a_call_or_an_id(
    trap: Path, weights: Path, portrait: str, tmp_path: Path
) -> None:
    python = (sys.executable, "-c")
    wish = {"ORT_DISABLE_TELEMETRY": "0", "FOVEATE_MODELS__FOLDER": str(weights)}
    with watched(trap, tmp_path / "ours", *python, OURS, portrait, *ENGINES, **wish) as ours:
        first, *others = ENGINES
        assert line_of(ours) == f"{first} True 64x64 512\n"
        # From here on ours lives at least as long as the others need to call.
        with watched(trap, tmp_path / "theirs", *python, THEIRS, *ENGINES) as theirs:
            for engine in others:
                assert line_of(ours) == f"{engine} True 64x64 512\n"
            wait_for_calls(theirs, len(ENGINES))
    assert ours.tried() == set()
    assert {path.split("/")[0] for path in ours.wrote()} == {"ours"}
    if len(theirs.tried()) < len(ENGINES) or not theirs.wrote():
        pytest.skip(f"not each of {ENGINES} calls when nobody stops it: {theirs.tried()}")


def test_a_users_own_setting_does_not_bring_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    quiet.onnxruntime()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_an_onnxruntime_that_was_there_before_us_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bool] = []
    early = SimpleNamespace(disable_telemetry_events=lambda: told.append(True))
    monkeypatch.setitem(sys.modules, "onnxruntime", early)
    assert quiet.onnxruntime() is early
    assert told
