"""Mattes led by the colours of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.imaging.guided import guide_of, stretched


def picture(height: int, width: int) -> np.ndarray:  # type: ignore[type-arg]
    """Blue, and from the middle on orange."""
    rgb = np.full((height, width, 3), (30, 60, 160), np.uint8)
    rgb[:, width // 2 :] = (220, 130, 40)
    return rgb


def test_an_edge_comes_from_the_picture_and_not_from_the_matte() -> None:
    rgb = picture(40, 60)
    coarse = np.tile(((np.arange(60) - 27) / 6).clip(0, 1).astype(np.float32), (40, 1))
    assert np.diff(coarse, axis=1).max() < 0.2
    alpha = guide_of(rgb).filtered(coarse, rgb)
    assert alpha.shape == (40, 60)
    assert (alpha[:, 30] - alpha[:, 29]).min() > 0.5
    assert alpha[:, :29].max() < 0.3
    assert alpha[:, 31:].min() > 0.7


@pytest.mark.parametrize("times", [2, 3])
def test_a_small_guide_serves_a_large_picture(times: int) -> None:
    large = picture(40 * times, 60 * times)
    coarse = np.zeros((40, 60), np.float32)
    coarse[:, 31:] = 1
    alpha = guide_of(picture(40, 60)).filtered(coarse, large)
    assert alpha.shape == large.shape[:2]
    edge = 30 * times
    assert alpha[:, edge].min() - alpha[:, edge - 1].max() > 0.6


@pytest.mark.parametrize("place", [(0, 0), (0, 90), (31, 40), (70, 0)])
def test_around_a_small_matte_nothing_is_worked_out_and_nothing_lacks(
    place: tuple[int, int],
) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (160, 200, 3)).astype(np.uint8)
    guide = guide_of(rgb[::2, ::2].copy())
    coarse = np.zeros((80, 100), np.float32)
    coarse[place[0] : place[0] + 10, place[1] : place[1] + 10] = 1
    whole = np.concatenate(guide.lines(coarse))
    fine = stretched(stretched(whole, 1, 160), 2, 200)
    everywhere = (fine[:3] * rgb.transpose(2, 0, 1) / 255).sum(0) + fine[3]
    assert guide.filtered(coarse, rgb) == pytest.approx(everywhere.clip(0, 1), abs=1e-5)
    assert not guide.filtered(np.zeros_like(coarse), rgb).any()


def test_one_guide_serves_many_mattes() -> None:
    rgb = picture(30, 30)
    guide = guide_of(rgb)
    for level in (0.0, 0.25, 1.0):
        flat = np.full((30, 30), level, np.float32)
        assert guide.filtered(flat, rgb) == pytest.approx(level, abs=0.01)
    assert guide.nbytes == (3 + 3 + 6 + 1) * 30 * 30 * 4


def test_values_are_stretched_about_the_middles_of_cells() -> None:
    line = np.array([[[0.0, 1.0]]], np.float32)
    assert stretched(line, 2, 4)[0, 0] == pytest.approx([0, 0.25, 0.75, 1])
