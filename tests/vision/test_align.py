from __future__ import annotations

from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry import Box
from foveate.vision.align import (
    SIDE,
    TEMPLATE,
    EdgeMode,
    Pyramid,
    Similarity,
    amid_black,
    halved,
    lean,
    square,
    unturned_warp,
    upright,
    warp,
)

Array = np.ndarray[Any, np.dtype[Any]]

turns = st.complex_numbers(min_magnitude=0.01, max_magnitude=50)
shifts = st.complex_numbers(max_magnitude=5000)


def moved(points: Array, by: Similarity) -> Array:
    places = by.turn * (points[:, 0] + 1j * points[:, 1]) + by.shift
    return np.stack([places.real, places.imag], axis=1)


def ramp(height: int, width: int) -> Array:
    """A picture whose red is the column, whose green is the row, and whose blue is even."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x, y, np.full_like(x, 77)], axis=-1).astype(np.uint8)


@given(turns, shifts)
def test_a_similarity_is_recovered_from_where_points_went(turn: complex, shift: complex) -> None:
    found = Similarity.fitted(TEMPLATE, moved(TEMPLATE, Similarity(turn, shift)))
    assert found.turn == pytest.approx(turn, rel=1e-6, abs=1e-7)
    assert found.shift == pytest.approx(shift, rel=1e-6, abs=1e-5)


@given(turns, shifts)
def test_the_inverse_leads_back(turn: complex, shift: complex) -> None:
    there = Similarity(turn, shift)
    back = moved(moved(TEMPLATE, there), there.inverse())
    assert np.allclose(back, TEMPLATE, atol=1e-6 + 1e-9 * abs(shift) / abs(turn))


def test_no_other_similarity_is_nearer_to_points_that_do_not_fit() -> None:
    rng = np.random.default_rng(1)
    goal = TEMPLATE + rng.normal(0, 4, TEMPLATE.shape)
    best = Similarity.fitted(TEMPLATE, goal)

    def error(candidate: Similarity) -> float:
        return float(np.square(moved(TEMPLATE, candidate) - goal).sum())

    for step in (0.003, -0.003, 0.003j, -0.003j):
        assert error(Similarity(best.turn + step, best.shift)) > error(best)
        assert error(Similarity(best.turn, best.shift + 100 * step)) > error(best)


def test_points_in_one_place_give_a_similarity_all_the_same() -> None:
    found = Similarity.fitted(np.full((5, 2), 7.0), TEMPLATE)
    assert np.isfinite([found.turn, found.shift]).all()


def test_the_identity_shows_the_picture_itself() -> None:
    picture = ramp(20, 20)
    assert np.array_equal(warp(Pyramid(picture), Similarity(1, 0), 20), picture)


def test_between_pixels_colours_are_mixed() -> None:
    crop = warp(Pyramid(ramp(40, 40) * 2), Similarity(1, 3.5 + 7.25j), 4)
    assert crop[0, 0].tolist() == [7, 15, 154]
    assert crop[2, 3].tolist() == [13, 19, 154]


def test_a_quarter_turn_turns() -> None:
    picture = ramp(30, 30)
    crop = warp(Pyramid(picture), Similarity(1j, 29), 30)
    assert np.array_equal(crop, np.rot90(picture))


@pytest.mark.parametrize(
    ("edge", "expected"), [(EdgeMode.BLACK, [0, 0, 0]), (EdgeMode.NEAREST, [200, 200, 200])]
)
def test_beyond_the_picture(edge: EdgeMode, expected: list[int]) -> None:
    white = np.full((10, 10, 3), 200, np.uint8)
    crop = warp(Pyramid(white), Similarity(1, -5 - 5j), 20, edge)
    assert crop[0, 0].tolist() == crop[19, 19].tolist() == expected
    assert crop[10, 10].tolist() == [200, 200, 200]


@pytest.mark.parametrize("scale", [1, 4])
@pytest.mark.parametrize("edge", list(EdgeMode))
def test_a_crop_wholly_outside_is_border(edge: EdgeMode, scale: int) -> None:
    outside = Similarity(scale, 900 - 4000j)
    crop = warp(Pyramid(np.full((8, 8, 3), 90, np.uint8)), outside, 6, edge)
    assert set(crop.ravel().tolist()) == {0 if edge is EdgeMode.BLACK else 90}


def test_halfway_over_the_edge_black_is_mixed_in() -> None:
    crop = warp(Pyramid(np.full((4, 4, 3), 100, np.uint8)), Similarity(1, -0.5), 4, EdgeMode.BLACK)
    assert crop[:, 0, 0].tolist() == [50] * 4


def test_a_picture_of_one_pixel_is_that_colour_everywhere() -> None:
    picture = Pyramid(np.array([[[1, 2, 3]]], np.uint8))
    crop = warp(picture, Similarity(5, 0), 3)
    assert crop.reshape(-1, 3).tolist() == [[1, 2, 3]] * 9


def test_halved_is_the_mean_of_four_rounded() -> None:
    picture = np.array([[[0, 10, 255]], [[1, 20, 255]]], np.uint8).repeat(3, axis=1)
    picture[0, 1] = (2, 31, 255)
    assert halved(picture).tolist() == [[[1, 20, 255]]]


@given(st.floats(1, 40))
def test_no_pixel_is_skipped(scale: float) -> None:
    times = Pyramid(np.zeros((64, 64, 3), np.uint8)).finest_below(scale).times
    assert times == 2 ** int(min(log2(scale), 6))
    assert scale / times < 2 or times == 64


def test_a_part_of_a_level_is_that_of_the_whole_halved() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (61, 47, 3), np.uint8)
    level, whole = Pyramid(picture).finest_below(5), halved(halved(picture))
    assert (level.height, level.width) == whole.shape[:2]
    assert np.array_equal(level.part(3, 2, 9, 7), whole[2:7, 3:9])
    assert np.array_equal(level.part(-4, -4, 99, 99), whole)


def test_fine_stripes_turn_even_instead_of_flickering() -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 254
    crop = warp(Pyramid(stripes), square(Box(3, 5, 200, 200), 50), 50)
    assert set(crop.ravel().tolist()) == {127}


def test_shrinking_keeps_places() -> None:
    crop = warp(Pyramid(ramp(200, 200)), square(Box(0, 0, 200, 200), 25), 25)
    expected = np.arange(25) * 8 + 3.5
    assert np.abs(crop[12, :, 0] - expected).max() <= 1
    assert np.abs(crop[:, 12, 1] - expected).max() <= 1


def test_a_square_has_the_longer_side_and_the_middle_of_the_box() -> None:
    crop = warp(Pyramid(ramp(100, 100)), square(Box(40, 30, 10, 20), 20), 20)
    assert crop[0, :, 0].tolist() == list(range(35, 55))
    assert crop[:, 0, 1].tolist() == list(range(30, 50))


def test_context_shows_more_around_the_box() -> None:
    tight, wide = (square(Box(40, 40, 20, 20), 20, context) for context in (1, 2))
    assert wide.scale == pytest.approx(2 * tight.scale)
    middles = [place.turn * (9.5 + 9.5j) + place.shift for place in (tight, wide)]
    assert middles[0] == pytest.approx(middles[1]) == 49.5 + 49.5j


def test_a_box_amid_black_keeps_its_shape_and_its_middle() -> None:
    bright = ramp(100, 100) // 2 + 100

    def of(box: Box) -> Array:
        return amid_black(warp(Pyramid(bright), square(box, 20), 20), box)

    crop = of(Box(40, 30, 10, 20))
    assert np.array_equal(crop[:, 5:15], bright[30:50, 40:50])
    assert not crop[:, :5].any()
    assert not crop[:, 15:].any()
    lying = of(Box(30, 40, 20, 10))
    assert np.array_equal(lying[5:15], bright[40:50, 30:50])
    assert not lying[[*range(5), *range(15, 20)]].any()


def test_a_square_turns_about_its_middle() -> None:
    box = Box(40, 30, 10, 20)
    plain, turned = square(box, 20), square(box, 20, turn=1j)
    assert turned.turn == pytest.approx(1j * plain.turn)
    middles = [place.turn * (9.5 + 9.5j) + place.shift for place in (plain, turned)]
    assert middles[0] == pytest.approx(middles[1]) == 44.5 + 39.5j
    crop = warp(Pyramid(ramp(100, 100)), turned, 20)
    assert crop[:, 0, 0].tolist() == list(range(54, 34, -1)), "down the crop is to the left"


@given(turns, shifts)
def test_a_face_leans_as_it_was_turned(turn: complex, shift: complex) -> None:
    marks = moved(TEMPLATE, Similarity(turn, shift))
    found = lean([(float(x), float(y)) for x, y in marks])
    assert found == pytest.approx(turn / abs(turn), abs=1e-6)


@given(turns, shifts)
def test_upright_brings_landmarks_to_the_template(turn: complex, shift: complex) -> None:
    marks = moved(TEMPLATE, Similarity(turn, shift))
    place = upright([(float(x), float(y)) for x, y in marks])
    assert np.allclose(moved(marks, place.inverse()), TEMPLATE, atol=1e-4)


def test_upright_with_context_and_lift() -> None:
    marks = [(float(x), float(y)) for x, y in TEMPLATE]
    plain, wide = upright(marks, 224), upright(marks, 224, 1.5)
    assert plain.scale == pytest.approx(0.5)
    assert wide.scale == pytest.approx(0.75)
    lifted = upright(marks, 224, 1.5, lift=0.1)
    assert lifted.shift - wide.shift == pytest.approx(0.1j * 224 * 0.75)


LANDMARKS = [
    (204.75, 100.99),
    (247.28, 103.39),
    (223.64, 129.45),
    (202.59, 138.21),
    (244.45, 140.42),
]


def test_the_matrix_of_the_reference_face() -> None:
    found = Similarity.fitted(LANDMARKS, TEMPLATE)
    assert found.turn == pytest.approx(0.88742 - 0.05938j, abs=1e-4)
    assert found.shift == pytest.approx(-150.50867 - 23.46612j, abs=0.02)


@pytest.mark.models
def test_the_aligned_reference_face(portrait: Array) -> None:
    crop = warp(Pyramid(portrait), upright(LANDMARKS), SIDE, EdgeMode.BLACK)
    assert np.abs(crop[56, 56].astype(int) - (228, 199, 170)).max() <= 2
    assert crop.mean((0, 1)) == pytest.approx((159.448, 134.652, 108.210), abs=0.1)


@given(st.floats(-40, 90), st.floats(-40, 90), st.floats(0.05, 6))
def test_a_place_that_is_not_turned_is_seen_the_same_row_by_row(
    left: float, top: float, step: float
) -> None:
    picture = Pyramid(np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8))
    place = Similarity(complex(step), complex(left, top))
    seen, same = (take(picture, place, 24).astype(int) for take in (unturned_warp, warp))
    assert np.abs(seen - same).max() <= 1
