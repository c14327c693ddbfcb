"""Where a subject lies: around its cells, but for specks."""

from __future__ import annotations

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.geometry.subject import box_without_specks

SIZE = Size(400, 200)


def cells(*blocks: tuple[slice, slice]) -> np.ndarray:
    inside = np.zeros((20, 40), bool)
    for block in blocks:
        inside[block] = True
    return inside


def test_the_box_lies_around_all_cells_in_pixels_of_the_picture() -> None:
    block = np.s_[4:10, 10:30]
    assert box_without_specks(cells(block), SIZE, 0.0) == Box(100, 40, 200, 60)


def test_a_speck_beside_it_does_not_count() -> None:
    inside = cells(np.s_[4:10, 10:30], np.s_[19:20, 39:40])
    assert box_without_specks(inside, SIZE, 0.02) == Box(100, 40, 200, 60)
    whole = box_without_specks(inside, SIZE, 0.0)
    assert whole == Box(100, 40, 300, 160)


def test_there_is_no_box_around_nothing() -> None:
    assert box_without_specks(cells(), SIZE, 0.1) is None
