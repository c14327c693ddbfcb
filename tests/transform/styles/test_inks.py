from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.transform.styles.inks import hue_of, ink, lch, of_oklab, oklab, ramp, turned

BYTES = st.lists(st.integers(0, 255), min_size=3, max_size=3)


@given(BYTES)
def test_oklab_and_back_is_the_same_colour(values: list[int]) -> None:
    rgb = np.array(values, np.float32) / 255
    assert np.allclose(of_oklab(oklab(rgb)), rgb, atol=2e-3)


def test_oklab_is_what_its_author_gives() -> None:
    # https://bottosson.github.io/posts/oklab/: white, and the red of sRGB.
    assert oklab(ink("ffffff")) == pytest.approx([1, 0, 0], abs=1e-3)
    assert oklab(ink("ff0000")) == pytest.approx([0.628, 0.2249, 0.1258], abs=1e-3)


def test_a_palette_turns_with_its_leading_ink_and_keeps_its_lightness() -> None:
    red, blue, grey = ink("d8352f"), ink("2c7f86"), ink("808080")
    green = ink("2f9a3c")
    lead, other, neutral = turned([red, blue, grey], red, green)
    assert np.array_equal(lead, green)
    assert oklab(other)[0] == pytest.approx(oklab(blue)[0], abs=0.03)
    assert hue_of(neutral) is None
    was, now = (hue_of(blue) - hue_of(red), hue_of(other) - hue_of(green))  # type: ignore[operator]
    assert math.cos(was - now) > 0.97


def test_nothing_asked_leaves_a_palette_as_it_is() -> None:
    red = ink("d8352f")
    assert turned([red], red, None)[0] is red


def test_a_ramp_leads_evenly_from_its_first_to_its_last_colour() -> None:
    colours = ramp(ink("000000"), ink("ffffff"))
    assert colours[0].tolist() == [0, 0, 0]
    assert colours[-1] == pytest.approx([1, 1, 1], abs=1e-3)
    assert np.diff(oklab(colours)[:, 0]) == pytest.approx(np.full(255, 1 / 255), abs=2e-3)


def test_a_hue_is_what_a_colour_was_made_with() -> None:
    assert hue_of(lch(0.7, 0.1, 1.0)) == pytest.approx(1.0, abs=0.02)
    assert hue_of(ink("777777")) is None
