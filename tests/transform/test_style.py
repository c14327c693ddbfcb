"""A drawn person in every style, looked at as pictures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from painted import HEIGHT, WIDTH, painted, person, plan_of

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging.colour import to_srgb as colour_of
from foveate.imaging.pixels import brought_to, from_array
from foveate.options.colours import Colour
from foveate.options.model import Gamut, TransformOptions
from foveate.options.styles import Style, Styled
from foveate.transform.state import State
from foveate.transform.steps.style import style
from foveate.transform.styles.inks import oklab
from foveate.transform.styles.table import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging import Image

GREEN, BLUE = Colour(20, 140, 60), Colour(150, 190, 255)


def png(image: Image) -> bytes:
    data: bytes = image.write_to_buffer(".png")
    return data


def array(image: Image) -> np.ndarray:
    return image.numpy().astype(int)


@cache
def strip(name: Style) -> Image:
    return painted(name, strip=True)


def nearest(pixels: np.ndarray, ink: Colour) -> float:
    """Return how far the hundredth of the pixels that is nearest to a colour is from it."""
    lab = oklab((pixels / 255).astype(np.float32)) - oklab(np.array(ink.rgb, np.float32) / 255)
    return float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 1))


def test_every_style_that_can_be_asked_for_is_painted() -> None:
    assert set(STYLES) == set(Style)


def test_nothing_is_done_unless_asked() -> None:
    state = State(
        image=from_array(person()[0]),
        options=TransformOptions(),
        plan=plan_of(Size(WIDTH, HEIGHT)),
        stored=Orientation(),
    )
    assert style(state) is state


@pytest.mark.parametrize("name", Style)
def test_styles_look_right(name: Style, assert_like: Callable[[bytes, str], None]) -> None:
    assert_like(png(painted(name)), f"style-{name.value}")


@pytest.mark.parametrize("name", Style)
def test_the_same_options_paint_the_same_bytes_and_another_seed_does_not(name: Style) -> None:
    once = png(strip(name))
    assert png(painted(name, strip=True)) == once
    assert png(painted(name, strip=True, seed=1)) != once


@pytest.mark.parametrize("name", [Style.STENCIL, Style.HALFTONE, Style.LOW_POLY, Style.SKETCH])
def test_small_and_large_look_alike(name: Style) -> None:
    small = strip(name)
    large = painted(name, strip=True, width=5 * WIDTH)
    size = Size(small.width, small.height)
    apart = small.colourspace("lab").dE00(brought_to(large, size).colourspace("lab"))
    # The drawn person itself is finer when it is large.
    assert apart.shrink(8, 8).avg() < 6


def test_a_stamp_is_drawn_so_coarse_that_its_dots_are_seen() -> None:
    stamp = painted(Style.HALFTONE, width=96)
    shrunk = brought_to(painted(Style.HALFTONE), Size(stamp.width, stamp.height))
    dots, haze = (np.abs(np.diff(array(each), axis=1)).mean() for each in (stamp, shrunk))
    assert dots > 3 * haze


@pytest.mark.parametrize("name", Style)
def test_a_colour_and_a_background_that_are_asked_for_are_there(name: Style) -> None:
    # In a strip there is no room for a disc, nor for a tube.
    narrow = name not in {Style.STENCIL, Style.NEON}
    usual = array(strip(name) if narrow else painted(name))
    asked = array(painted(name, strip=narrow, colour=GREEN, background=BLUE))
    for ink in (GREEN, BLUE):
        before, after = (nearest(pixels, ink) for pixels in (usual, asked))
        assert after < 0.8 * before


def test_a_grey_ink_takes_the_colours_out_of_a_double_exposure() -> None:
    usual, grey = (
        array(painted(Style.DOUBLE_EXPOSURE, strip=True, colour=ink)).astype(int)
        for ink in (None, Colour(128, 128, 128))
    )
    # The paper has a colour of its own.
    assert np.ptp(grey, axis=2).max() < 20 < np.ptp(usual, axis=2).max()
    assert np.abs(grey.mean() - usual.mean()) < 8


@pytest.mark.parametrize("name", [Style.POSTER, Style.NEON, Style.DOUBLE_EXPOSURE])
def test_without_a_subject_the_whole_picture_is_painted(name: Style) -> None:
    whole = array(painted(name, strip=True, matte=False))
    assert np.abs(whole - array(strip(name))).mean() > 0.5
    assert whole.std() > 8


def test_transparency_stays_as_it_was() -> None:
    rgb, _ = person(96)
    alpha = np.zeros((*rgb.shape[:2], 1), np.uint8)
    alpha[20:90, 10:80] = 255
    alpha[90:] = 77
    made = painted("duotone", width=96, image=from_array(np.concatenate([rgb, alpha], -1)))
    assert made.bands == 4
    assert made.interpretation == "srgb"
    assert (array(made)[..., 3] == alpha[..., 0]).all()


@pytest.mark.parametrize(("width", "height"), [(1, 80), (400, 1)])
@pytest.mark.parametrize("name", Style)
def test_the_narrowest_pictures_keep_their_size(name: Style, width: int, height: int) -> None:
    grey = np.full((height, width, 3), 120, np.uint8)
    made = painted(name, image=from_array(grey))
    assert (made.width, made.height, made.bands) == (width, height, 3)


def test_a_single_pixel_can_be_painted() -> None:
    made = painted("duotone", image=from_array(np.full((1, 1, 3), 120, np.uint8)))
    assert (made.width, made.height) == (1, 1)


def test_a_wide_gamut_is_painted_in_its_own_numbers() -> None:
    rgb, matte = person(96)
    size = Size(96, 128)
    plain = painted("duotone", width=96)
    state = State(
        image=colour_of(from_array(rgb), "p3"),
        options=TransformOptions(style=Styled(style=Style.DUOTONE), gamut=Gamut.P3),
        plan=plan_of(size),
        stored=Orientation(),
        matte=matte,
    )
    made = style(state).image
    assert made.get_typeof("icc-profile-data")
    back = made.icc_transform("srgb", embedded=True, depth=8)
    assert back.colourspace("lab").dE00(plain.colourspace("lab")).avg() < 1.5
    assert np.abs(array(made) - array(plain)).max() > 5


def test_a_second_picture_shows_in_the_darks_of_the_subject_alone() -> None:
    rgb, matte = person(96)
    stripes = np.zeros_like(rgb)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 255

    def with_(second: np.ndarray) -> np.ndarray:
        state = State(
            image=from_array(rgb),
            options=TransformOptions(style=Styled(style=Style.DOUBLE_EXPOSURE, background="b.png")),
            plan=plan_of(Size(96, 128)),
            stored=Orientation(),
            matte=matte,
            exposure=from_array(second),
        )
        return array(style(state).image)

    apart = np.abs(with_(stripes) - with_(np.zeros_like(rgb))).max(-1)
    assert apart[30:45, 30:66].mean() > 30  # hair
    assert apart[4:30, 2:14].max() < 6  # paper


def test_painting_stops_with_its_deadline() -> None:
    with pytest.raises(TimedOut), Deadline(until=0.0):
        painted("duotone")
