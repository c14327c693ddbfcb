"""Planes of numbers, made soft and brought to another size."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected
from foveate.geometry.box import Size
from foveate.imaging.planes import soft, stretched


@pytest.mark.parametrize("sigma", [0.7, 2.0, 4.4, 9.0, 20.0])
def test_a_point_is_spread_as_far_as_it_is_asked_for(sigma: float) -> None:
    plane = np.zeros((201, 201), np.float32)
    plane[100, 100] = 1
    spread = soft(plane, sigma)
    places = np.arange(201) - 100
    middle = (spread.sum(0) * places).sum(), (spread.sum(1) * places).sum()
    deviation = np.sqrt((spread.sum(0) * places**2).sum())
    assert spread.sum() == pytest.approx(1, abs=1e-4)
    assert middle == pytest.approx((0, 0), abs=sigma / 6)
    assert deviation == pytest.approx(sigma, rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5, 3)])
@pytest.mark.parametrize("sigma", [1.0, 30.0])
def test_what_is_even_stays_even_whatever_its_shape(shape: tuple[int, ...], sigma: float) -> None:
    made = soft(np.full(shape, 0.3, np.float32), sigma)
    assert made.shape == shape
    assert made.dtype == np.float32
    assert np.abs(made - 0.3).max() < 1e-5


def test_no_plane_is_made_soft_that_nobody_waits_for() -> None:
    gone = threading.Event()
    with Deadline(math.inf, gone):
        soft(np.ones((4, 4), np.float32), 1.0)
        gone.set()
        with pytest.raises(ClientDisconnected):
            soft(np.ones((4, 4), np.float32), 1.0)


def test_a_slope_is_stretched_without_a_step() -> None:
    slope = np.linspace(0, 1, 11, dtype=np.float32)[None].repeat(3, 0)
    made = stretched(slope, Size(100, 20))
    assert made.shape == (20, 100)
    assert (np.diff(made[7]) >= -1e-6).all()
    assert np.diff(made[7]).max() < 0.012
    assert made[:, [0, -1]].ravel().tolist() == [0, 1] * 20
