from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import BadSettings, ClientDisconnected, TimedOut, WeightsCorrupt
from foveate.models.runtime.onnx_engine import (
    MOST_SHAPES,
    PROVIDERS,
    OnDevice,
    OnnxSession,
    open_onnx,
)
from foveate.settings import Provider
from network_stand import endless, negation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "negation.onnx"
    path.write_bytes(negation())
    return path


def test_a_network_runs_from_many_threads(network: Path) -> None:
    session = open_onnx(network)
    assert session.provider == "CPUExecutionProvider"
    inputs = [np.full(size, size, np.float32) for size in range(1, 40)]
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda x: session.run({"x": x})[0], inputs))
    assert all((out == -x).all() for x, out in zip(inputs, outputs, strict=True))


def test_any_shape_is_as_good_and_inputs_are_named(network: Path) -> None:
    session = open_onnx(network)
    assert session.shapes == ()
    assert session.inputs == ["x"]


def test_a_provider_that_is_not_there_is_warned_about(
    network: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_onnx(network, provider="tensorrt", threads=2)
    if session.provider == "TensorrtExecutionProvider":
        pytest.skip("TensorRT is really here")
    assert "TensorrtExecutionProvider was asked for" in caplog.text
    assert f"runs on {session.provider}" in caplog.text
    assert (session.run({"x": np.ones(1, np.float32)})[0] == -1).all()


def test_what_was_obtained_is_not_warned_about(
    network: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_onnx(network)
    assert caplog.text == ""


def test_an_unknown_provider_is_a_bad_setting(network: Path) -> None:
    with pytest.raises(BadSettings, match="expected one of cpu, cuda, tensorrt; got 'gpu'"):
        open_onnx(network, provider="gpu")


def test_there_is_a_row_for_every_provider_that_may_be_set() -> None:
    assert PROVIDERS.keys() == set(get_args(Provider))


def test_a_file_that_is_no_network_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "page.onnx"
    path.write_text("<html>")
    with pytest.raises(WeightsCorrupt, match="cannot load"):
        open_onnx(path)


def test_a_run_ends_soon_after_its_deadline(tmp_path: Path) -> None:
    path = tmp_path / "endless.onnx"
    path.write_bytes(endless())
    session, x = open_onnx(path), np.eye(400, dtype=np.float32)
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        session.run({"x": x})
    assert time.monotonic() - started < 2.3


def test_a_run_ends_when_nobody_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "endless.onnx"
    path.write_bytes(endless())
    session, gone = open_onnx(path), threading.Event()
    timer = threading.Timer(0.3, gone.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(ClientDisconnected), Deadline(started + 60, gone):
        session.run({"x": np.eye(400, dtype=np.float32)})
    timer.join()
    assert time.monotonic() - started < 2.3


def test_a_device_has_a_session_for_each_shape_and_forgets_the_longest_unused(
    network: Path,
) -> None:
    opened: list[OnnxSession] = []

    def another() -> OnnxSession:
        session = open_onnx(network)
        assert isinstance(session, OnnxSession)
        opened.append(session)
        return session

    on_device = OnDevice(another(), another, shapes=[(1, 3, 4, 4)])
    assert (on_device.shapes, on_device.inputs) == (((1, 3, 4, 4),), ["x"])
    assert on_device.provider == opened[0].provider
    for size in (1, 2, 1, 2, 2, 1):
        x = np.full(size, size, np.float32)
        assert (on_device.run({"x": x})[0] == -x).all()
    assert len(opened) == 2
    for size in range(3, MOST_SHAPES + 2):
        on_device.run({"x": np.ones(size, np.float32)})
    assert len(opened) == MOST_SHAPES + 1
    on_device.run({"x": np.ones(1, np.float32)})  # used after 2, and still there
    assert len(opened) == MOST_SHAPES + 1
    on_device.run({"x": np.ones(2, np.float32)})
    assert len(opened) == MOST_SHAPES + 2
