"""Rounded corners, looked at by single pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from test_steps import at, chart, plan_for, rendered

from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging.pixels import from_array
from foveate.options.colours import Colour
from foveate.options.model import Border, Corners, Edges, Overlay, TransformOptions
from foveate.options.values import corners
from foveate.transform.pipeline import run
from foveate.transform.state import State

if TYPE_CHECKING:
    from foveate.imaging import Image


def alphas(image: Image) -> list[int]:
    """Return the alpha of the outermost pixels, clockwise from the top left."""
    right, bottom = image.width - 1, image.height - 1
    return [at(image, x, y)[3] for x, y in ((0, 0), (right, 0), (right, bottom), (0, bottom))]


def test_corners_become_transparent_and_the_rest_stays() -> None:
    image = rendered(radius=Corners(10, 10, 10, 10))
    assert alphas(image) == [0, 0, 0, 0]
    assert at(image, 10, 0) == (255, 0, 0, 255)
    assert at(image, 40, 20) == (255, 255, 0, 255)


def test_each_corner_has_its_own_radius_clockwise_from_the_top_left() -> None:
    image = rendered(radius=corners("0;10;0;0.25"))
    assert alphas(image) == [255, 0, 255, 0]


def test_edges_are_smooth() -> None:
    image = rendered(radius=Corners(16, 16, 16, 16))
    line = [at(image, x, 3)[3] for x in range(20)]
    assert line == sorted(line)
    assert any(0 < alpha < 255 for alpha in line)


def test_half_of_each_side_is_an_ellipse() -> None:
    image = rendered(radius=Corners(0.5, 0.5, 0.5, 0.5))
    kept = image.extract_band(3).avg() / 255
    assert kept == pytest.approx(np.pi / 4, abs=0.003)


def test_radii_are_of_device_pixels() -> None:
    twice = rendered(radius=Corners(8, 8, 8, 8), dpr=2.0)
    whole = rendered(radius=Corners(16, 16, 16, 16))
    assert np.array_equal(twice.numpy(), whole.numpy())


def test_a_background_fills_the_corners_and_nothing_is_transparent() -> None:
    image = rendered(radius=Corners(10, 10, 10, 10), background=Colour(9, 8, 7))
    assert image.bands == 3
    assert at(image, 0, 0) == (9, 8, 7)
    assert at(image, 12, 12) == (255, 0, 0)


def test_a_translucent_background_is_laid_once() -> None:
    clear = np.full((40, 80, 4), (255, 0, 0, 0), np.uint8)
    half = Colour(0, 0, 255, 0.5)
    image = rendered(from_array(clear), radius=Corners(10, 10, 10, 10), background=half)
    assert at(image, 40, 20) == at(image, 0, 0) == (0, 0, 255, 128)
    assert np.abs(image.extract_band(3).numpy().astype(int) - 128).max() <= 1


def test_what_was_transparent_stays_so() -> None:
    clear = np.full((40, 80, 4), (255, 0, 0, 100), np.uint8)
    image = rendered(from_array(clear), radius=Corners(10, 10, 10, 10))
    assert at(image, 40, 20) == (255, 0, 0, 100)
    assert alphas(image) == [0, 0, 0, 0]


def test_frame_and_overlays_are_cut_as_well() -> None:
    framed = rendered(
        radius=Corners(10, 10, 10, 10), border=Border(Colour(0, 0, 0), Edges(4, 4, 4, 4))
    )
    assert alphas(framed) == [0, 0, 0, 0]
    assert at(framed, 44, 1) == (0, 0, 0, 255)
    top = from_array(np.full((40, 80, 4), 255, np.uint8))
    asked = TransformOptions(radius=Corners(10, 10, 10, 10))
    overlay = Overlay(url="a", options=TransformOptions())
    plan = plan_for(asked, Size(80, 40))
    state = State(image=chart(), options=asked, plan=plan, stored=Orientation())
    drawn = run(replace(state, overlays=((overlay, top),))).image
    assert alphas(drawn) == [0, 0, 0, 0]
    assert at(drawn, 40, 20) == (255, 255, 255, 255)


def test_no_radius_leaves_the_picture_alone() -> None:
    assert rendered().bands == chart().bands
