"""How far out of focus places are, as arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Size
from foveate.options.model import Refocus
from foveate.transform.scenery import SLACK, WEAKEST, radii, strength_of
from foveate.vision.focus import Plane

SCENE = np.array([[0.0, 0.48, 0.5, 0.53, 1.0]], np.float32)
SOURCE = Size(1600, 1200)


def of(aperture: float = 2.8, strength: float = 1.0, scale: float = 1.0) -> np.ndarray:
    return radii(Plane(0.5, SCENE, None), Refocus(aperture=aperture), strength, SOURCE, scale)[0]


def test_the_focal_plane_is_sharp_with_a_little_slack() -> None:
    assert of()[1:4].tolist() == [0, 0, 0]
    assert SLACK > 0.02


def test_what_is_behind_is_below_0_and_what_is_before_above() -> None:
    far, *_, near = of()
    assert far == pytest.approx(-near)
    assert far == pytest.approx(-(0.5 - SLACK) * 0.05 / 2.8 * 1600, rel=1e-4)


@given(st.floats(1.4, 16), st.floats(1.4, 16))
def test_a_smaller_f_number_blurs_more(one: float, other: float) -> None:
    wide, narrow = sorted((one, other))
    assert of(wide)[-1] >= of(narrow)[-1]


def test_an_answer_of_half_the_size_is_blurred_by_half_as_many_pixels() -> None:
    assert of(scale=0.5)[0] == pytest.approx(of()[0] / 2)


@given(st.floats(0, 1))
def test_the_less_sure_the_weaker_but_never_nothing(confidence: float) -> None:
    assert WEAKEST <= strength_of(confidence) <= 1
    assert strength_of(confidence) <= strength_of(min(1.0, confidence + 0.1))
