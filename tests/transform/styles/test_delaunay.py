from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foveate.transform.styles.delaunay import triangles

PLACES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=40, unique=True
)


def area(shapes: np.ndarray) -> np.ndarray:
    one, other = shapes[:, 1] - shapes[:, 0], shapes[:, 2] - shapes[:, 0]
    return np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2


def scattered(places: list[tuple[int, int]], seed: int) -> np.ndarray:
    """Return places in a square of 80 around them, none of them quite in a row."""
    shift = np.random.default_rng(seed).uniform(-0.2, 0.2, (len(places), 2))
    corners = [(-10.0, -10.0), (70.0, -10.0), (-10.0, 70.0), (70.0, 70.0)]
    return np.concatenate([corners, np.array(places) + shift])


@given(PLACES, st.integers(0, 9))
def test_triangles_fill_the_square_and_none_overlap(
    places: list[tuple[int, int]], seed: int
) -> None:
    points = scattered(places, seed)
    corners = triangles(points)
    assert np.isclose(area(points[corners]).sum(), 80 * 80)
    assert set(corners.ravel().tolist()) == set(range(len(points)))
    # Euler: with all points inside a square there are two for each, and two more.
    assert len(corners) == 2 * (len(points) - 4) + 2


@given(PLACES, st.integers(0, 9))
def test_no_point_lies_in_the_circle_of_a_triangle(
    places: list[tuple[int, int]], seed: int
) -> None:
    points = scattered(places, seed)
    for corners in triangles(points):
        a, b, c = points[corners]
        turned = np.linalg.solve(2 * np.array([b - a, c - a]), [b @ b - a @ a, c @ c - a @ a])
        far = np.hypot(*(points - turned).T)
        assert far.min() >= np.hypot(*(a - turned)) * (1 - 1e-6)


def test_three_points_are_one_triangle() -> None:
    (only,) = triangles(np.array([[0.0, 0], [4, 0], [0, 3]]))
    assert sorted(only) == [0, 1, 2]
