from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.gravity.importance import (
    Weights,
    centre_terms,
    covered,
    face_terms,
    fitted,
    importance,
    resampled,
)
from foveate.values import Face

SIZE = Size(400, 300)
FLAT = np.ones((30, 40), np.float32)
NOTHING = Weights(face=0, small_face=0, matte=0, centre=(0, 0, 0, 0, 0))


def face(box: Box, score: float = 1.0) -> Face:
    return Face(box, score, ((0.0, 0.0),) * 5)


def test_the_weights_of_the_package_pull_to_faces_to_the_subject_and_to_the_centre() -> None:
    weights = fitted()
    assert min(weights.face, weights.small_face, weights.matte) > 0
    share = importance(FLAT, [], None, SIZE)
    assert np.unravel_index(share.argmax(), share.shape)[1] in {19, 20}
    assert share[0, 0] < share.max() / 4


def test_shares_sum_to_one_and_keep_the_shape() -> None:
    share = importance(np.random.default_rng(0).random((44, 56)), [], None, SIZE)
    assert share.shape == (44, 56)
    assert share.sum() == pytest.approx(1.0)
    assert share.min() > 0


def test_saliency_counts_squared() -> None:
    saliency = FLAT.copy()
    saliency[3, 4] = 0.5
    share = importance(saliency, [], None, SIZE, NOTHING)
    assert share[3, 4] / share[0, 0] == pytest.approx(0.25)


def test_a_map_that_is_zero_everywhere_says_nothing() -> None:
    assert importance(FLAT * 0, [], None, SIZE, NOTHING) == pytest.approx(1 / FLAT.size)


def test_a_face_draws_looks_and_a_doubtful_one_fewer() -> None:
    box = Box(100, 100, 40, 40)
    plain, sure, unsure = (
        importance(FLAT, faces, None, SIZE)[11, 11] for faces in ([], [face(box)], [face(box, 0.3)])
    )
    assert plain < unsure < sure


def test_each_part_of_a_large_face_draws_less_than_a_small_one_does() -> None:
    near, small = face_terms([face(Box(100, 0, 200, 300))], FLAT.shape, SIZE)
    assert near.max() == 1.0
    assert small.max() == pytest.approx(0.02 / 0.5)
    assert face_terms([face(Box(100, 0, 20, 20))], FLAT.shape, SIZE)[1].max() == 1.0


def test_faces_on_each_other_do_not_add_up() -> None:
    box = Box(100, 100, 40, 40)
    near, _ = face_terms([face(box), face(box, 0.9)], FLAT.shape, SIZE)
    assert near.max() == 1.0


def test_a_known_matte_pulls_to_the_subject_whatever_its_shape() -> None:
    matte = np.zeros((7, 9))
    matte[:, :3] = 1
    with_matte, without = (importance(FLAT, [], one, SIZE) for one in (matte, None))
    assert with_matte[:, :10].sum() > without[:, :10].sum()


def test_a_picture_is_judged_as_its_mirror_image_is() -> None:
    terms = centre_terms((5, 8))
    assert terms.shape == (5, 8, 5)
    assert terms == pytest.approx(terms[:, ::-1])
    assert terms[..., 1] == pytest.approx(-terms[::-1, :, 1])


def test_cells_are_covered_by_the_share_that_lies_in_the_box() -> None:
    grid = covered(Box(5, 0, 10, 10), (2, 4), Size(40, 20))
    assert grid.tolist() == [[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]


@pytest.mark.parametrize("shape", [(30, 40), (10, 8), (64, 64), (1, 1)])
def test_resampling_keeps_the_mean(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).random((21, 33))
    smaller = resampled(values, shape)
    assert smaller.shape == shape
    assert smaller.mean() == pytest.approx(values.mean())


def test_resampling_to_the_same_shape_changes_nothing() -> None:
    values = np.random.default_rng(1).random((21, 33))
    assert resampled(values, values.shape) == pytest.approx(values)
