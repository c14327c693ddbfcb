from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.gravity.bodies import bodies, regions
from foveate.gravity.importance import covered

SIZE, SHAPE = Size(800, 600), (30, 40)


def people(*boxes: Box, odds: float = 0.95) -> np.ndarray:
    return odds * np.maximum.reduce([covered(box, SHAPE, SIZE) for box in boxes])


def test_the_head_of_who_stands_is_in_the_top_quarter() -> None:
    (body,) = bodies(people(Box(300, 100, 100, 480)), SIZE)
    assert body.top == Box(300, 100, 100, 120)
    assert body.box == Box(300, 100, 100, 480)
    assert body.share == pytest.approx(0.1)


def test_a_head_is_as_wide_as_itself_and_not_as_its_shoulders() -> None:
    head, trunk = Box(340, 100, 40, 120), Box(280, 220, 160, 360)
    (body,) = bodies(people(head, trunk), SIZE)
    assert body.top == head


def test_the_largest_comes_first_and_specks_are_nobody() -> None:
    small, large, speck = Box(20, 40, 60, 400), Box(300, 0, 200, 600), Box(700, 0, 20, 100)
    assert [body.top.left for body in bodies(people(small, large, speck), SIZE)] == [300, 20]


@pytest.mark.parametrize("odds", [0.1, 0.75])
def test_what_is_hardly_a_person_is_nobody(odds: float) -> None:
    assert bodies(people(Box(300, 100, 100, 500), odds=odds), SIZE) == []


@pytest.mark.parametrize(("height", "count"), [(160, 0), (260, 1)])
def test_somebody_has_a_fiftieth_of_the_picture(height: int, count: int) -> None:
    assert len(bodies(people(Box(300, 100, 40, height)), SIZE)) == count


def test_who_has_no_head_in_the_picture_has_no_top() -> None:
    torso = Box(0, 40, 380, 560)
    assert bodies(people(torso), SIZE) == []


def test_who_lies_has_no_top() -> None:
    assert bodies(people(Box(100, 400, 500, 150)), SIZE) == []


def test_those_who_touch_at_a_corner_only_are_two() -> None:
    mask = np.kron([[1, 0], [0, 1]], np.ones((3, 2))).astype(bool)
    assert [int(region.sum()) for region in regions(mask)] == [6, 6]


def test_a_snake_is_one() -> None:
    mask = np.zeros((9, 9), bool)
    mask[::2] = True
    mask[1::4, -1] = mask[3::4, 0] = True
    (region,) = regions(mask)
    assert (region == mask).all()


@given(st.lists(st.booleans(), min_size=36, max_size=36))
def test_regions_are_all_of_a_mask_and_do_not_touch(cells: list[bool]) -> None:
    mask = np.array(cells).reshape(6, 6)
    parts = list(regions(mask))
    assert (sum((part.astype(int) for part in parts), np.zeros((6, 6), int)) == mask).all()
    for part in parts:
        wide = np.pad(part, 1)
        near = wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
        assert not (near & mask & ~part).any()
