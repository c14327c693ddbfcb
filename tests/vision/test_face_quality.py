from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry import Box
from foveate.imaging import Image
from foveate.values import HeadPose
from foveate.vision.align import Pyramid, halved, square, warp
from foveate.vision.quality import LUMA, exposure, frontal, quality, sharpness

Array = np.ndarray[Any, np.dtype[Any]]
AHEAD = HeadPose(yaw=0, pitch=0, roll=0)


@pytest.fixture(scope="module")
def face() -> Array:
    """A drawn face of middling brightness: soft shades, and eyes and a mouth with edges."""
    y, x = np.mgrid[0:112, 0:112].astype(float)
    grey = 120 + 40 * np.cos((x - 50) / 30) * np.cos((y - 40) / 40)
    for across, down, wide, high in (
        (38, 52, 7, 3),
        (74, 52, 7, 3),
        (56, 92, 16, 3),
        (56, 72, 4, 3),
    ):
        grey[((x - across) / wide) ** 2 + ((y - down) / high) ** 2 < 1] = 50
    grey += np.random.default_rng(0).normal(0, 4, grey.shape)
    return np.stack([grey * 1.2, grey, grey * 0.8], axis=-1).clip(0, 255).astype(np.uint8)


def luma(rgb: Array) -> Array:
    grey: Array = rgb @ LUMA
    return grey


def blurred(rgb: Array, sigma: float) -> Array:
    pixels: Array = Image.new_from_array(rgb).gaussblur(sigma).numpy()
    return pixels


def test_the_more_blurred_the_less_sharp(face: Array) -> None:
    levels = [sharpness(luma(blurred(face, sigma))) for sigma in (1, 2, 3, 4, 6)]
    assert sharpness(luma(face)) > 0.9
    assert all(more > less for more, less in pairwise(levels))
    assert levels[-1] < 0.5


@pytest.mark.parametrize("sigma", [8, 12, 16])
@pytest.mark.parametrize("contrast", [1.0, 0.4])
def test_a_wide_blur_is_not_sharp_because_levels_are_whole(
    face: Array, sigma: float, contrast: float
) -> None:
    dull = (128 + (face.astype(np.float32) - 128) * contrast).astype(np.uint8)
    assert sharpness(luma(blurred(dull, sigma))) < 0.1


def test_a_small_face_enlarged_is_less_sharp(face: Array) -> None:
    small = Pyramid(halved(halved(face)))
    large = warp(small, square(Box(0, 0, 28, 28), 112), 112)
    assert sharpness(luma(large)) < sharpness(luma(face)) - 0.1


def test_sharpness_does_not_depend_on_contrast(face: Array) -> None:
    grey = luma(face)
    assert sharpness(60 + grey * 0.5) == pytest.approx(sharpness(grey), abs=0.02)


@pytest.mark.parametrize("level", [0, 90, 255])
def test_an_even_surface_is_not_sharp(level: int) -> None:
    assert sharpness(np.full((112, 112), level, np.float32)) == 0


def test_the_darker_the_less_exposed(face: Array) -> None:
    levels = [exposure(luma((face * share).astype(np.uint8))) for share in (1, 0.25, 0.1, 0.04, 0)]
    assert levels[0] == 1
    assert levels == sorted(levels, reverse=True)
    assert levels[1] > levels[2] > levels[3]
    assert levels[-1] == 0


def test_the_brighter_beyond_measure_the_less_exposed(face: Array) -> None:
    levels = [exposure((luma(face) * times).clip(0, 255)) for times in (1, 1.8, 2.5, 5)]
    assert levels[0] == 1
    assert levels[1] > levels[2] > levels[3]
    assert levels[3] < 0.3


def test_only_the_face_counts_for_exposure(face: Array) -> None:
    around = face.copy()
    around[:8], around[:, :12], around[:, -12:] = 0, 255, 0
    assert exposure(luma(around)) == exposure(luma(face))


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_looking_away_is_less_than_looking_here(yaw: float, pitch: float, roll: float) -> None:
    share = frontal(HeadPose(yaw=yaw, pitch=pitch, roll=roll))
    assert 0 <= share <= 1
    assert share == frontal(HeadPose(yaw=-yaw, pitch=pitch, roll=0))


def test_the_fewer_pixels_a_face_has_the_smaller_it_counts(face: Array) -> None:
    sizes = [quality(face, scale, AHEAD).size for scale in (8, 0.5, 0.25, 0.12, 0.05, 1e-9)]
    assert sizes[:2] == [1, 1]
    assert sizes[1] > sizes[2] > sizes[3] > sizes[4] == sizes[5] == 0


def test_the_score_is_the_product_of_what_spoils_a_face(face: Array) -> None:
    aside = HeadPose(yaw=60, pitch=0, roll=30)
    seen = quality(blurred(face, 2), 0.2, aside)
    assert seen.score == pytest.approx(seen.sharpness * seen.exposure * seen.size * 0.5)
    assert 0 < seen.score < min(seen.sharpness, seen.size, 0.5)
    assert quality(face, 1, AHEAD).score > 0.9
