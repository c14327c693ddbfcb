"""Where the focal plane lies, on maps drawn here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foveate.geometry.box import Point
from foveate.vision.focus import (
    LEAST_AROUND,
    around,
    continued,
    held,
    nearest_salient,
    part_at,
    with_edges,
    with_subject,
)

SIDE = 120


def plane(*boxes: tuple[slice, slice, float], ground: float = 0.1) -> np.ndarray:
    made = np.full((SIDE, SIDE), ground, np.float32)
    for rows, columns, value in boxes:
        made[rows, columns] = value
    return made


PERSON = np.s_[30:100, 40:70]
MATTE = plane((*PERSON, 1.0), ground=0.0)


def test_a_point_is_as_near_as_what_is_around_it() -> None:
    near = plane((slice(50, 70), slice(50, 70), 0.8))
    near[60, 60] = 0.0  # one cell that is wrong
    assert around(near, Point(0.5, 0.5)) == pytest.approx(0.8)
    assert (2 * LEAST_AROUND + 1) ** 2 >= 16


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 9), st.integers(1, 9))
def test_every_point_of_every_map_has_a_nearness(
    x: float, y: float, rows: int, columns: int
) -> None:
    near = np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)
    assert 0 <= around(near, Point(x, y)) <= near.max()


def test_parts_of_a_matte_are_told_apart_by_a_point_in_them() -> None:
    both = plane((*np.s_[20:60, 10:40], 1.0), (*np.s_[20:60, 80:110], 0.9), ground=0.0)
    left = part_at(both, Point(25 / SIDE, 40 / SIDE))
    assert left is not None
    assert left[40, 25] == 1
    assert left[40, 95] == 0
    assert part_at(both, Point(0.5, 0.9)) is None
    all_of_them = part_at(both, Point(25 / SIDE, 0.3), Point(95 / SIDE, 0.3), Point(0.5, 0.95))
    assert all_of_them is not None
    assert np.array_equal(all_of_them > 0.5, both > 0.5)


def test_behind_a_subject_the_scene_goes_on_without_a_rim() -> None:
    # The map of depth is soft, as maps are: nearness of the person spills over eight cells.
    near = plane((slice(22, 108), slice(32, 78), 0.5), (*PERSON, 0.9))
    seen = with_subject(near, MATTE)
    assert seen.nearness == pytest.approx(0.9)
    assert seen.subject is MATTE
    rim = seen.scene[40:90, 36:39]
    assert np.abs(with_subject(plane((*PERSON, 0.9)), MATTE).scene[40:90, 36:39] - 0.1).max() < 0.02
    assert rim.max() < 0.52


def test_what_a_subject_touches_at_its_depth_is_nearly_in_its_plane() -> None:
    bench = (slice(80, 104), slice(10, 110), 0.84)
    seen = with_subject(plane(bench, (*PERSON, 0.9)), MATTE)
    assert abs(seen.scene[92, 20] - 0.9) < 0.03
    assert seen.scene[20, 20] == pytest.approx(0.1, abs=0.01)


def test_somebody_without_a_matte_is_in_one_plane_from_face_to_feet() -> None:
    near = plane((slice(30, 50), slice(40, 70), 0.9), (slice(50, 100), slice(40, 70), 0.6))
    people = plane((*PERSON, 0.9), ground=0.1)
    seen = held(near, people, [Point(55 / SIDE, 40 / SIDE)])
    assert seen is not None
    inside = seen.scene[PERSON] - seen.nearness
    assert np.abs(inside).max() < 0.25
    assert seen.scene[20, 20] == pytest.approx(0.1, abs=0.02)
    assert held(near, people, [Point(0.95, 0.95)]) is None


def test_what_is_as_near_and_stands_apart_stays_where_it_is() -> None:
    post = (slice(0, 120), slice(108, 114), 0.84)
    seen = with_subject(plane(post, (*PERSON, 0.9)), MATTE)
    assert seen.scene[60, 111] == pytest.approx(0.84, abs=0.01)


def test_a_subject_that_is_out_of_focus_has_its_own_edges() -> None:
    near = plane((slice(22, 108), slice(32, 78), 0.5), (*PERSON, 0.9))
    made = with_edges(near, MATTE)
    assert made[60, 55] == pytest.approx(0.9, abs=0.01)
    assert made[60, 41] - made[60, 38] > 0.35


def test_what_is_near_and_draws_the_eye_is_in_focus_where_nothing_else_is() -> None:
    near = plane((*np.s_[70:110, 20:60], 0.9), (*np.s_[10:40, 70:110], 0.3))
    looks = plane((*np.s_[70:110, 20:60], 0.9), (*np.s_[10:40, 70:110], 1.0), ground=0.0)
    assert nearest_salient(near, looks) == pytest.approx(0.9)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_what_is_continued_stays_between_what_is_known(rows: int, columns: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.random((rows, columns)).astype(np.float32)
    known = (chance.random((rows, columns)) > 0.5).astype(np.float32)
    made = continued(values, known)
    assert np.allclose(made[known == 1], values[known == 1], atol=1e-5)
    if known.any():
        low, high = values[known == 1].min(), values[known == 1].max()
        assert made.min() >= low - 1e-4
        assert made.max() <= high + 1e-4
    else:
        assert np.array_equal(made, values)
