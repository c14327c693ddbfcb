"""Tiles: each pixel is made once, of all that is around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.vision.tiles import (
    SIDE,
    Tile,
    around,
    doubled_alpha,
    in_turn,
    of_one_colour,
    tiles_of,
    worked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from foveate.vision.tiles import Each

CHANCE = np.random.default_rng(5)
CONTEXT = 3


def backwards(work: Callable[[Tile], None], tiles: Iterable[Tile]) -> None:
    for tile in reversed(list(tiles)):
        work(tile)


def smeared(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3, h, w) without CONTEXT on each side: means of squares, which need all of them."""
    seen = np.lib.stride_tricks.sliding_window_view(planes, [2 * CONTEXT + 1] * 2, (1, 2))
    return seen.mean((-2, -1)).astype(np.float32)


@given(height=st.integers(1, 3 * SIDE), width=st.integers(1, 3 * SIDE))
def test_tiles_cover_each_pixel_once(height: int, width: int) -> None:
    counts = np.zeros((height, width), int)
    for top, left, high, wide in tiles_of(height, width):
        assert 0 < high <= SIDE
        assert 0 < wide <= SIDE
        counts[top : top + high, left : left + wide] += 1
    assert (counts == 1).all()


@pytest.mark.parametrize("each", [in_turn, backwards])
@pytest.mark.parametrize("size", [(1, 2), (9, 150), (70, 140)])
def test_tiles_join_without_a_seam_in_any_order(size: tuple[int, int], each: Each) -> None:
    rgb = CHANCE.integers(0, 256, (*size, 3), np.uint8)

    def made_of(tile: Tile) -> NDArray[np.float32]:
        sides = tile.height + 2 * CONTEXT, tile.width + 2 * CONTEXT
        return smeared(around(rgb, tile, CONTEXT, sides)).repeat(2, 1).repeat(2, 2)

    made = worked(rgb, 2, made_of, each)
    beyond = np.pad(rgb, [(CONTEXT, CONTEXT)] * 2 + [(0, 0)], mode="edge").transpose(2, 0, 1)
    expected = smeared(beyond).repeat(2, 1).repeat(2, 2).transpose(1, 2, 0)
    assert np.abs(made.astype(float) - expected).max() <= 0.51


def test_what_goes_beyond_white_and_black_stays_there() -> None:
    rgb = np.full((4, 6, 3), 250, np.uint8)
    by = np.linspace(-2, 2, 24, dtype=np.float32).reshape(4, 6)
    made = worked(rgb, 1, lambda _: np.broadcast_to(by, (3, 4, 6)), in_turn)
    assert (made.reshape(24, 3)[:12] == 0).all()
    assert (made.reshape(24, 3)[18:] == 255).all()


def test_one_colour_is_told_from_one_pixel_of_another() -> None:
    planes = np.broadcast_to(np.float32([[[0.1]], [[0.5]], [[0.9]]]), (3, 8, 9)).copy()
    assert of_one_colour(planes)
    planes[2, 7, 8] += np.float32(1 / 255)
    assert not of_one_colour(planes)


def checkered(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Twice the sides, every second column brighter, the others darker."""
    by = np.where(np.arange(2 * rgb.shape[1]) % 2, 25, -25)[:, None]
    return (rgb.repeat(2, 0).repeat(2, 1) + by).clip(0, 255).astype(np.uint8)


def test_alpha_stays_whole_where_it_is_and_is_the_networks_between() -> None:
    alpha = np.zeros((6, 60), np.uint8)
    alpha[:, 28:32] = (50, 100, 150, 200)
    alpha[:, 32:] = 255
    made = doubled_alpha(checkered, alpha)
    assert made.shape == (12, 120)
    assert (made[:, :54] == 0).all()
    assert (made[:, 66:] == 255).all()
    assert made[6, 58:62].tolist() == [75, 125, 125, 175]
