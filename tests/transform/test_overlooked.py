"""What may be smoothed, from where people look and what is kept."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.transform.overlooked import overlooked

SIZE = Size(400, 300)
LEFT = np.repeat([[1.0, 0.0]], 2, axis=0)
"""All looks are at the left half."""


def test_what_people_look_at_stays_and_the_rest_may_be_smoothed() -> None:
    free = overlooked(LEFT, [], SIZE)
    assert free.shape == (288, 384)
    assert free[:, :96].max() == 0
    assert free[:, -96:].min() == 1
    assert 0 < free[:, 192].mean() < 1  # no edge that could be seen


def test_where_all_places_are_alike_nothing_is_smoothed() -> None:
    assert not overlooked(np.ones((4, 4)), [], SIZE).any()


def test_what_is_kept_stays_with_some_room_around_it_wherever_people_look() -> None:
    free = overlooked(LEFT, [Box(300, 100, 50, 50)], SIZE)
    assert free[90:150, 282:345].max() == 0
    assert free[:70, -96:].min() == 1


@pytest.mark.parametrize("side", [1, 3])
def test_a_face_that_is_smaller_than_what_is_known_is_kept(side: int) -> None:
    free = overlooked(LEFT, [Box(3000, 1000, side, side)], Size(4000, 3000))
    assert free[95:98, 287:290].max() == 0
    assert free[:, -96:].mean() > 0.99
