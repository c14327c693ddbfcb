from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import TimedOut, WeightsCorrupt
from foveate.models.runtime.buckets import Buckets
from foveate.models.runtime.openvino_engine import OpenVinoSession, installed
from network_stand import endless, negation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(not installed(), reason="OpenVINO is not installed")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    def make(*sides: int | None) -> Path:
        path = tmp_path / "negation.onnx"
        path.write_bytes(negation(*sides))
        return path

    return make


def counting(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def test_fixed_sides_are_the_shape_of_one(made: Callable[..., Path]) -> None:
    assert OpenVinoSession(made(None, 3)).shapes == ((1, 3),)
    assert OpenVinoSession(made(2, 3)).shapes == ((2, 3),)
    assert OpenVinoSession(made(None, None)).shapes == ()


def test_it_says_what_it_runs_on(made: Callable[..., Path]) -> None:
    assert OpenVinoSession(made(None, 3)).provider == "openvino CPU f32"


def test_a_batch_has_the_answers_of_its_rows(made: Callable[..., Path]) -> None:
    session = OpenVinoSession(made(None, 3))
    x = counting(5, 3)
    (y,) = session.run({"x": x})
    assert y.dtype == np.float32
    assert (y == -x).all()


@pytest.mark.parametrize("at_load", [True, False])
def test_buckets_are_its_shapes_and_others_work_too(
    made: Callable[..., Path], at_load: bool
) -> None:
    buckets = Buckets(((1, 1, 4, 4), (1, 1, 2, 4)), at_load=at_load)
    session = OpenVinoSession(made(None, 1, None, None), buckets=buckets)
    assert session.shapes == buckets.shapes
    for shape in [(1, 1, 4, 4), (1, 1, 2, 4), (3, 1, 2, 4), (1, 1, 7, 5), (2, 1, 1, 1)]:
        x = counting(*shape)
        assert (session.run({"x": x})[0] == -x).all()


def test_outputs_stay_what_they_were_when_the_network_runs_again(
    made: Callable[..., Path],
) -> None:
    session = OpenVinoSession(made(None, 3))
    x = counting(1, 3)
    (first,) = session.run({"x": x})
    session.run({"x": x + 7})
    assert (first == -x).all()


def test_a_view_of_a_picture_is_read_as_it_is_seen(made: Callable[..., Path]) -> None:
    session = OpenVinoSession(made(None, 3))
    x = counting(3, 4).T[1:2]
    assert not x.flags.c_contiguous
    assert (session.run({"x": x})[0] == -x).all()


def test_it_runs_from_many_threads(made: Callable[..., Path]) -> None:
    session = OpenVinoSession(made(None, 3))
    inputs = [np.full((1, 3), number, np.float32) for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        outputs = list(pool.map(lambda x: session.run({"x": x})[0], inputs))
    assert all((out == -x).all() for x, out in zip(inputs, outputs, strict=True))


def test_what_was_compiled_is_kept_as_blobs(made: Callable[..., Path], tmp_path: Path) -> None:
    blobs = tmp_path / "blobs"
    buckets = Buckets(((1, 2), (1, 3)), at_load=False)
    session = OpenVinoSession(made(None, None), buckets=buckets, blobs=blobs)
    assert len(list(blobs.glob("*.blob"))) == 1
    session.compile_all()
    assert len(list(blobs.glob("*.blob"))) == 2


def test_a_file_that_is_no_network_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "page.onnx"
    path.write_text("<html>")
    with pytest.raises(WeightsCorrupt, match="OpenVINO cannot load"):
        OpenVinoSession(path)


def test_a_run_ends_soon_after_its_deadline_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "endless.onnx"
    path.write_bytes(endless(1500, 60))
    session, x = OpenVinoSession(path), np.eye(1500, dtype=np.float32)
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        session.run({"x": x})
    assert time.monotonic() - started < 2.3
    small = tmp_path / "small.onnx"
    small.write_bytes(endless(4, 3))
    assert (OpenVinoSession(small).run({"x": 2 * x[:4, :4]})[0] == 16 * x[:4, :4]).all()
