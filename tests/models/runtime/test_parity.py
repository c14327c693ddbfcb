from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foveate.models.runtime.parity import (
    WORTH,
    Measure,
    Parity,
    keep,
    parity_of,
    stamp,
    version_of,
)
from foveate.settings import Models, Runtime
from network_stand import network_card

CARD = network_card("net", b"weights")


@pytest.fixture
def settings(tmp_path: Path) -> Models:
    return Models(folder=str(tmp_path))


def found(name: str = "net", gain: float = 2.0) -> Parity:
    return Parity(
        card=name,
        stamp=stamp(CARD, Runtime()),
        measures=(Measure("cosine", 0.999, 0.995, at_least=True),),
        onnxruntime_ms=gain,
        openvino_ms=1.0,
    )


def test_parity_is_kept_beside_those_on_other_cards(settings: Models) -> None:
    assert parity_of(CARD, settings, Runtime()) is None
    file = keep([found()], settings)
    keep([found("other")], settings)
    assert parity_of(CARD, settings, Runtime()) == found()
    assert set(json.loads(file.read_text())) == {"net", "other"}
    assert [path.name for path in Path(settings.folder).iterdir()] == [file.name]


def test_who_serves_may_be_another_user_than_who_fetched(settings: Models) -> None:
    assert keep([found()], settings).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("fact", ["weights", "processor", "onnxruntime", "openvino", "threads"])
def test_parity_of_something_else_is_stale(settings: Models, fact: str) -> None:
    parity = found()
    keep([replace(parity, stamp={**parity.stamp, fact: "another"})], settings)
    assert parity_of(CARD, settings, Runtime()) is None


def test_other_weights_or_threads_have_another_stamp() -> None:
    stamps = [
        stamp(CARD, Runtime()),
        stamp(network_card("net", b"others"), Runtime()),
        stamp(CARD, Runtime(threads=2)),
    ]
    assert len({str(each) for each in stamps}) == 3


@pytest.mark.parametrize("text", ["{", "[]", '{"net": {"card": "net"}}', '{"net": {"x": 1}}'])
def test_a_file_of_no_use_is_as_none(settings: Models, text: str) -> None:
    Path(settings.folder, "engines.json").write_text(text)
    assert parity_of(CARD, settings, Runtime()) is None
    keep([found()], settings)
    assert parity_of(CARD, settings, Runtime()) == found()


def test_it_passes_when_it_is_as_good_and_enough_faster() -> None:
    assert found(gain=WORTH).passed
    assert not found(gain=WORTH - 0.01).passed
    worse = replace(found(), measures=(Measure("cosine", 0.9, 0.995, at_least=True),))
    assert not worse.holds
    assert not worse.passed


def test_a_measure_holds_on_its_side_of_the_limit() -> None:
    assert Measure("cosine", 0.995, 0.995, at_least=True).holds
    assert not Measure("cosine", 0.99, 0.995, at_least=True).holds
    assert Measure("error", 0.05, 0.05, at_least=False).holds
    assert not Measure("error", 0.06, 0.05, at_least=False).holds
    assert not any(Measure("x", math.nan, 0.5, at_least=way).holds for way in (True, False))


def test_versions_are_read_without_an_import() -> None:
    assert version_of("numpy") == np.__version__
    assert version_of("no-such-package") == ""
