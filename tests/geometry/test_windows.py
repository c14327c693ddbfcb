from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.geometry.crop import cuts
from foveate.geometry.fit import Window
from foveate.geometry.windows import Kept, SummedMap, Wishes, best_window, cut_counts

SIZE = Size(120, 80)
WHOLE = Box.of(SIZE)

sides = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.floats(0, 100)), draw(st.floats(0, 60))
    return Box(left, top, draw(st.floats(2, 120 - left)), draw(st.floats(2, 80 - top)))


def summed(seed: int, shape: tuple[int, int] = (8, 12)) -> SummedMap:
    return SummedMap.of(np.random.default_rng(seed).random(shape) ** 3, SIZE)


def spot(row: int, column: int, shape: tuple[int, int] = (8, 12)) -> SummedMap:
    values = np.zeros(shape)
    values[row, column] = 1.0
    return SummedMap.of(values, SIZE)


def test_a_map_is_spread_evenly_within_each_cell() -> None:
    one = spot(2, 3)  # 30..40 across, 20..30 down
    assert one.held(WHOLE) == pytest.approx(1.0)
    assert one.held(Box(30, 20, 5, 5)) == pytest.approx(0.25)
    assert one.held(Box(37.5, 0, 80, 80)) == pytest.approx(0.25)
    assert one.held(Box(40, 0, 80, 80)) == pytest.approx(0.0)


def test_cells_need_not_be_whole_pixels() -> None:
    values = SummedMap.of(np.array([[1.0, 2.0, 3.0]]), Size(10, 7))
    assert values.held(Box(0, 0, 10, 7)) == pytest.approx(6.0)
    assert values.held(Box(10 / 3, 0, 10 / 3, 3.5)) == pytest.approx(1.0)


def test_the_window_goes_where_the_most_is() -> None:
    box = best_window(spot(6, 10), WHOLE, Window(40, 40))
    assert box.contains(Box(100, 60, 10, 10))


def test_where_nothing_is_better_the_window_stays_at_the_centre() -> None:
    flat = SummedMap.of(np.ones((5, 7)), SIZE)
    assert best_window(flat, WHOLE, Window(33, 21)) == Box(43.5, 29.5, 33, 21)


def test_of_equally_good_places_the_one_nearest_to_the_centre_is_taken() -> None:
    box = best_window(spot(4, 0), WHOLE, Window(60, 80))
    assert box.left == pytest.approx(0)
    loose = best_window(spot(4, 4), WHOLE, Window(60, 80))
    assert loose.left == pytest.approx(30), "the centre holds it already"


@given(st.integers(0, 50), st.floats(5, 120), st.floats(5, 80), sides, sides)
def test_no_other_place_holds_more(
    seed: int, width: float, height: float, across: float, down: float
) -> None:
    values, window = summed(seed), Window(width, height)
    best = best_window(values, WHOLE, window)
    other = Box((120 - width) * across, (80 - height) * down, width, height)
    assert values.held(best) >= values.held(other) - 1e-6
    assert WHOLE.contains(best)


@given(
    st.integers(0, 50), st.lists(boxes(), max_size=4), st.floats(5, 120), st.floats(5, 80),
    sides, sides,
)  # fmt: skip
def test_no_other_place_cuts_fewer_boxes_or_as_few_and_holds_more(
    seed: int, spare: list[Box], width: float, height: float, across: float, down: float
) -> None:
    values, window = summed(seed), Window(width, height)
    best = best_window(values, WHOLE, window, Wishes(uncut=[list(map(Kept.whole, spare))]))
    other = Box((120 - width) * across, (80 - height) * down, width, height)
    cut_best, cut_other = (sum(cuts(box, one) for one in spare) for box in (best, other))
    assert cut_best <= cut_other
    if cut_best == cut_other:
        assert values.held(best) >= values.held(other) - 1e-6


@given(st.lists(boxes(), max_size=5), st.floats(5, 120), st.floats(5, 80), sides, sides)
def test_cuts_are_counted_as_geometry_defines_them(
    spare: list[Box], width: float, height: float, across: float, down: float
) -> None:
    box = Box((120 - width) * across, (80 - height) * down, width, height)
    at = np.array([box.left]), np.array([box.top])
    assert cut_counts(list(map(Kept.whole, spare)), *at, Window(width, height))[0, 0] == sum(
        cuts(box, one) for one in spare
    )


def test_a_box_is_spared_by_moving_as_little_as_it_takes() -> None:
    values = spot(4, 6)  # 60..70 across
    face = Box(30, 0, 15, 80)
    free = best_window(values, WHOLE, Window(40, 80))
    spared = best_window(values, WHOLE, Window(40, 80), Wishes(uncut=[[Kept.whole(face)]]))
    assert cuts(free, face)
    assert spared.left == pytest.approx(45)
    assert values.held(spared) == pytest.approx(1.0)


def test_a_box_is_spared_although_the_window_then_holds_less() -> None:
    values, face = spot(4, 6), Box(55, 0, 50, 80)
    box = best_window(values, WHOLE, Window(40, 80), Wishes(uncut=[[Kept.whole(face)]]))
    assert not cuts(box, face)
    assert values.held(box) == pytest.approx(0.0)


def test_the_first_group_goes_before_the_second() -> None:
    first, second = Box(55, 0, 10, 80), Box(60, 0, 40, 80)
    box = best_window(
        spot(4, 5), WHOLE, Window(30, 80), Wishes(uncut=[[Kept.whole(first)], [Kept.whole(second)]])
    )
    assert not cuts(box, first)


def test_what_must_be_whole_is_held_before_anything_is_uncut_or_seen() -> None:
    first, second, spared = Box(10, 0, 15, 80), Box(100, 0, 15, 80), Box(20, 0, 40, 80)
    wishes = Wishes(whole=[first, second], uncut=[[Kept.whole(spared)]])
    box = best_window(spot(4, 9), WHOLE, Window(30, 80), wishes)
    assert box.contains(first)
    assert cuts(box, spared)


def test_a_box_that_can_never_be_whole_is_no_reason_to_leave_out_another() -> None:
    small = Box(10, 0, 15, 80)
    wishes = Wishes(whole=[Box(30, 0, 60, 80), small])
    assert best_window(spot(4, 9), WHOLE, Window(30, 80), wishes).contains(small)


@pytest.mark.parametrize(("cost", "is_cut"), [(0.1, True), (1.1, False)])
def test_a_dear_box_is_cut_where_more_is_to_be_seen_than_that_costs(
    cost: float, *, is_cut: bool
) -> None:
    face = Box(55, 0, 50, 80)
    wishes = Wishes(dear=[(Kept.whole(face), cost)])
    assert cuts(best_window(spot(4, 6), WHOLE, Window(40, 80), wishes), face) == is_cut


def test_what_is_shown_at_all_is_shown_with_its_top() -> None:
    body = Kept(held=Box(0, 10, 120, 10), seen=Box(0, 10, 120, 60))
    free, headed = (
        best_window(spot(4, 5), WHOLE, Window(120, 30), Wishes(uncut=[kept]))
        for kept in ([], [body])
    )
    assert free.top > 20
    assert headed.contains(body.held)
    shy = Wishes(uncut=[[Kept(held=Box(0, 10, 120, 10), seen=Box(0, 10, 120, 25))]])
    assert best_window(spot(6, 5), WHOLE, Window(120, 30), shy).top >= 35


def test_the_window_stays_inside_the_part_that_is_left() -> None:
    within = Box(50, 20, 60, 40)
    box = best_window(spot(0, 0), within, Window(30, 40))
    assert within.contains(box)
    assert best_window(spot(0, 0), within, Window(90, 40)) == within


def test_one_cell_and_one_pixel_work() -> None:
    one = SummedMap.of(np.ones((1, 1)), Size(1, 1))
    assert best_window(one, Box(0, 0, 1, 1), Window(1, 1)) == Box(0, 0, 1, 1)
