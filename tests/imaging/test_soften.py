"""Faint detail goes where it may; edges, colours and alpha stay."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.imaging.soften import softened

SIDE = 32
INSIDE = (np.s_[2:-2, 2:14], np.s_[2:-2, 18:-2])
"""Both halves without their edges."""


def picture(faint: int, alpha: int | None = None) -> np.ndarray:
    """A checkerboard of a faint difference in red, with an edge in the middle."""
    y, x = np.mgrid[:SIDE, :SIDE]
    pixels = np.full((SIDE, SIDE, 3), (100, 60, 200), np.uint8)
    pixels[:, SIDE // 2 :] = (20, 220, 30)
    pixels[..., 0] += ((x + y) % 2 * faint).astype(np.uint8)
    if alpha is None:
        return pixels
    return np.dstack([pixels, np.full((SIDE, SIDE), alpha, np.uint8)])


def soft(pixels: np.ndarray, level: int = 255) -> np.ndarray:
    where = Image.black(SIDE, SIDE).linear([1], [level]).cast("uchar")
    made = softened(from_array(pixels), where, sigma=0.7, faint=6)
    assert made.interpretation == "srgb"
    return made.numpy().astype(int)


def test_faint_detail_goes_and_its_mean_stays() -> None:
    before, after = picture(4), soft(picture(4))
    for place in INSIDE:
        assert np.ptp(after[place][..., 0]) <= 2
        assert after[place].mean((0, 1)) == pytest.approx(before[place].mean((0, 1)), abs=0.6)


def test_edges_and_strong_detail_keep_every_pixel() -> None:
    assert (soft(picture(0)) == picture(0)).all()
    before, after = picture(60), soft(picture(60))
    for place in INSIDE:
        assert (after[place] == before[place]).all()


def test_where_nothing_may_be_smoothed_every_pixel_stays() -> None:
    assert (soft(picture(4), level=0) == picture(4)).all()


def test_alpha_stays() -> None:
    made = soft(picture(4, alpha=90))
    assert (made[..., 3] == 90).all()
    assert np.ptp(made[4:-4, 4:12, 0]) <= 2
