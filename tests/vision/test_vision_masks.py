"""The matte of the thing in a box: what the heads are told, and how answers are laid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.vision.clicks import covered
from foveate.vision.masks import GRID, BoxMattes, laid, places
from foveate.vision.select_head import Field
from foveate.vision.windows import around

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.vision.clicks import Click

CELLS = GRID * 4
SIZES = st.builds(Size, st.integers(1, 5000), st.integers(1, 5000))


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Box, Size]:
    size = draw(SIZES)
    left, top = draw(st.floats(0, 0.99)) * size.width, draw(st.floats(0, 0.99)) * size.height
    width = draw(st.floats(0.01, 1)) * (size.width - left)
    height = draw(st.floats(0.01, 1)) * (size.height - top)
    return Box(left, top, width, height), size


def test_the_share_of_a_patch_that_lies_in_the_box_is_told() -> None:
    inside = places(Box(0.25, 0.5, 0.5, 1 / 48))[0]
    assert inside[12, 6:18] == pytest.approx(0.5)
    assert inside.sum() == pytest.approx(6)


def test_each_side_of_a_box_is_told_from_inside_as_positive() -> None:
    _, left, top, right, bottom = places(Box(0.25, 0.5, 0.5, 0.25))
    assert (left[0, 0] < 0, left[0, 23] == 1) == (True, True)
    assert (top[0, 0] < 0, top[23, 0] == 1) == (True, True)
    assert (right[0, 0] == 1, right[0, 23] < 0) == (True, True)
    assert (bottom[0, 0] == 1, bottom[23, 0] < 0) == (True, True)


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


def bright(tokens: NDArray[np.generic], inside: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return log odds of what is bright in a box, four cells to a patch."""
    there = (tokens[..., 0] > 100) & (inside > 0.5)
    return np.kron(np.where(there, 9.0, -9.0), np.ones((4, 4))).astype(np.float32)


class Bright:
    """A head that takes what is bright in the box for the thing."""

    provider = "made"
    shapes: Sequence[tuple[int, ...]] = ()

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return log odds."""
        return [bright(inputs["tokens"][0], inputs["places"][0, 0])[None]]


class Clicked:
    """A head that takes what is bright in the box for the thing, or nothing at all."""

    name = "clicked"

    def __init__(self, *, sees: bool = True) -> None:
        self.sees = sees
        self.told: list[tuple[Sequence[Click], Box | None]] = []

    def read(self, tokens: NDArray[np.float32], rgb: NDArray[np.uint8]) -> Field:  # noqa: ARG002
        """Return the tokens."""
        return Field((), tokens.astype(np.float16))

    def answer(self, read: Field, clicks: Sequence[Click], box: Box | None) -> NDArray[np.float32]:
        """Return log odds."""
        assert box
        self.told.append((clicks, box))
        logs = bright(read.tokens, covered(box, read.grid))
        return np.stack([logs if self.sees else np.full_like(logs, -9.0)] * 2)


def test_a_box_is_answered_with_the_matte_of_its_crop() -> None:
    rgb = np.zeros((400, 600, 3), np.uint8)
    rgb[100:200, 200:300] = 255
    outline = BoxMattes(Tokens(), Clicked(), Bright)  # type: ignore[arg-type]
    crop, matte = outline(rgb, Box(200, 100, 100, 100), person=False)
    assert crop == Box(175, 75, 150, 150)
    found = laid([(crop, matte)], Size(600, 400), Size(600, 400)) > 0.5
    assert found[105:195, 205:295].all()
    assert found.sum() == pytest.approx(100 * 100, rel=0.1)


def test_what_one_head_sees_and_the_other_does_not_is_half_there() -> None:
    rgb = np.full((400, 400, 3), 255, np.uint8)
    outline = BoxMattes(Tokens(), Clicked(sees=False), Bright)  # type: ignore[arg-type]
    _, matte = outline(rgb, Box(100, 100, 200, 200), person=False)
    assert matte[CELLS // 2, CELLS // 2] == pytest.approx(0.5)
    assert matte[0, 0] < 0.01


def test_a_person_is_looked_at_from_nearer_in_the_mirror_as_well() -> None:
    rgb = np.zeros((200, 800, 3), np.uint8)
    rgb[60:180, 0:60] = 255
    head = Clicked()
    outline = BoxMattes(Tokens(), head, Bright)  # type: ignore[arg-type]
    crop, matte = outline(rgb, Box(0, 60, 60, 120), person=True)
    assert crop == Box(0, 45, 150, 150)
    here, there = (box for _, box in head.told)
    assert here == Box(0, pytest.approx(40 / 180), pytest.approx(1 / 3), pytest.approx(2 / 3))
    near = pytest.approx(0.6), pytest.approx(0.1), pytest.approx(0.4), pytest.approx(0.8)
    assert (there.left, there.top, there.width, there.height) == near
    middles = [(click.x, click.y) for clicks, _ in head.told for click in clicks]
    assert middles == [here.middle, there.middle]
    found = laid([(crop, matte)], Size(800, 200), Size(800, 200)) > 0.5
    truth = rgb[..., 0] > 0
    assert (found & truth).sum() / (found | truth).sum() > 0.9
