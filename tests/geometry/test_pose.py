from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry import Box, Point, Pose, Size

POSES = [Pose(mirrored, turns) for mirrored in (False, True) for turns in range(4)]
poses = st.sampled_from(POSES)
sizes = st.builds(Size, st.integers(1, 50), st.integers(1, 50))


def corner(pose: Pose) -> tuple[Point, Point]:
    """Return where the top left and top right corners go: that names a pose."""
    return pose.point(Point(0, 0)), pose.point(Point(1, 0))


@given(poses, poses)
def test_one_pose_after_another_is_a_pose(first: Pose, second: Pose) -> None:
    after = [second.point(point) for point in corner(first)]
    assert corner(first.then(second)) == tuple(after)


@given(poses)
def test_the_inverse_undoes_a_pose(pose: Pose) -> None:
    assert pose.then(pose.inverse()) == Pose()
    assert pose.inverse().then(pose) == Pose()


@given(poses, sizes)
def test_a_box_goes_where_its_corners_go(pose: Pose, size: Size) -> None:
    box = Box(size.width / 4, size.height / 3, size.width / 2, size.height / 3)
    posed, out = pose.box(box, size), pose.size(size)
    middle = pose.point(box.centre(size))
    assert posed.centre(out).x == pytest.approx(middle.x)
    assert posed.centre(out).y == pytest.approx(middle.y)
    assert posed.area == pytest.approx(box.area)
    back = pose.inverse().box(posed, out)
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
    point = Pose.exif(orientation).point(Point(0, 0))
    assert (point.x, point.y) == top_left_goes_to


def test_an_unknown_orientation_is_upright() -> None:
    assert Pose.exif(0) == Pose.exif(9) == Pose()
