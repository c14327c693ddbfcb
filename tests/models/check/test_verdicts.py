from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foveate.models.check.agreement import AT_LEAST, AT_MOST, COMPARE, agreement
from foveate.models.runtime.verdicts import (
    WORTH,
    Measure,
    Verdict,
    keep,
    stamp,
    verdict_on,
    version_of,
)
from foveate.models.supply.card import Task
from foveate.settings import Models
from network_stand import network_card

CARD = network_card("net", b"weights")


@pytest.fixture
def settings(tmp_path: Path) -> Models:
    return Models(folder=str(tmp_path))


def found(settings: Models, name: str = "net", gain: float = 2.0) -> Verdict:
    return Verdict(
        card=name,
        stamp=stamp(CARD, settings),
        measures=(Measure("cosine", 0.999, 0.995, at_least=True),),
        onnxruntime_ms=gain,
        openvino_ms=1.0,
    )


def test_a_verdict_is_kept_beside_those_on_other_cards(settings: Models) -> None:
    assert verdict_on(CARD, settings) is None
    file = keep([found(settings)], settings)
    keep([found(settings, "other")], settings)
    assert verdict_on(CARD, settings) == found(settings)
    assert set(json.loads(file.read_text())) == {"net", "other"}
    assert [path.name for path in Path(settings.folder).iterdir()] == [file.name]


@pytest.mark.parametrize("fact", ["weights", "processor", "onnxruntime", "openvino", "threads"])
def test_a_verdict_on_something_else_is_stale(settings: Models, fact: str) -> None:
    verdict = found(settings)
    keep([replace(verdict, stamp={**verdict.stamp, fact: "another"})], settings)
    assert verdict_on(CARD, settings) is None


def test_other_weights_or_threads_have_another_stamp(settings: Models) -> None:
    stamps = [
        stamp(CARD, settings),
        stamp(network_card("net", b"others"), settings),
        stamp(CARD, replace(settings, threads=2)),
    ]
    assert len({str(each) for each in stamps}) == 3


@pytest.mark.parametrize("text", ["{", "[]", '{"net": {"card": "net"}}', '{"net": {"x": 1}}'])
def test_a_file_of_no_use_is_as_none(settings: Models, text: str) -> None:
    Path(settings.folder, "engines.json").write_text(text)
    assert verdict_on(CARD, settings) is None
    keep([found(settings)], settings)
    assert verdict_on(CARD, settings) == found(settings)


def test_it_passes_when_it_is_as_good_and_enough_faster(settings: Models) -> None:
    assert found(settings, gain=WORTH).passed
    assert not found(settings, gain=WORTH - 0.01).passed
    worse = replace(found(settings), measures=(Measure("cosine", 0.9, 0.995, at_least=True),))
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


def outputs(*arrays: object) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return [np.array(array, np.float32) for array in arrays]


def test_every_network_task_has_a_measure_and_each_measure_one_limit() -> None:
    assert {*COMPARE, "sample", "custom"} == set(Task)
    assert not AT_LEAST.keys() & AT_MOST.keys()


@pytest.mark.parametrize("task", list(COMPARE))
def test_what_agrees_with_itself_holds_every_limit(task: str) -> None:
    rng = np.random.default_rng(0)
    same = outputs(rng.random((1, 6, 4)), rng.random((1, 6, 2)))
    assert all(measure.holds for measure in agreement(task, same, same))


def test_boxes_are_compared_where_there_is_a_face() -> None:
    scores = [[[0.1, 0.9], [0.9, 0.1]]]
    one = outputs([[[0, 0, 0, 0], [0, 0, 0, 0]]], scores)
    # A tenth of a prior to the right: 0.9 of it is shared, 1.1 covered.
    moved = outputs([[[1, 0, 0, 0], [50, 0, 0, 0]]], [[[0.2, 0.8], [0.9, 0.1]]])
    overlap, apart = agreement("faces", one, moved)
    assert overlap.got == pytest.approx(0.9 / 1.1)
    assert apart.got == pytest.approx(0.1)
    assert not overlap.holds
    assert not apart.holds


def test_boxes_without_a_face_are_compared_where_one_is_most_likely() -> None:
    one = outputs([[[0, 0, 0, 0], [0, 0, 0, 0]]], [[[0.8, 0.2], [0.9, 0.1]]])
    other = outputs([[[0, 0, 0, 0], [50, 0, 0, 0]]], one[1])
    assert agreement("faces", one, other)[0].got == pytest.approx(1)


def test_embeddings_are_as_good_as_their_worst_cosine() -> None:
    (measure,) = agreement("embedding", outputs([[1, 0], [0, 2]]), outputs([[3, 0], [0, -1]]))
    assert measure.got == pytest.approx(-1)


def test_mattes_are_compared_as_regions_and_as_alpha() -> None:
    one, other = outputs([[1, 1, 0, 0]]), outputs([[1, 0.4, 0, 0]])
    overlap, off = agreement("matte", one, other)
    assert overlap.got == pytest.approx(0.5)
    assert off.got == pytest.approx(0.15)
    empty = outputs([[0, 0]])
    assert agreement("matte", empty, empty)[0].got == 1


def test_maps_may_differ_by_scale_and_not_by_shape() -> None:
    (same,) = agreement("saliency", outputs([1, 2, 3]), outputs([2, 4, 6]))
    (turned,) = agreement("saliency", outputs([1, 2, 3]), outputs([3, 2, 1]))
    assert same.got == pytest.approx(1)
    assert turned.got == pytest.approx(-1)


def test_probabilities_by_their_error_and_raw_numbers_by_their_scale() -> None:
    (chance,) = agreement("attributes", outputs([0.2, 0.8]), outputs([0.3, 0.7]))
    (raw,) = agreement("attributes", outputs([0.2], [-40.0]), outputs([0.2], [-38.0]))
    assert chance.got == pytest.approx(0.1)
    assert raw.got == pytest.approx(0.05)
