"""Masks as runs, and outlines, in pixels of their picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foveate.datasets.masks import area_of, clipped, pixels_of, runs_of
from foveate.datasets.sample import Bitmap
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

MASKS = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**36 - 1)).map(
    lambda drawn: np.array(
        [drawn[2] >> bit & 1 for bit in range(drawn[0] * drawn[1])], bool
    ).reshape(drawn[:2])
)


@given(MASKS)
def test_a_mask_is_the_same_after_runs(mask: NDArray[np.bool_]) -> None:
    runs = runs_of(mask)
    assert sum(runs.counts) == mask.size
    assert (pixels_of(runs) == mask).all()


def test_runs_are_columns_of_pixels() -> None:
    assert pixels_of(Bitmap(Size(2, 3), (1, 3, 2))).tolist() == [
        [False, True],
        [True, False],
        [True, False],
    ]


def test_an_area_is_one_wherever_its_outline_begins_and_on_each_python() -> None:
    ring = ((955.1, 946.9), (56.5, 84.8), (834.7, 735.2), (669.1, 307.8), (605.3, 606.2))
    assert {area_of(ring[at:] + ring[:at]) for at in range(5)} == {23278.760000000148 / 2}


@given(st.lists(st.tuples(st.floats(-20, 30), st.floats(-20, 30)), min_size=3, max_size=6))
def test_an_outline_ends_where_the_picture_does(ring: list[tuple[float, float]]) -> None:
    for x, y in clipped(tuple(ring), Box(0, 0, 10, 8)):
        assert -1e-9 <= x <= 10 + 1e-9
        assert -1e-9 <= y <= 8 + 1e-9
