"""Motion between two frames, of pictures whose motion is known."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.vision.motion import change, motion

Frame = np.typing.NDArray[np.uint8]


def waves(right: float = 0, down: float = 0, seed: int = 0) -> Frame:
    """A meadow of 96 x 72, moved by so many pixels."""
    y, x = np.mgrid[0:72, 0:96].astype(np.float64)
    x, y = x - right, y - down
    shades = [np.sin(x / (5 + seed)) * np.cos(y / 6), np.sin((x + y) / 7), np.cos(x / 9 - y / 5)]
    meadow: Frame = (128 + 90 * np.stack(shades, -1) * (-1) ** seed).astype(np.uint8)
    return meadow


@pytest.mark.parametrize(("right", "down"), [(0, 0), (2, -1), (5.5, 3), (0.5, -4)])
def test_each_place_is_found_where_it_was(right: float, down: float) -> None:
    found = motion(waves(), waves(right, down))
    middle = found[:, 12:-12, 12:-12]
    assert np.abs(np.median(middle, axis=(1, 2)) - (-right, -down)).max() < 0.15


def test_what_is_new_is_not_like_what_was_there() -> None:
    after = waves(3)
    after[20:50, 30:60] = (250, 20, 20)
    like = change(waves(), after).like
    assert like[25:45, 35:55].max() < 0.05
    assert np.median(like[:, :20]) > 0.8


def test_a_scene_ends_where_hardly_anything_is_alike() -> None:
    assert change(waves(), waves(seed=3)).cut
    assert not change(waves(), waves(4, 2)).cut


@pytest.mark.parametrize("shape", [(4, 4), (4, 128), (33, 5)])
def test_frames_of_any_shape_have_a_motion(shape: tuple[int, int]) -> None:
    flat = np.full((*shape, 3), 90, np.uint8)
    step = change(flat, flat)
    assert not step.motion.any()
    assert step.like.min() == 1
