"""Mattes over parts of pictures, shadows and what is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.imaging.matte import cut_out, grey, grid, layered, out_of_focus, part_of, shadow
from foveate.imaging.pixels import from_array

if TYPE_CHECKING:
    from foveate.imaging import Image


def picture(width: int, height: int) -> Image:
    """Return a red bar in the left half before green."""
    pixels = np.full((height, width, 3), (20, 190, 40), np.uint8)
    pixels[:, : width // 2] = (200, 30, 20)
    return from_array(pixels)


def alpha(width: int, height: int, rows: slice, columns: slice) -> Image:
    values = np.zeros((height, width, 1), np.uint8)
    values[rows, columns] = 255
    return from_array(values)


@pytest.mark.parametrize(
    ("out", "known", "expected"),
    [
        (Size(4000, 3000), (1024, 1024), Size(365, 274)),
        (Size(4000, 3000), (256, 200), Size(256, 200)),
        (Size(100, 50), (1024, 1024), Size(100, 50)),
        (Size(12_000, 1), (1024, 1024), Size(1024, 1)),
        (Size(1, 1), (0.2, 0.1), Size(1, 1)),
    ],
)
def test_the_grid_is_no_finer_than_answer_matte_and_eye(
    out: Size, known: tuple[float, float], expected: Size
) -> None:
    assert grid(out, known) == expected


@pytest.mark.parametrize("size", [Size(20, 20), Size(80, 80), Size(400, 400)])
def test_a_part_of_a_matte_is_where_it_should_be(size: Size) -> None:
    ramp = np.tile(np.linspace(0, 1, 100, dtype=np.float32), (100, 1))
    part = part_of(ramp, Box(20.5, 10, 40, 40), size).numpy().reshape(size.height, size.width)
    assert part.mean() == pytest.approx((20.5 + 20 - 0.5) / 99, abs=0.002)
    step = 40 / size.width
    assert part[5, 10] == pytest.approx((20.5 + 10.5 * step - 0.5) / 99, abs=0.004)


def test_a_part_outlives_the_array_it_was_made_of() -> None:
    matte = np.ones((50, 50), np.float32)
    part = part_of(matte, Box(0, 0, 50, 50), Size(50, 50))
    matte[:] = 0
    assert part.min() == 1


def test_a_cut_out_keeps_the_size_and_drops_the_background() -> None:
    matte = np.zeros((48, 64), np.float32)
    matte[:, :32] = 1
    part = part_of(matte, Box(0, 0, 64, 48), Size(64, 48))
    cut = cut_out(picture(640, 480), part)
    pixels = cut.image.numpy()
    assert pixels.shape == (480, 640, 4)
    assert tuple(pixels[240, 100]) == (200, 30, 20, 255)
    assert tuple(pixels[240, 500]) == (0, 0, 0, 0)
    edge = (pixels[..., 3] > 127)[240].sum()
    assert edge == pytest.approx(320, abs=1)


def test_the_blurred_background_shows_nothing_of_the_subject() -> None:
    matte = np.zeros((48, 64), np.float32)
    matte[12:36, 20:44] = 1
    pixels = np.full((480, 640, 3), (20, 190, 40), np.uint8)
    pixels[120:360, 200:440] = (250, 0, 0)
    cut = cut_out(from_array(pixels), part_of(matte, Box(0, 0, 64, 48), Size(64, 48)))
    soft = out_of_focus(cut.behind, Size(640, 480)).numpy()
    assert soft.shape == (480, 640, 3)
    assert np.abs(soft.astype(int) - (20, 190, 40)).max() <= 12


def test_a_shadow_is_black_soft_and_lower_than_what_throws_it() -> None:
    thrown = shadow(alpha(400, 400, slice(100, 200), slice(150, 250)), 0.5).numpy()
    assert not thrown[..., :3].any()
    dark = thrown[..., 3].astype(float)
    rows, columns = dark.sum(1), dark.sum(0)
    middle = (rows * np.arange(400)).sum() / rows.sum()
    assert middle == pytest.approx(149.5 + 6, abs=1)
    assert (columns * np.arange(400)).sum() / columns.sum() == pytest.approx(199.5, abs=1)
    assert dark.max() == pytest.approx(127.5, abs=2)
    assert ((dark > 10) & (dark < 110)).sum() > 1000


def test_a_shadow_of_one_pixel_works() -> None:
    assert shadow(alpha(1, 1, slice(0, 1), slice(0, 1)), 1.0).numpy().shape == (1, 1, 4)


def test_layers_over_an_opaque_one_are_opaque() -> None:
    top = from_array(np.full((4, 4, 4), (200, 0, 0, 128), np.uint8))
    bottom = from_array(np.full((4, 4, 3), (0, 0, 200), np.uint8))
    mixed = layered(bottom, top)
    assert mixed.bands == 3
    assert mixed.numpy()[0, 0] == pytest.approx([100, 0, 100], abs=1)
    assert layered(top, top).bands == 4


def test_a_grey_matte_is_a_picture_like_any_other() -> None:
    image = grey(alpha(4, 4, slice(0, 2), slice(0, 4)))
    assert (image.bands, image.interpretation) == (3, "srgb")
    assert (image.numpy()[0, 0] == 255).all()
    assert (image.numpy()[3, 0] == 0).all()
