from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry import Size
from foveate.vision.priors import boxes_of, count, landmarks_of, priors


def written_out(size: Size) -> list[list[float]]:
    rows = []
    for stride, sides in ((8, (16, 32)), (16, (64, 128)), (32, (256, 512))):
        for y in range(math.ceil(size.height / stride)):
            for x in range(math.ceil(size.width / stride)):
                rows += [[(x + 0.5) * stride, (y + 0.5) * stride, side, side] for side in sides]
    return rows


@given(st.builds(Size, st.integers(1, 150), st.integers(1, 150)))
def test_priors_follow_from_their_number(size: Size) -> None:
    expected = written_out(size)
    assert count(size) == len(expected)
    assert priors(size, np.arange(count(size))).tolist() == expected


@pytest.mark.parametrize(
    ("size", "expected"), [(Size(512, 512), 10752), (Size(640, 480), 12600), (Size(1, 1), 6)]
)
def test_count_of_priors(size: Size, expected: int) -> None:
    assert count(size) == expected


def test_the_best_prior_of_the_reference_portrait() -> None:
    (prior,) = priors(Size(512, 512), np.array([8605]))
    assert prior.tolist() == [232, 104, 128, 128]
    loc = np.array([[-0.51559, 1.02264, -1.4747, -0.30596]], np.float32)
    (box,) = boxes_of(prior[None], loc)
    assert np.allclose(box, [177.75, 56.89, 273.05, 177.29], atol=0.01)


def test_no_answer_means_the_prior_itself() -> None:
    near = priors(Size(64, 64), np.array([0, 1]))
    assert boxes_of(near, np.zeros((2, 4), np.float32)).tolist() == [
        [-4, -4, 12, 12],
        [-12, -12, 20, 20],
    ]
    points = landmarks_of(near, np.zeros((2, 10), np.float32))
    assert points.shape == (2, 5, 2)
    assert (points == 4).all()


def test_landmarks_are_offsets_in_tenths_of_the_prior() -> None:
    near = priors(Size(64, 64), np.array([1]))
    raw = np.array([[1, 0, 0, 1, -1, 0, 0, -1, 5, 5]], np.float32)
    expected = [[7.2, 4.0], [4.0, 7.2], [0.8, 4.0], [4.0, 0.8], [20.0, 20.0]]
    assert np.allclose(landmarks_of(near, raw)[0], expected)
