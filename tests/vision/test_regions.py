from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from foveate.vision.regions import means, rectangles, runs_of

Array = np.ndarray[Any, np.dtype[Any]]
masks = arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def flooded(mask: Array) -> set[frozenset[tuple[int, int]]]:
    """The regions of a mask, cell by cell."""
    left = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    found = set()
    while left:
        region, waiting = set[tuple[int, int]](), [left.pop()]
        while waiting:
            y, x = waiting.pop()
            region.add((y, x))
            near = {(y + down, x + across) for down, across in product((-1, 0, 1), repeat=2)}
            waiting += near & left
            left -= near
        found.add(frozenset(region))
    return found


@given(masks)
def test_cells_that_touch_are_one_region_and_no_others(mask: Array) -> None:
    runs, found = runs_of(mask), dict[int, set[tuple[int, int]]]()
    for row, start, end, number in zip(
        runs.rows, runs.starts, runs.ends, runs.regions, strict=True
    ):
        found.setdefault(int(number), set()).update((int(row), x) for x in range(start, end))
    assert {frozenset(cells) for cells in found.values()} == flooded(mask)
    assert sorted(found) == list(range(runs.count))


def test_a_region_may_wind_through_the_whole_mask() -> None:
    snake = np.zeros((41, 41), bool)
    snake[::4] = snake[2::8, -1] = True
    for row in range(0, 40, 4):
        snake[row : row + 5, -1 if row % 8 == 0 else 0] = True
    assert runs_of(snake).count == 1
    snake[18, :] = False
    assert runs_of(snake).count == 2


def drawn(middle: complex, sides: tuple[float, float], degrees: float) -> Array:
    """A mask of 300 x 300 with a turned rectangle."""
    y, x = np.mgrid[0:300, 0:300]
    at = (x + 1j * y - middle) * np.exp(-1j * math.radians(degrees))
    inside: Array = (np.abs(at.real) <= sides[0] / 2) & (np.abs(at.imag) <= sides[1] / 2)
    return inside


# From 45 degrees on it would be one that stands, and the turn that is found is off by two.
@given(st.floats(-42, 42), st.floats(60, 180), st.floats(12, 40))
def test_the_rectangle_around_a_turned_line_is_that_line(
    degrees: float, across: float, down: float
) -> None:
    found = rectangles(runs_of(drawn(150 + 140j, (across, down), degrees)))
    assert found.middles[0] == pytest.approx((150, 140), abs=1)
    assert found.sides[0] == pytest.approx((across, down), abs=2.5)
    # Cells are whole: the ends of a line may lie a cell too high or too low.
    assert math.degrees(found.turns[0]) == pytest.approx(degrees, abs=math.degrees(2.2 / across))


def test_a_line_that_stands_keeps_its_sides_and_leans_little() -> None:
    found = rectangles(runs_of(drawn(150 + 140j, (30, 200), 10)))
    assert found.sides[0] == pytest.approx((30, 200), abs=2.5)
    assert math.degrees(found.turns[0]) == pytest.approx(10, abs=1)


def test_several_regions_do_not_mix() -> None:
    both = drawn(80 + 60j, (100, 20), 15) | drawn(200 + 220j, (60, 30), -30)
    found = rectangles(runs_of(both))
    assert found.middles == pytest.approx(np.array([[80, 60], [200, 220]]), abs=1)
    assert found.sides == pytest.approx(np.array([[100, 20], [60, 30]]), abs=2.5)


def test_corners_go_clockwise_from_the_upper_left() -> None:
    found = rectangles(runs_of(drawn(150 + 150j, (100, 40), 0)))
    corners = found.corners(np.array([[100.0, 40.0]]))[0]
    assert corners == pytest.approx(
        np.array([[100, 130], [200, 130], [200, 170], [100, 170]]), abs=1
    )


@given(masks, st.integers(0, 5))
def test_the_mean_of_a_region_is_that_of_its_cells(mask: Array, seed: int) -> None:
    values = np.random.default_rng(seed).random(mask.shape, np.float32)
    expected = sorted(float(np.mean([values[cell] for cell in region])) for region in flooded(mask))
    assert sorted(means(runs_of(mask), values)) == pytest.approx(expected, rel=1e-4)


def test_where_nothing_is_there_is_no_region() -> None:
    runs = runs_of(np.zeros((5, 7), bool))
    assert runs.count == 0
    assert rectangles(runs).sides.shape == (0, 2)
    assert means(runs, np.zeros((5, 7), np.float32)).shape == (0,)
