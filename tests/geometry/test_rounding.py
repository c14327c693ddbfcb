"""How far rounded corners reach, and how much of each pixel they leave."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Size
from foveate.geometry.rounding import corner_left, reaches

SIDES = st.integers(1, 2000)
CORNERS = st.tuples(*[st.integers(0, 3000) | st.floats(0, 1)] * 4)


@given(SIDES, SIDES, CORNERS, st.floats(0.1, 8))
def test_corners_never_overlap(
    width: int, height: int, corners: tuple[float, ...], dpr: float
) -> None:
    each = reaches(Size(width, height), corners, dpr)
    top_left, top_right, bottom_right, bottom_left = each
    assert max(top_left[0] + top_right[0], bottom_left[0] + bottom_right[0]) <= width + 1e-6
    assert max(top_left[1] + bottom_left[1], top_right[1] + bottom_right[1]) <= height + 1e-6
    assert all(reach >= 0 for pair in each for reach in pair)


def test_pixels_count_times_dpr_and_shares_do_not() -> None:
    assert reaches(Size(80, 40), (4, 0.25, 0, 0), 2.0)[:2] == ((8.0, 8.0), (20.0, 10.0))


def test_what_is_too_large_makes_a_pill() -> None:
    assert set(reaches(Size(80, 40), (999, 999, 999, 999))) == {(20.0, 20.0)}


@pytest.mark.parametrize("radius", [0.5, 1.0, 3.3, 10.0, 63.7])
def test_a_corner_leaves_a_quarter_of_an_ellipse(radius: float) -> None:
    across, down = radius, radius * 1.5
    left = corner_left(across, down)
    whole = left.size - across * down  # pixels that a corner enters in part are kept beyond it
    area = left.sum() / 255 - whole
    assert math.isclose(area, math.pi / 4 * across * down, rel_tol=0.02, abs_tol=0.05)


def test_a_corner_is_the_same_across_as_down() -> None:
    left = corner_left(40, 40).astype(int)
    assert np.abs(left - left.T).max() <= 4
    assert (np.diff(left, axis=1) >= 0).all()
