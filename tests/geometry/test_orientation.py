from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry import Box, Orientation, Point, Size

ORIENTATIONS = [Orientation(mirrored, turns) for mirrored in (False, True) for turns in range(4)]
orientations = st.sampled_from(ORIENTATIONS)
sizes = st.builds(Size, st.integers(1, 50), st.integers(1, 50))


def corner(orientation: Orientation) -> tuple[Point, Point]:
    """Return where the top left and top right corners go: that names an orientation."""
    return orientation.point(Point(0, 0)), orientation.point(Point(1, 0))


@given(orientations, orientations)
def test_one_pose_after_another_is_a_pose(first: Orientation, second: Orientation) -> None:
    after = [second.point(point) for point in corner(first)]
    assert corner(first.then(second)) == tuple(after)


@given(orientations)
def test_the_inverse_undoes_an_orientation(orientation: Orientation) -> None:
    assert orientation.then(orientation.inverse()) == Orientation()
    assert orientation.inverse().then(orientation) == Orientation()


@given(orientations, sizes)
def test_a_box_goes_where_its_corners_go(orientation: Orientation, size: Size) -> None:
    box = Box(size.width / 4, size.height / 3, size.width / 2, size.height / 3)
    oriented, out = orientation.box(box, size), orientation.size(size)
    middle = orientation.point(box.centre(size))
    assert oriented.centre(out).x == pytest.approx(middle.x)
    assert oriented.centre(out).y == pytest.approx(middle.y)
    assert oriented.area == pytest.approx(box.area)
    back = orientation.inverse().box(oriented, out)
    assert back.left == pytest.approx(box.left)
    assert back.top == pytest.approx(box.top)


@pytest.mark.parametrize(
    ("orientation", "top_left_goes_to"),
    [
        (1, (0, 0)),
        (2, (1, 0)),
        (3, (1, 1)),
        (4, (0, 1)),
        (5, (0, 0)),
        (6, (1, 0)),
        (7, (1, 1)),
        (8, (0, 1)),
    ],
)
def test_exif_orientations_follow_the_specification(
    orientation: int, top_left_goes_to: tuple[int, int]
) -> None:
    point = Orientation.exif(orientation).point(Point(0, 0))
    assert (point.x, point.y) == top_left_goes_to


def test_an_unknown_orientation_is_upright() -> None:
    assert Orientation.exif(0) == Orientation.exif(9) == Orientation()
