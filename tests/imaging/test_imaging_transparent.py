"""Pictures parted into colours and alpha, and joined again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.imaging.colour import PROFILE
from foveate.imaging.fields import blob
from foveate.imaging.pixels import from_array
from foveate.imaging.transparent import joined, parted, spread

if TYPE_CHECKING:
    from foveate.imaging import Image

GREEN, RED = (10, 200, 30), (250, 10, 20)


def half(hidden: tuple[int, ...] = RED) -> np.ndarray:
    """Green on the left; what is hidden on the right."""
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[:, :30] = (*GREEN, 255)
    pixels[:, 30:] = (*hidden, 0)
    return pixels


def test_what_is_parted_and_joined_is_the_same() -> None:
    for pixels in (half()[:, :30], half()[..., :3]):
        made = joined(parted(from_array(np.ascontiguousarray(pixels)), "srgb"))
        assert np.array_equal(made.numpy(), pixels)
        assert made.interpretation == "srgb"


def test_what_cannot_be_seen_has_the_colour_of_what_is_beside_it() -> None:
    parts = parted(from_array(half()), "srgb")
    assert (parts.rgb == GREEN).all()
    assert parts.alpha is not None
    assert (parts.alpha == half()[..., 3]).all()


def test_what_can_be_seen_a_little_keeps_its_colour() -> None:
    pixels = half()
    pixels[:, 28:32, 3] = 1
    parts = parted(from_array(pixels), "srgb")
    assert (parts.rgb[:, :30] == GREEN).all()
    assert (parts.rgb[:, 30:40] == RED).all()


def test_nothing_to_see_is_black_and_odd_sides_are_filled() -> None:
    assert (spread(half()[..., :3], np.zeros((40, 60), np.uint8)) == 0).all()
    alpha = np.zeros((7, 5), np.uint8)
    alpha[6, 4] = 9
    rgb = np.zeros((7, 5, 3), np.uint8)
    rgb[6, 4] = RED
    assert (spread(rgb, alpha) == RED).all()


def test_grey_becomes_rgb_and_sixteen_bits_eight(photo: Image) -> None:
    assert parted(photo.colourspace("grey16"), "srgb").rgb.shape == (240, 320, 3)
    deep = parted(photo.colourspace("rgb16"), "srgb").rgb
    assert np.abs(deep.astype(int) - photo.numpy()).max() <= 1


@pytest.mark.parametrize("alpha", [False, True])
def test_wide_colours_keep_their_profile(photo: Image, alpha: bool) -> None:
    image = photo.bandjoin(255) if alpha else photo
    parts = parted(image.copy(interpretation="srgb"), "p3")
    assert parts.profile
    assert blob(joined(parts), PROFILE) == parts.profile
