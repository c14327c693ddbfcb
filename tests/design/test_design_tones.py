"""Colours as the eye sees them, and how well they are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.design.tones import (
    chroma,
    contrast,
    distance,
    of_oklab,
    oklab,
    over,
    readable,
    with_lightness,
    worst,
)
from foveate.options.colours import WHITE, Colour, colour

BYTE = st.integers(0, 255)
COLOURS = st.builds(Colour, BYTE, BYTE, BYTE)


@given(COLOURS)
def test_a_colour_comes_back_from_its_lightness_and_axes(value: Colour) -> None:
    back = of_oklab(*oklab(value))
    assert max(abs(a - b) for a, b in zip(back.rgb, value.rgb, strict=True)) <= 3


def test_lightness_is_that_of_published_values() -> None:
    assert oklab(WHITE) == pytest.approx((1, 0, 0), abs=1e-4)
    assert oklab(colour("#f00")) == pytest.approx((0.6280, 0.2249, 0.1258), abs=1e-3)
    assert distance(WHITE, Colour(0, 0, 0)) == pytest.approx(1, abs=1e-4)


@given(COLOURS, st.floats(0, 1))
def test_another_lightness_keeps_the_hue_within_srgb(value: Colour, lightness: float) -> None:
    made = with_lightness(value, lightness)
    assert all(0 <= channel <= 255 for channel in made.rgb)
    assert oklab(made)[0] == pytest.approx(lightness, abs=0.07)
    assert chroma(made) <= chroma(value) + 0.05


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(colour("#777"), WHITE) == pytest.approx(4.48, abs=0.01)
    assert contrast(colour("#767676"), WHITE) >= 4.5


@given(COLOURS, COLOURS)
def test_letters_on_one_colour_can_always_be_told_apart(value: Colour, below: Colour) -> None:
    found = readable(value, [below], 4.5)
    assert found is not None
    assert contrast(found, below) >= 4.5


def test_what_is_told_apart_stays_and_on_black_and_white_nothing_is() -> None:
    blue = colour("#003399")
    assert distance(readable(blue, [WHITE], 4.5) or WHITE, blue) < 0.02
    assert readable(blue, [WHITE, Colour(0, 0, 0)], 4.6) is None


def test_what_is_transparent_is_seen_with_what_is_below() -> None:
    half = Colour(0, 0, 0, 0.5)
    assert over(half, WHITE) == Colour(128, 128, 128)
    assert worst(half, [WHITE]) == pytest.approx(3.95, abs=0.05)
    assert worst(half, []) == 21
