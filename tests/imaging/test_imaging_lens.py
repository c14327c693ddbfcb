"""What a lens makes of pictures whose depth is known, looked at in colour."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.imaging.lens import LAYERS, Away, refocused
from foveate.imaging.pixels import from_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging import Image

    Pixels = NDArray[np.int64]

SIDE = 240
GRID = 120
INNER = np.s_[80:160, 80:160]
RED, GREEN = (220, 30, 20), (20, 160, 40)


def stripes(*, inner: tuple[int, int, int] = RED) -> NDArray[np.uint8]:
    """Return a plain square before fine stripes of green and black."""
    rgb = np.zeros((SIDE, SIDE, 3), np.uint8)
    rgb[:, ::8], rgb[:, 1::8], rgb[:, 2::8], rgb[:, 3::8] = GREEN, GREEN, GREEN, GREEN
    rgb[INNER] = inner
    return rgb


def square(inner: float, outer: float) -> NDArray[np.float32]:
    grid = np.full((GRID, GRID), outer, np.float32)
    grid[40:80, 40:80] = inner
    return grid


def seen(image: Image) -> Pixels:
    pixels: Pixels = image.numpy().astype(np.int64)
    return pixels


def contrast(pixels: Pixels) -> float:
    return float(pixels[..., 1].std())


def test_what_is_in_focus_keeps_every_pixel() -> None:
    rgb = stripes()
    got = seen(refocused(from_array(rgb), Away(square(0, 0))))
    assert np.array_equal(got, rgb)


def test_what_is_behind_is_blurred_and_what_is_in_focus_is_not() -> None:
    rgb = stripes()
    got = seen(refocused(from_array(rgb), Away(square(0, -8))))
    assert np.array_equal(got[90:150, 90:150], rgb[90:150, 90:150])
    assert contrast(got[20:60, 20:60]) < contrast(rgb[20:60, 20:60].astype(int)) / 6


def test_nothing_of_what_is_sharp_bleeds_into_what_is_blurred() -> None:
    got = seen(refocused(from_array(stripes()), Away(square(0, -12))))
    beside = np.concatenate(
        [got[90:150, 60:77].reshape(-1, 3), got[90:150, 163:180].reshape(-1, 3)]
    )
    far = got[20:60, 20:60].reshape(-1, 3)
    assert beside[:, 0].max() <= far[:, 0].max() + 12  # no red
    assert beside.mean(0) == pytest.approx(far.mean(0), abs=12)  # neither brighter nor darker
    edge = got[90:150, 78:82, 0]
    assert (edge[:, -1] > 180).all()  # and the square ends where it ended


def test_a_subject_is_sharp_whatever_its_depth_says() -> None:
    rgb = stripes()
    subject = square(1, 0)
    got = seen(refocused(from_array(rgb), Away(square(-9, -9), subject)))
    assert np.array_equal(got[90:150, 90:150], rgb[90:150, 90:150])
    assert contrast(got[20:60, 20:60]) < contrast(rgb[20:60, 20:60].astype(int)) / 6


def test_what_is_before_the_focal_plane_lies_softly_over_what_is_sharp() -> None:
    rgb = stripes()
    got = seen(refocused(from_array(rgb), Away(square(10, 0))))
    assert np.array_equal(got[20:50, 20:50], rgb[20:50, 20:50])
    across = got[118:122, 56:104, 0].mean(0).reshape(-1, 8).mean(1)  # a stripe and a gap each
    assert (np.diff(across) > 0).all()  # red comes in slowly, from outside of its old edge
    assert across[1] > 15
    assert np.diff(across).max() < 110  # it was 220 at once
    assert contrast(got[20:50, 20:50]) > 50


def test_light_blooms_more_than_it_would_by_averaging() -> None:
    rgb = np.full((SIDE, SIDE, 3), 20, np.uint8)
    rgb[116:124, 116:124] = 255
    got = seen(refocused(from_array(rgb), Away(square(-12, -12))))
    plain = 255 * (64 / (np.pi * 12**2)) ** (1 / 2.4)
    assert got[120, 120].min() > plain
    # A disc, not a gaussian: as bright near its rim as in the middle.
    assert got[120, 127].mean() > 0.8 * got[120, 120].mean()
    assert got[120, 150].mean() < 30


def test_a_plain_picture_stays_as_bright_as_it_was() -> None:
    rgb = np.full((SIDE, SIDE, 3), (250, 128, 12), np.uint8)
    ramp = np.tile(np.linspace(-40, 40, GRID, dtype=np.float32), (GRID, 1))
    got = seen(refocused(from_array(rgb), Away(ramp)))
    assert np.abs(got - rgb.astype(int)).max() <= 2


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (17, 64), (101, 7)])
@pytest.mark.parametrize("radius", [-500.0, -3.0, 1.0, 90.0])
def test_any_size_and_radius_gives_a_picture_of_that_size(
    size: tuple[int, int], radius: float
) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    grid = np.full((min(size[0], 9), min(size[1], 9)), radius, np.float32)
    got = refocused(from_array(rgb), Away(grid))
    assert (got.height, got.width, got.bands) == (*size, 3)
    assert LAYERS == 7


def test_alpha_stays_as_it_was_and_hidden_colours_are_not_seen() -> None:
    rgba = np.zeros((SIDE, SIDE, 4), np.uint8)
    rgba[...] = (0, 0, 255, 0)
    rgba[:, :120] = (200, 200, 0, 255)
    got = seen(refocused(from_array(rgba), Away(square(-9, -9))))
    assert np.array_equal(got[..., 3], rgba[..., 3])
    assert got[40:200, 100:119, 2].max() < 20  # no blue came over the edge


def test_a_lens_has_a_deadline() -> None:
    with Deadline(time.monotonic() + 0.02):
        time.sleep(0.03)
        with pytest.raises(TimedOut):
            refocused(from_array(stripes()), Away(square(0, -20)))


@pytest.mark.parametrize("side", [240, 241])
def test_a_mirrored_picture_is_refocused_as_it_is(side: int) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    grid = np.tile(np.linspace(-9, 5, GRID, dtype=np.float32), (GRID, 1))
    there = seen(refocused(from_array(rgb), Away(grid)))[:, : side // 2 * 2]
    mirrored = np.ascontiguousarray(grid[:, ::-1])
    back = seen(refocused(from_array(rgb[:, ::-1]), Away(mirrored)))[:, ::-1]
    if side % 2 == 0:  # halves of an odd side begin at its left
        assert np.abs(there - back[:, : side // 2 * 2]).max() <= 2
    assert there.mean() == pytest.approx(back.mean(), abs=0.3)


@pytest.mark.parametrize("edge", [119, 120, 121])
@pytest.mark.parametrize("subject", [False, True])
def test_nothing_is_seen_of_the_colours_of_what_is_transparent(edge: int, subject: bool) -> None:
    rgba = np.dstack([stripes(), np.full((SIDE, SIDE), 255, np.uint8)])
    away = Away(square(0, -8), square(1, 0) if subject else None)
    answers = []
    for hidden in (0, 255):
        rgba[:, edge:] = (hidden, hidden, hidden, 0)
        answers.append(seen(refocused(from_array(rgba), away)))
    assert np.abs(answers[0] - answers[1])[:, :edge].max() <= 1
    assert (answers[0][:, edge:, 3] == 0).all()


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize("radius", [0, -8, 8])
def test_a_single_pixel_is_refocused(bands: int, radius: float) -> None:
    pixel = np.full((1, 1, bands), 90, np.uint8)
    grid = np.full((1, 1), radius, np.float32)
    got = refocused(from_array(pixel), Away(grid))
    assert (got.width, got.height, got.bands) == (1, 1, bands)
    assert abs(int(seen(got)[0, 0, 0]) - 90) <= 2


@pytest.mark.parametrize("radius", [-8, 8])
@pytest.mark.parametrize("alpha", [255, 90])
def test_what_is_half_transparent_is_as_bright_out_of_focus(radius: float, alpha: int) -> None:
    rgba = np.full((SIDE, SIDE, 4), (150, 150, 150, alpha), np.uint8)
    rgba[:, 121:, 3] = 0
    got = seen(refocused(from_array(rgba), Away(square(radius, radius))))[:, :121]
    assert np.abs(got[..., :3] - 150).max() <= 3


def smooth(rng: np.random.Generator, largest: float) -> NDArray[np.float32]:
    """A map of some waves over the grid, up to so much to both sides of a level of its own."""
    down, across = np.mgrid[0:GRID, 0:GRID] / GRID
    waves = sum(
        np.sin(2 * np.pi * (rng.uniform(-1, 1) * down + rng.uniform(-1, 1) * across + rng.random()))
        for _ in range(3)
    )
    made: NDArray[np.float32] = ((waves / 3 + rng.uniform(-1, 1)) * largest).astype(np.float32)
    return made


def slow(seed: int, side: int, *, flat: bool) -> NDArray[np.uint8]:
    """A picture of one colour, or one that slowly goes from it to half of it."""
    down, across = np.mgrid[0:side, 0:side] / side
    share = np.ones((side, side)) if flat else 0.7 + 0.3 * np.sin(2 * down + 3 * across + seed)
    return (share[..., None] * (250, 190, 110)).round().astype(np.uint8)


def light(pixels: Pixels) -> NDArray[np.float64]:
    """Return the mean light of squares of 16 pixels."""
    side = len(pixels) // 16
    squares = (pixels[: side * 16, : side * 16] / 255) ** 2.2
    return squares.reshape(side, 16, side, 16, 3).mean((1, 3))


@pytest.mark.parametrize("side", [240, 323])
@pytest.mark.parametrize("largest", [1.0, 1.6, 6.0, 40.0])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("subject", [False, True])
def test_no_area_is_darker_or_lighter_than_it_was(
    side: int, largest: float, seed: int, subject: bool
) -> None:
    rng = np.random.default_rng(seed)
    matte = (smooth(rng, 1.0) + 0.5).clip(0, 1) if subject else None
    away = Away(smooth(rng, largest), matte)
    plain, shaded = slow(seed, side, flat=True), slow(seed, side, flat=False)
    got = seen(refocused(from_array(plain), away))
    assert np.abs(got - plain).max() <= 2
    if largest < 16:  # larger discs reach to where a picture is another one
        before, after = light(shaded), light(seen(refocused(from_array(shaded), away)))
        assert np.abs(after / before - 1).max() < 0.06


def test_a_subject_is_as_it_was_before_what_is_as_sharp() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    got = seen(refocused(from_array(rgb), Away(square(0, -0.5), square(1, 0.6))))
    assert np.array_equal(got, rgb)
