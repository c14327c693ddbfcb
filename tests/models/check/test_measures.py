from __future__ import annotations

import numpy as np
import pytest

from foveate.models.check.measures import AT_LEAST, AT_MOST, COMPARE, measured
from foveate.models.supply.card import FONT_TASKS, Task


def outputs(*arrays: object) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return [np.array(array, np.float32) for array in arrays]


def test_every_network_task_has_a_measure_and_each_measure_one_limit() -> None:
    assert {*COMPARE, *FONT_TASKS, "sample", "custom"} == set(Task)
    assert not AT_LEAST.keys() & AT_MOST.keys()


@pytest.mark.parametrize("task", list(COMPARE))
def test_what_agrees_with_itself_holds_every_limit(task: str) -> None:
    rng = np.random.default_rng(0)
    same = outputs(rng.random((1, 6, 4)), rng.random((1, 6, 2)))
    assert all(measure.holds for measure in measured(task, same, same))


def test_boxes_are_compared_where_there_is_a_face() -> None:
    scores = [[[0.1, 0.9], [0.9, 0.1]]]
    one = outputs([[[0, 0, 0, 0], [0, 0, 0, 0]]], scores)
    # A tenth of a prior to the right: 0.9 of it is shared, 1.1 covered.
    moved = outputs([[[1, 0, 0, 0], [50, 0, 0, 0]]], [[[0.2, 0.8], [0.9, 0.1]]])
    overlap, apart = measured("faces", one, moved)
    assert overlap.got == pytest.approx(0.9 / 1.1)
    assert apart.got == pytest.approx(0.1)
    assert not overlap.holds
    assert not apart.holds


def test_boxes_without_a_face_are_compared_where_one_is_most_likely() -> None:
    one = outputs([[[0, 0, 0, 0], [0, 0, 0, 0]]], [[[0.8, 0.2], [0.9, 0.1]]])
    other = outputs([[[0, 0, 0, 0], [50, 0, 0, 0]]], one[1])
    assert measured("faces", one, other)[0].got == pytest.approx(1)


def test_embeddings_are_as_good_as_their_worst_cosine() -> None:
    (measure,) = measured("embedding", outputs([[1, 0], [0, 2]]), outputs([[3, 0], [0, -1]]))
    assert measure.got == pytest.approx(-1)


def test_mattes_are_compared_as_regions_and_as_alpha() -> None:
    one, other = outputs([[1, 1, 0, 0]]), outputs([[1, 0.4, 0, 0]])
    overlap, off = measured("matte", one, other)
    assert overlap.got == pytest.approx(0.5)
    assert off.got == pytest.approx(0.15)
    empty = outputs([[0, 0]])
    assert measured("matte", empty, empty)[0].got == 1


def test_maps_may_differ_by_scale_and_not_by_shape() -> None:
    (same,) = measured("saliency", outputs([1, 2, 3]), outputs([2, 4, 6]))
    (turned,) = measured("saliency", outputs([1, 2, 3]), outputs([3, 2, 1]))
    assert same.got == pytest.approx(1)
    assert turned.got == pytest.approx(-1)


def test_probabilities_by_their_error_and_raw_numbers_by_their_scale() -> None:
    (chance,) = measured("attributes", outputs([0.2, 0.8]), outputs([0.3, 0.7]))
    (raw,) = measured("attributes", outputs([0.2], [-40.0]), outputs([0.2], [-38.0]))
    assert chance.got == pytest.approx(0.1)
    assert raw.got == pytest.approx(0.05)
