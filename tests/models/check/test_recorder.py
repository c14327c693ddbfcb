from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.errors import WeightsMissing
from foveate.models.check.recorder import Recorder
from foveate.models.runtime.buckets import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Array = np.ndarray[Any, np.dtype[Any]]


class Negation:
    provider = "fake"
    shapes = ((1, 3),)

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        return [-value for value in inputs.values()]


def test_a_network_answers_as_ever_and_its_first_inputs_are_kept() -> None:
    recorder = Recorder(lambda _: Negation)
    session = recorder.session("net")()
    assert session.provider == "fake"
    assert session.shapes == ((1, 3),)
    for number in (1, 2):
        assert session.run({"x": np.full(2, number)})[0].tolist() == [-number, -number]
    recorder.session("net")().run({"x": np.full(2, 3)})
    recorder.session("other")().run({"y": np.zeros(1)})
    assert recorder.feeds["net"]["x"].tolist() == [1, 1]
    assert recorder.feeds["other"].keys() == {"y"}


def test_it_says_the_shapes_that_the_fast_engine_is_compiled_for() -> None:
    session = Recorder(lambda _: Negation).session("retinaface")()
    assert session.shapes == BUCKETS["retinaface"].shapes


def test_nothing_is_loaded_before_somebody_asks_and_a_failure_is_theirs() -> None:
    def missing() -> Negation:
        raise WeightsMissing("net")

    recorder = Recorder(lambda _: missing)
    ask = recorder.session("net")
    with pytest.raises(WeightsMissing):
        ask()
    assert recorder.feeds == {}
