"""Refined edges and clean colours, on pictures whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.imaging.edges import NEAR, fine, understood
from foveate.imaging.guided import RADIUS, mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED, GREEN = np.array([200.0, 30, 20]), np.array([20.0, 190, 40])


def disc(side: int, radius: float, soft: float) -> NDArray[np.float32]:
    """Return the alpha of a disc in the middle whose edge is `soft` pixels wide."""
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    alpha: NDArray[np.float32] = ((radius - np.hypot(x, y)) / soft + 0.5).clip(0, 1)
    return alpha.astype(np.float32)


def composite(alpha: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a red subject before green."""
    mixed = alpha[..., None] * RED + (1 - alpha[..., None]) * GREEN
    return mixed.round().astype(np.uint8)


def shrunk(values: NDArray[np.generic], by: int) -> NDArray[np.float64]:
    height, width = values.shape[0] // by, values.shape[1] // by
    blocks = values.reshape(height, by, width, by, *values.shape[2:])
    return blocks.astype(np.float64).mean((1, 3))


def cut(side: int = 384, by: int = 4, soft: float = 3.0) -> tuple[NDArray[np.uint8], ...]:
    """Return a cut-out of the disc by a matte that is blurred and `by` times smaller, and truth."""
    truth = disc(side, side / 3, soft)
    picture = composite(truth)
    matte = shrunk(disc(side, side / 3, 6.0 * by), by).astype(np.float32)
    small = shrunk(picture, by).round().astype(np.uint8)
    return fine(picture, understood(small, matte)), truth


@pytest.mark.parametrize("radius", [NEAR, RADIUS])
def test_means_are_of_what_lies_inside(radius: int) -> None:
    values = np.random.default_rng(1).random((2, 9, 7)).astype(np.float32)
    got = mean(values, radius)
    for row, column in ((0, 0), (4, 3), (8, 6)):
        rows = slice(max(0, row - radius), row + radius + 1)
        columns = slice(max(0, column - radius), column + radius + 1)
        expected = values[:, rows, columns].mean((1, 2))
        assert got[:, row, column] == pytest.approx(expected, abs=1e-5)


def test_a_blurred_matte_becomes_as_sharp_as_the_picture() -> None:
    got, truth = cut()
    alpha = got[..., 3] / 255
    blurred = np.kron(shrunk(disc(384, 128, 24.0), 4), np.ones((4, 4)))
    assert np.abs(alpha - truth).mean() < np.abs(blurred - truth).mean() / 4
    wrong = (alpha > 0.5) != (truth > 0.5)
    assert wrong.mean() < 0.002


def test_no_green_is_left_where_red_is_half_transparent() -> None:
    got, _ = cut()
    edge = (got[..., 3] > 25) & (got[..., 3] < 230)
    assert edge.sum() > 500
    raw = composite(disc(384, 128, 3.0))[edge].astype(int)
    clean = got[edge][:, :3].astype(int)
    assert raw[:, 1].mean() > 70  # what a plain cut would show
    assert clean[:, 1].mean() < 45
    assert (clean[:, 1] > 90).mean() < 0.02
    assert clean[:, 0].mean() == pytest.approx(RED[0], abs=20)


def test_inside_the_subject_pixels_are_untouched_and_outside_they_are_gone() -> None:
    got, truth = cut()
    inner, outer = disc(384, 100, 1.0) == 1, disc(384, 170, 1.0) == 0
    picture = composite(truth)
    assert (got[inner][:, :3] == picture[inner]).all()
    assert (got[inner][:, 3] == 255).all()
    assert (got[outer][:, 3] == 0).all()


def test_a_textured_subject_gets_no_holes_and_a_textured_background_no_islands() -> None:
    truth = disc(384, 128, 2.0)
    noise = np.random.default_rng(2).normal(0, 40, (384, 384, 1))
    picture = (composite(truth) + noise).clip(0, 255).astype(np.uint8)
    small, matte = shrunk(picture, 4), shrunk(disc(384, 128, 8.0), 4)
    got = fine(picture, understood(small.astype(np.uint8), matte.astype(np.float32)))
    assert (got[..., 3][disc(384, 105, 1.0) == 1] == 255).all()
    assert (got[..., 3][disc(384, 150, 1.0) == 0] == 0).all()


def test_the_pictures_own_alpha_counts() -> None:
    truth = disc(128, 40, 2.0)
    half = np.full((128, 128, 1), 128, np.uint8)
    picture = np.concatenate([composite(truth), half], axis=2)
    got = fine(picture, understood(composite(truth), truth))
    assert got[64, 64, 3] == 128
    assert got[0, 0, 3] == 0


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_matte_of_one_value_is_kept(level: float) -> None:
    picture = composite(disc(100, 30, 2.0))
    got = fine(picture, understood(picture, np.full((100, 100), level, np.float32)))
    assert (got[..., 3] == round(255 * level)).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3, 2)])
def test_the_smallest_pictures_work(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 90, np.uint8)
    got = fine(picture, understood(picture, np.ones(shape, np.float32)))
    assert got.shape == (*shape, 4)
    assert (got == (90, 90, 90, 255)).all()


def test_the_background_is_known_without_the_subject() -> None:
    truth = disc(200, 60, 3.0)
    behind = understood(composite(truth), truth).behind * 255
    assert behind[:, 100, 100] == pytest.approx(GREEN, abs=12)
    assert behind[:, 100, 35] == pytest.approx(GREEN, abs=12)
