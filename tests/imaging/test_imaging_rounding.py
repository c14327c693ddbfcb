"""No pixel is darker for how it was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.matte import layered, out_of_focus
from foveate.imaging.pixels import brought_to, from_array
from foveate.imaging.rounding import over, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray


def noise(bands: int, seed: int = 0) -> NDArray[np.uint8]:
    shape = (200, 200, bands)
    return np.random.default_rng(seed).normal(128, 40, shape).clip(0, 255).astype(np.uint8)


def with_alpha(rgb: NDArray[np.uint8], alpha: int) -> NDArray[np.uint8]:
    return np.dstack([rgb, np.full(rgb.shape[:2], alpha, np.uint8)])


def test_numbers_become_the_whole_ones_nearest_to_them() -> None:
    numbers = Image.new_from_array([[-3, 0.4, 0.6, 254.4, 254.6, 300]])
    assert rounded(numbers).numpy().tolist() == [[0, 0, 1, 254, 255, 255]]


@pytest.mark.parametrize("size", [Size(100, 100), Size(333, 333), Size(90, 300)])
def test_what_is_opaque_is_resized_as_if_it_had_no_alpha(size: Size) -> None:
    plain = brought_to(from_array(noise(3)), size).numpy().astype(float)
    whole = brought_to(from_array(with_alpha(noise(3), 255)), size).numpy().astype(float)
    apart = whole[..., :3] - plain
    assert abs(apart.mean()) < 0.1
    assert np.abs(apart).max() <= 3, "floats are resampled without steps between"


@pytest.mark.parametrize("alpha", [255, 200, 128, 37])
def test_even_colours_stay_what_they_are_at_any_size(alpha: int) -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8), 8 * 8 * 3).reshape(256 * 8, 8, 3)
    for size in (Size(4, 256 * 4), Size(20, 256 * 20)):
        got = brought_to(from_array(with_alpha(levels, alpha)), size).numpy()
        step = size.height // 256
        assert np.array_equal(got[step // 2 :: step, 1, 0], np.arange(256))


def test_layers_are_mixed_without_a_bias() -> None:
    under, layer = noise(3), noise(3, seed=1)
    made = layered(from_array(with_alpha(under, 255)), from_array(with_alpha(layer, 100)))
    exact = under + (layer.astype(float) - under) * 100 / 255
    assert np.abs(made.numpy()[..., :3] - exact).max() <= 0.51
    assert made.format == "uchar"


def test_modes_clip_as_they_do_on_whole_numbers() -> None:
    under, layer = from_array(noise(4)), from_array(noise(4, seed=1))
    for mode in ("over", "in", "out", "xor", "add", "multiply", "screen", "dest-out"):
        before = under.composite2(layer, mode).numpy().astype(int)
        assert np.abs(over(under, layer, mode).numpy() - before).max() <= 1, mode


def test_what_is_behind_a_subject_is_as_bright_as_it_was() -> None:
    rgb = noise(3)
    blurred = out_of_focus(
        from_array(rgb).cast("float").copy(interpretation="srgb"), Size(200, 200)
    )
    assert abs(blurred.avg() - rgb.mean()) < 0.1
