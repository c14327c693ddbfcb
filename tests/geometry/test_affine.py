from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.affine import Affine
from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import Orientation

REAL = st.floats(-100, 100)
PARTS = st.builds(Affine.moved, REAL, REAL) | st.builds(Affine.turned, st.floats(-180, 180))
PARTS |= st.builds(Affine.scaled, st.floats(0.1, 10), st.floats(0.1, 10))


@given(st.lists(PARTS, min_size=1, max_size=4), REAL, REAL)
def test_one_matrix_does_what_its_parts_do_one_after_the_other(
    parts: list[Affine], x: float, y: float
) -> None:
    whole, point = Affine(), (x, y)
    for part in parts:
        whole, point = whole.then(part), part(*point)
    assert whole(x, y) == pytest.approx(point, rel=1e-6, abs=1e-6)
    assert whole.inverse()(*whole(x, y)) == pytest.approx((x, y), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [True, False])
def test_an_orientation_is_a_matrix(mirrored: bool, turns: int) -> None:
    orientation, size = Orientation(mirrored, turns), Size(7, 3)
    matrix = Affine.oriented(orientation, size)
    assert matrix.is_straight
    assert matrix(2, 1) == pytest.approx(orientation.place((2, 1), size))


def test_a_box_that_is_turned_becomes_one_around_it() -> None:
    turned = Affine.turned(45).box(Box(0, 0, 1, 1))
    assert turned.width == pytest.approx(math.sqrt(2))
    assert turned.left == pytest.approx(-math.sqrt(0.5))
