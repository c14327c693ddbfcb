from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.errors import (
    BadSettings,
    LicenceNotAcknowledged,
    UnknownModel,
    WeightsCorrupt,
    WeightsMissing,
)
from foveate.models.sessions import Once, Registry, open_model, open_session
from foveate.settings import Models

if TYPE_CHECKING:
    from pathlib import Path


def field(number: int, value: bytes | int) -> bytes:
    """Encode one protobuf field; lengths and numbers here are all below 128."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def negation() -> bytes:
    """Return the ONNX network `y = -x` for a vector of any length."""
    shape = field(2, field(1, field(2, b"n")))
    floats = field(2, field(1, field(1, 1) + shape))
    node = field(1, b"x") + field(2, b"y") + field(4, b"Neg")
    ends = field(11, field(1, b"x") + floats) + field(12, field(1, b"y") + floats)
    graph = field(1, node) + field(2, b"g") + ends
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "negation.onnx"
    path.write_bytes(negation())
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Models:
    """Settings with one own card, `negation`, whose file is not here yet."""
    home = tmp_path / "models"
    (home / "cards").mkdir(parents=True)
    sha256 = hashlib.sha256(negation()).hexdigest()
    (home / "cards" / "negation.toml").write_text(
        f'name = "negation"\nbytes = {len(negation())}\nlicence = "MIT"\nupstream = "a test"\n'
        f'[artefact]\nfile = "negation.onnx"\nsha256 = "{sha256}"\nsources = ["file:/nowhere"]\n'
    )
    return Models(folder=str(home))


def placed(settings: Models, data: bytes) -> None:
    from pathlib import Path  # noqa: PLC0415 - the name is for types elsewhere in this file

    Path(settings.folder, "negation.onnx").write_bytes(data)


def test_a_network_runs_from_many_threads(network: Path) -> None:
    session = open_session(network, Models())
    assert session.provider == "CPUExecutionProvider"
    inputs = [np.full(size, size, np.float32) for size in range(1, 40)]
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda x: session.run({"x": x})[0], inputs))
    assert all((out == -x).all() for x, out in zip(inputs, outputs, strict=True))


def test_a_provider_that_is_not_there_is_warned_about(
    network: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_session(network, Models(provider="tensorrt", threads=2))
    if session.provider == "TensorrtExecutionProvider":
        pytest.skip("TensorRT is really here")
    assert "TensorrtExecutionProvider was asked for" in caplog.text
    assert f"runs on {session.provider}" in caplog.text
    assert (session.run({"x": np.ones(1, np.float32)})[0] == -1).all()


def test_what_was_obtained_is_not_warned_about(
    network: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_session(network, Models())
    assert caplog.text == ""


def test_an_unknown_provider_is_a_bad_setting(network: Path) -> None:
    with pytest.raises(BadSettings, match="expected one of cpu, cuda, tensorrt; got 'gpu'"):
        open_session(network, Models(provider="gpu"))


def test_a_file_that_is_no_network_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "page.onnx"
    path.write_text("<html>")
    with pytest.raises(WeightsCorrupt, match="cannot load"):
        open_session(path, Models())


def test_open_model_checks_before_it_loads(settings: Models) -> None:
    with pytest.raises(UnknownModel, match="got nobody"):
        open_model("nobody", settings)
    with pytest.raises(WeightsMissing, match="foveate models pull negation"):
        open_model("negation", settings)
    placed(settings, negation()[:-1] + b"\x0c")
    with pytest.raises(WeightsCorrupt, match="foveate models pull negation"):
        open_model("negation", settings)
    placed(settings, negation())
    assert open_model("negation", settings).provider == "CPUExecutionProvider"


def test_a_network_on_disk_still_needs_its_licence_acknowledged(settings: Models) -> None:
    from pathlib import Path  # noqa: PLC0415 - the name is for types elsewhere in this file

    placed(settings, negation())
    card = Path(settings.folder, "cards", "negation.toml")
    card.write_text('acknowledge = "careful"\n' + card.read_text())
    with pytest.raises(LicenceNotAcknowledged):
        open_model("negation", settings)
    known = replace(settings, acknowledged_licences=("careful",))
    assert open_model("negation", known).provider


def test_once_makes_one_while_all_wait() -> None:
    made: list[int] = []

    def make() -> object:
        made.append(1)
        time.sleep(0.05)
        return object()

    once = Once(make)
    assert not once.loaded
    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(lambda _: once(), range(8)))
    assert len(got) == len(made) == 1
    assert once.loaded


def test_once_tries_again_after_a_failure() -> None:
    answers = iter([ValueError("not yet"), None])

    def make() -> str:
        if (answer := next(answers)) is not None:
            raise answer
        return "made"

    once = Once(make)
    with pytest.raises(ValueError, match="not yet"):
        once()
    assert not once.loaded
    assert once() == "made"


def test_loaded_never_waits_for_one_who_loads() -> None:
    started, go = threading.Event(), threading.Event()

    def make() -> int:
        started.set()
        go.wait(10)
        return 1

    once = Once(make)
    loader = threading.Thread(target=once)
    loader.start()
    assert started.wait(10)
    assert not once.loaded
    go.set()
    loader.join()
    assert once.loaded


def test_the_registry_loads_each_network_once_and_tells_what_is_loaded(settings: Models) -> None:
    placed(settings, negation())
    registry = Registry(settings)
    assert registry.loaded() == {}
    once = registry.session("negation")
    assert registry.session("negation") is once
    assert registry.loaded() == {"negation": ""}
    assert once().provider == "CPUExecutionProvider"
    assert registry.loaded() == {"negation": "CPUExecutionProvider"}


def test_importing_the_package_does_not_import_the_engine() -> None:
    code = "import sys, foveate.models; print('onnxruntime' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
