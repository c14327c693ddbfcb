"""The matte of the thing in a box: where is looked, what the head is told, how answers are laid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.vision.masks import (
    FINER,
    GRID,
    SIDE,
    BoxMattes,
    around,
    colours,
    laid,
    mirrored,
    places,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

CELLS = GRID * FINER
SIZES = st.builds(Size, st.integers(1, 5000), st.integers(1, 5000))


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Box, Size]:
    size = draw(SIZES)
    left, top = draw(st.floats(0, 0.99)) * size.width, draw(st.floats(0, 0.99)) * size.height
    width = draw(st.floats(0.01, 1)) * (size.width - left)
    height = draw(st.floats(0.01, 1)) * (size.height - top)
    return Box(left, top, width, height), size


@given(boxes())
def test_a_crop_lies_in_the_picture_and_holds_its_box(drawn: tuple[Box, Size]) -> None:
    box, size = drawn
    crop = around(box, size)
    assert Box.of(size).contains(crop, slack=1e-3)
    assert crop.contains(box, slack=1e-3)


@given(boxes())
def test_a_crop_is_square_where_the_picture_has_room(drawn: tuple[Box, Size]) -> None:
    box, size = drawn
    crop = around(box, size)
    if crop.width < size.width and crop.height < size.height:
        assert crop.width == pytest.approx(crop.height)


@given(boxes())
def test_the_shares_of_patches_add_up_to_the_box(drawn: tuple[Box, Size]) -> None:
    box, size = drawn
    crop = around(box, size)
    inside = places(box, crop)[0]
    assert inside.mean() * crop.area == pytest.approx(box.area, rel=1e-3)


def test_each_side_of_a_box_is_told_from_inside_as_positive() -> None:
    _, left, top, right, bottom = places(Box(6, 12, 12, 6), Box(0, 0, 24, 24))
    assert (left[0, 0] < 0, left[0, 23] == 1) == (True, True)
    assert (top[0, 0] < 0, top[23, 0] == 1) == (True, True)
    assert (right[0, 0] == 1, right[0, 23] < 0) == (True, True)
    assert (bottom[0, 0] == 1, bottom[23, 0] < 0) == (True, True)


@given(boxes())
def test_places_in_the_mirror_are_those_of_the_mirrored_box(drawn: tuple[Box, Size]) -> None:
    box, size = drawn
    crop = around(box, size)
    there = Box(crop.left + crop.right - box.right, box.top, box.width, box.height)
    np.testing.assert_allclose(mirrored(places(box, crop)), places(there, crop), atol=1e-4)


def test_colours_are_means_of_what_lies_under_a_cell() -> None:
    rgb = np.zeros((SIDE.height, SIDE.width, 3), np.uint8)
    rgb[:, : SIDE.width // 2] = (255, 0, 0)
    seen = colours(rgb)
    assert seen.shape == (3, CELLS, CELLS)
    assert np.ptp(seen[1]) == np.ptp(seen[2]) == 0
    assert (seen[0, :, : CELLS // 2] > 1.9).all()
    assert (seen[0, :, CELLS // 2 :] < -1.6).all()


def test_a_matte_is_laid_where_its_crop_lies() -> None:
    whole = laid(
        [(Box(40, 20, 20, 20), np.ones((96, 96), np.float32))], Size(100, 80), Size(50, 40)
    )
    assert whole.shape == (40, 50)
    assert (whole[10:20, 20:30] == 1).all()
    assert whole.sum() == 100


def test_of_two_mattes_the_surer_one_counts() -> None:
    crop = Box(0, 0, 10, 10)
    pair = [(crop, np.full((4, 4), value, np.float32)) for value in (0.25, 0.75)]
    for both in (pair, pair[::-1]):
        assert laid(both, Size(10, 10), Size(10, 10)) == pytest.approx(0.75)


@given(boxes(), SIZES.map(lambda size: size.within(64)))
def test_any_crop_can_be_laid_over_any_grid(drawn: tuple[Box, Size], onto: Size) -> None:
    box, size = drawn
    whole = laid([(around(box, size), np.ones((96, 96), np.float32))], size, onto)
    assert whole.shape == (onto.height, onto.width)
    assert set(np.unique(whole)) <= {0, 1}


class Tokens:
    """A gaze that knows the mean brightness of each patch."""

    def tokens(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return it in each of 768 numbers."""
        means = rgb.reshape(GRID, 14, GRID, 14, 3).mean((1, 3, 4))
        return np.repeat(means[..., None], 768, axis=2).astype(np.float32)


class Bright:
    """A head that takes what is bright in the box for the thing."""

    provider = "made"
    shapes: Sequence[tuple[int, ...]] = ()

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return log odds."""
        bright = (inputs["tokens"][0, ..., 0] > 100) & (inputs["places"][0, 0] > 0.5)
        fine = np.kron(np.where(bright, 9.0, -9.0), np.ones((FINER, FINER)))
        return [fine[None].astype(np.float32)]


class Everybody:
    """A network for people that takes all of a crop, or nothing, for a person."""

    name = "everybody"

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha

    def input_size(self, size: Size) -> Size:
        """Return what it looks at."""
        return size.within(64)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return its matte."""
        return np.full(rgb.shape[:2], self.alpha, np.float32)


@pytest.mark.parametrize(
    ("size", "person", "mixed"), [(340, True, True), (340, False, False), (80, True, False)]
)
def test_who_knows_people_has_a_say_of_those_both_see(
    size: int,
    person: bool,
    mixed: bool,
) -> None:
    rgb = np.zeros((400, 400, 3), np.uint8)
    rgb[20 : 20 + size, 20 : 20 + size] = 255
    outline = BoxMattes(Tokens(), Everybody(0.6), Bright)  # type: ignore[arg-type]
    _, matte = outline(rgb, Box(20, 20, 360, 360), person=person)
    assert (matte.max() < 0.9) == mixed


def test_a_box_is_answered_with_the_matte_of_its_crop() -> None:
    rgb = np.zeros((400, 600, 3), np.uint8)
    rgb[100:200, 200:300] = 255
    outline = BoxMattes(Tokens(), Everybody(0), Bright)  # type: ignore[arg-type]
    crop, matte = outline(rgb, Box(200, 100, 100, 100), person=False)
    assert crop == Box(175, 75, 150, 150)
    found = laid([(crop, matte)], Size(600, 400), Size(600, 400)) > 0.5
    assert found[105:195, 205:295].all()
    assert found.sum() == pytest.approx(100 * 100, rel=0.1)
