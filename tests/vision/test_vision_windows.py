"""Where a selection looks closer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.vision.clicks import Click
from foveate.vision.windows import (
    FINER_LONG,
    LARGE,
    LEAST,
    LONG,
    SHORTEST,
    STEP,
    WHOLE,
    around,
    close_to,
    filled,
    holding,
    is_cut,
    look_size,
    seen_from,
)

SIZES = st.builds(Size, st.integers(40, 800), st.integers(40, 800))
UNIT = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.floats(0, 0.95)), draw(st.floats(0, 0.95))
    width, height = draw(st.floats(0.01, 1)) * (1 - left), draw(st.floats(0.01, 1)) * (1 - top)
    return Box(left, top, width, height)


@given(SIZES, st.sampled_from([LONG, FINER_LONG]))
def test_a_look_has_whole_groups_of_patches(size: Size, long: int) -> None:
    seen = look_size(size, long)
    assert seen.long_side == 14 * long
    assert min(seen.width, seen.height) // 14 in range(SHORTEST, long + 1, STEP)
    assert (seen.aspect > 1) >= (size.aspect > 1.2)


@given(boxes(), SIZES)
def test_a_window_holds_its_box_and_lies_in_the_picture(box: Box, size: Size) -> None:
    window = close_to(box, size)
    assert WHOLE.contains(window, slack=1e-6)
    assert window.contains(box, slack=1e-6)


@given(boxes(), SIZES)
def test_a_window_around_a_box_is_square_where_the_picture_has_room(box: Box, size: Size) -> None:
    wide = box.scaled(size.width, size.height)
    window = around(wide, size)
    assert Box.of(size).contains(window, slack=1e-3)
    assert window.contains(wide, slack=1e-3)
    if window.width < size.width and window.height < size.height:
        assert window.width == pytest.approx(window.height)


@given(boxes(), SIZES)
def test_a_window_is_the_whole_or_clearly_smaller_and_not_tiny(box: Box, size: Size) -> None:
    window = close_to(box, size)
    side = max(window.width * size.width, window.height * size.height)
    if window != WHOLE:
        assert LEAST * size.long_side * 0.99 <= side < LARGE * size.long_side


@given(boxes(), SIZES, st.lists(st.builds(Click, UNIT, UNIT), max_size=4))
def test_a_window_is_widened_until_it_holds_all_positive_clicks(
    box: Box, size: Size, clicks: list[Click]
) -> None:
    window = holding(close_to(box, size), clicks, size)
    assert len(seen_from(clicks, window)) == len(clicks)


def test_negative_clicks_do_not_widen_a_window_and_are_left_out_of_it() -> None:
    window, away = Box(0, 0, 0.25, 0.25), Click(0.9, 0.9, positive=False)
    assert holding(window, [Click(0.1, 0.1), away], Size(400, 400)) == window
    assert seen_from([Click(0.125, 0.25), away], window) == [Click(0.5, 1)]


def test_what_was_found_in_a_window_is_told_in_the_picture() -> None:
    inside = np.zeros((4, 4), bool)
    inside[1:3, 2:] = True
    box = filled(inside, Box(0.5, 0.5, 0.4, 0.4))
    assert box is not None
    assert (box.left, box.top) == pytest.approx((0.7, 0.6))
    assert (box.width, box.height) == pytest.approx((0.2, 0.2))
    assert filled(np.zeros((4, 4), bool)) is None


@pytest.mark.parametrize(("column", "cut"), [(0, False), (1, False), (3, True)])
def test_a_thing_is_cut_at_an_edge_behind_which_the_picture_goes_on(
    column: int,
    cut: bool,
) -> None:
    inside = np.zeros((4, 4), bool)
    inside[1, column] = True
    assert is_cut(inside, Box(0, 0, 0.5, 0.5)) is cut
