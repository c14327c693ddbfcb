from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Point
from foveate.geometry.crop import centred, cuts, inside, largest, remainder, sparing
from foveate.geometry.fit import Window

FRAME = Box(0, 0, 1000, 600)
boxes = st.builds(Box, st.floats(0, 900), st.floats(0, 500), st.floats(10, 100), st.floats(10, 100))


@given(st.floats(-500, 1500), st.floats(-500, 1500), st.floats(1, 1000), st.floats(1, 600))
def test_a_window_is_shifted_inside_before_it_is_shrunk(
    x: float, y: float, width: float, height: float
) -> None:
    box = inside(FRAME, centred(Window(width, height), x, y))
    assert FRAME.contains(box)
    assert (box.width, box.height) == (width, height)


def test_a_window_larger_than_the_frame_is_shrunk() -> None:
    assert inside(FRAME, Box(-500, -500, 2000, 2000)) == FRAME


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_point_lies_on_the_same_point_of_the_picture(x: float, y: float) -> None:
    box = remainder(FRAME, Window(300, 200), Point(x, y))
    assert abs((box.left + x * 300) - x * 1000) < 1e-6
    assert abs((box.top + y * 200) - y * 600) < 1e-6


@given(st.floats(0.01, 100))
def test_the_largest_window_touches_the_frame(aspect: float) -> None:
    window = largest(FRAME, aspect)
    assert abs(window.aspect / aspect - 1) < 1e-6
    assert window.width == 1000 or abs(window.height - 600) < 1e-6


@given(boxes, boxes)
def test_what_must_be_whole_is_never_cut(first: Box, second: Box) -> None:
    ideal = centred(Window(338, 600), *second.middle)
    assert sparing(FRAME, ideal, [first, second], [first]).contains(first)


@given(boxes, boxes)
def test_what_cannot_be_whole_together_is_so_one_after_the_other(first: Box, second: Box) -> None:
    whole = [Box.covering([first, second]), first, second]
    got = sparing(FRAME, centred(Window(338, 600), 500, 300), [], whole)
    assert got.contains(first)
    assert got.contains(second) or whole[0].width > 338


@given(boxes, boxes)
def test_nothing_is_cut_where_a_crop_without_a_cut_exists(first: Box, second: Box) -> None:
    window = Window(338, 600)
    got = sparing(FRAME, centred(window, *first.middle), [first, second])
    possible = any(
        box.contains(first) and not cuts(box, second)
        for box in (Box(left, 0, 338, 600) for left in range(663))
    )
    assert not (possible and cuts(got, second))


def test_a_crop_that_cuts_nothing_stays_where_it_was_meant() -> None:
    ideal = Box(100, 0, 300, 600)
    assert sparing(FRAME, ideal, [Box(150, 100, 50, 50)]) == ideal


def test_a_hundred_faces_are_placed_in_bounded_time() -> None:
    crowd = [Box(10 * i % 950, 7 * i % 550, 40, 45) for i in range(100)]
    assert FRAME.contains(sparing(FRAME, Box(300, 0, 338, 600), crowd))
