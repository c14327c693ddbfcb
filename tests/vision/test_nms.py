from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foveate.vision.nms import MAX_CANDIDATES, iou, suppress, votes

Edge = st.floats(0, 500, width=32)
Side = st.floats(1, 300, width=32)
Boxes = st.lists(st.tuples(Edge, Edge, Side, Side), min_size=1, max_size=25)


def corners(rows: list[tuple[float, ...]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    x, y, width, height = np.array(rows, np.float32).T
    return np.stack([x, y, x + width, y + height], axis=1)


def scores_for(boxes: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(len(boxes)).random(len(boxes)).astype(np.float32)


def test_iou_of_half_a_box_and_of_a_stranger() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 5], [20, 20, 30, 30]], np.float32)
    assert iou(boxes[0], boxes).tolist() == [1.0, 0.5, 0.0]


def test_boxes_without_area_meet_nothing() -> None:
    flat = np.array([[3, 3, 3, 9], [5, 5, 5, 5]], np.float32)
    assert iou(flat[0], flat).tolist() == [0.0, 0.0]


@given(Boxes)
def test_iou_is_between_0_and_1_and_1_with_itself(rows: list[tuple[float, ...]]) -> None:
    boxes = corners(rows)
    for number, box in enumerate(boxes):
        shared = iou(box, boxes)
        assert (shared >= 0).all()
        assert (shared <= 1 + 1e-5).all()
        assert np.isclose(shared[number], 1, atol=1e-4)


@given(Boxes, st.floats(0.1, 0.9))
def test_what_is_kept_would_be_kept_again(rows: list[tuple[float, ...]], limit: float) -> None:
    boxes = corners(rows)
    scores = scores_for(boxes)
    kept = list(suppress(boxes, scores, limit))
    assert list(suppress(boxes[kept], scores[kept], limit)) == list(range(len(kept)))
    assert (np.diff(scores[kept]) <= 0).all()


@given(Boxes, st.floats(0.1, 0.9))
def test_what_goes_meets_a_better_one_that_stays(
    rows: list[tuple[float, ...]], limit: float
) -> None:
    boxes = corners(rows)
    scores = scores_for(boxes)
    kept = np.array(list(suppress(boxes, scores, limit)), np.intp)
    for gone in set(range(len(boxes))) - set(kept.tolist()):
        rivals = kept[scores[kept] >= scores[gone]]
        assert (iou(boxes[gone], boxes[rivals]) > limit).any()


def test_no_boxes_is_no_boxes() -> None:
    assert not list(suppress(np.empty((0, 4), np.float32), np.empty(0, np.float32), 0.4))


def test_noise_everywhere_is_bounded_work() -> None:
    x, y = np.meshgrid(np.arange(100.0), np.arange(100.0))
    boxes = np.stack([x.ravel(), y.ravel(), x.ravel() + 0.5, y.ravel() + 0.5], axis=1)
    scores = np.linspace(1, 0.5, len(boxes), dtype=np.float32)
    kept = list(suppress(boxes.astype(np.float32), scores, 0.4))
    assert kept == list(range(MAX_CANDIDATES))


def test_only_boxes_that_meet_the_best_one_vote_and_by_their_score() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 0, 60, 10]], np.float32)
    shares = votes(0, boxes, np.array([0.9, 0.3, 0.8], np.float32), 0.4)
    assert np.allclose(shares, [0.75, 0.25, 0])
