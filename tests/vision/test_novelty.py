from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from foveate.vision.novelty import CHANGED, REACH, is_changed, is_new

Picture = NDArray[np.uint8]


def meadow(left: float = 0.0, top: float = 0.0) -> Picture:
    """A textured 200x150 scene in colours, seen from a place in it."""
    y, x = np.mgrid[0:150, 0:200].astype(np.float64)
    y, x = y + top, x + left
    waves = [np.sin(x / 5) * np.cos(y / 7), np.sin((x + y) / 6), np.cos(x / 9 - y / 4)]
    return (128 + 50 * np.stack(waves, -1)).astype(np.uint8)


def with_dot(scene: Picture, side: int, colour: tuple[int, int, int]) -> Picture:
    scene = scene.copy()
    scene[60 : 60 + side, 90 : 90 + side] = colour
    return scene


def test_the_same_and_noise_are_nothing_new() -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(meadow() + rng.normal(0, 4, (150, 200, 3)), 0, 255).astype(np.uint8)
    assert not is_new(meadow(), [meadow()])
    assert not is_new(noisy, [meadow()])


@pytest.mark.parametrize("far", [(0.4, 0), (1.5, -1.5), (2, -2)])
def test_what_moved_a_little_is_nothing_new(far: tuple[float, float]) -> None:
    left, top = far
    assert not is_new(meadow(20 + left, 20 + top)[5:-5, 5:-5], [meadow(20, 20)[5:-5, 5:-5]])


def test_what_moved_far_is_new() -> None:
    scene = with_dot(meadow(), 8, (250, 30, 30))
    moved = np.roll(scene, 3 * REACH + 8, axis=1)
    assert is_new(moved, [scene])
    assert not is_new(moved, [scene, moved])


@pytest.mark.parametrize("side", [2, 4, 12])
@pytest.mark.parametrize("colour", [(250, 250, 250), (10, 10, 10), (128, 10, 240)])
def test_what_appears_is_new_however_small(side: int, colour: tuple[int, int, int]) -> None:
    assert is_new(with_dot(meadow(), side, colour), [meadow(), meadow(1)])
    assert not is_new(
        with_dot(meadow(), side, colour), [meadow(), with_dot(meadow(), side, colour)]
    )


def test_all_is_new_to_nobody() -> None:
    assert is_new(meadow(), [])


def test_a_picture_too_thin_for_a_place_is_never_new() -> None:
    thin = np.zeros((1, 40, 3), np.uint8)
    assert not is_new(thin + 200, [thin])


def lettered(scene: Picture, contrast: int, wide: int = 1) -> Picture:
    """Draw strokes as thin as those of small print, in whatever colours are there."""
    scene = scene.astype(int)
    scene[60:66, 90 : 90 + wide] += contrast
    return scene.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("contrast", [-60, -20, 20, 60])
def test_a_thin_faint_stroke_is_a_change(contrast: int) -> None:
    plain = meadow()
    assert is_changed(lettered(plain, contrast), [plain])
    assert is_changed(lettered(plain, contrast), [plain, plain])
    assert not is_changed(lettered(plain, contrast), [plain, lettered(plain, contrast)])


def test_a_change_in_any_corner_counts() -> None:
    for place in np.s_[:2, :2], np.s_[-2:, -2:], np.s_[:2, -2:], np.s_[-2:, :2]:
        scene = meadow()
        scene[place] += 50
        assert is_changed(scene, [meadow()])


def test_noise_and_the_same_are_no_change_and_what_moves_is() -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(meadow() + rng.normal(0, CHANGED / 4, (150, 200, 3)), 0, 255)
    assert not is_changed(meadow(), [meadow()])
    assert not is_changed(noisy.astype(np.uint8), [meadow()])
    assert is_changed(meadow(2), [meadow()])
    assert is_changed(meadow(), [])
