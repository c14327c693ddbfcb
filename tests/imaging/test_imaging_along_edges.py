"""Coarse values take the edges of the picture under them."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.imaging.along_edges import drawn, relit
from foveate.imaging.pixels import from_array

SIDE = 256


def halves() -> np.ndarray:
    """A warm left and a dark right, with the border at 100."""
    rgb = np.zeros((SIDE, SIDE, 3), np.uint8)
    rgb[:, :100], rgb[:, 100:] = (200, 120, 60), (40, 60, 90)
    return rgb


def step() -> np.ndarray:
    """1 at the left and 0 at the right, with a soft border that is 8 pixels wrong."""
    x = (np.arange(64) + 0.5) * 4
    return np.tile((1 - (x - 92) / 32).clip(0, 1).astype(np.float32), (64, 1))


def test_a_map_ends_where_the_picture_does() -> None:
    got = drawn(from_array(halves()), step()).numpy().reshape(SIDE, SIDE) / 255
    blurred = np.kron(step(), np.ones((4, 4)))
    assert got[128, 98] - got[128, 102] > 0.3
    assert blurred[128, 98] - blurred[128, 102] < 0.15


def test_light_is_changed_by_stops_and_white_stays_white() -> None:
    rgb = np.full((SIDE, SIDE, 3), 128, np.uint8)
    rgb[:, 200:] = 255
    darker = relit(from_array(rgb), np.full((32, 32), -2.2, np.float32)).numpy()
    assert darker[10, 10].tolist() == [64, 64, 64]
    lifted = relit(from_array(rgb), np.full((32, 32), 0.5, np.float32)).numpy()
    assert 132 < lifted[10, 10, 0] < 150
    assert lifted[10, 250].tolist() == [255, 255, 255]


def test_nothing_to_change_changes_nothing() -> None:
    rgb = halves()
    assert np.array_equal(relit(from_array(rgb), np.zeros((32, 32), np.float32)).numpy(), rgb)


@pytest.mark.parametrize("bands", [3, 4])
def test_alpha_is_left_alone(bands: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, bands), np.uint8)
    got = relit(from_array(pixels), np.full((5, 4), -1, np.float32)).numpy()
    assert got.shape == pixels.shape
    assert np.array_equal(got[..., 3:], pixels[..., 3:])
    assert got[..., :3].mean() < pixels[..., :3].mean()


@pytest.mark.parametrize("edge", [119, 120, 121])
def test_colours_of_what_is_transparent_make_no_edge(edge: int) -> None:
    rgba = np.dstack([halves(), np.full((SIDE, SIDE), 255, np.uint8)])
    drawings, lights = [], []
    for hidden in (0, 128, 255):
        rgba[:, edge:] = (hidden, 255 - hidden, hidden, 0)
        drawings.append(drawn(from_array(rgba), step()).numpy()[:, :edge].astype(int))
        lights.append(relit(from_array(rgba), step() - 1).numpy()[:, :edge].astype(int))
    for answers in (drawings, lights):
        assert max(np.abs(each - answers[0]).max() for each in answers) <= 1
