"""Pixels under one matrix: each side shrinks by its own factor, however it is turned."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.affine import Affine
from foveate.geometry.box import Size
from foveate.imaging.warp import warped

SIDE = 256
ROWS = np.zeros((SIDE, SIDE, 3), np.uint8)
ROWS[np.arange(SIDE) % 4 < 2] = (240, 40, 20)
COLUMNS = np.zeros((SIDE, SIDE, 3), np.uint8)
COLUMNS[:, np.arange(SIDE) % 2 == 0] = (200, 40, 100)
MIDDLE = Affine.moved(-SIDE / 2, -SIDE / 2)
NARROW = Affine.scaled(1 / 8, 1)


@pytest.mark.parametrize("degrees", [0.0, 0.5])
def test_a_side_that_is_not_shrunk_keeps_its_pixels(degrees: float) -> None:
    matrix = MIDDLE.then(Affine.turned(degrees)).then(NARROW).then(Affine.moved(16, SIDE / 2))
    made = warped(ROWS, matrix, Size(SIDE // 8, SIDE))[30:-30, 6:-6]
    assert (np.quantile(made, 0.9, (0, 1)) >= (220, 36, 18)).all()
    assert (np.quantile(made, 0.1, (0, 1)) <= (20, 4, 2)).all()


@pytest.mark.parametrize("degrees", [0.5, 45.0])
def test_a_side_that_shrinks_passes_over_no_pixel(degrees: float) -> None:
    matrix = MIDDLE.then(Affine.turned(degrees)).then(NARROW).then(Affine.moved(16, SIDE / 2))
    made = warped(COLUMNS, matrix, Size(SIDE // 8, SIDE))[100:-100, 14:-14]
    assert np.abs(made - [100.0, 20.0, 50.0]).max() <= 12


def test_what_was_narrowed_before_it_is_turned_passes_over_no_pixel() -> None:
    matrix = MIDDLE.then(NARROW).then(Affine.turned(45)).then(Affine.moved(100, 100))
    made = warped(COLUMNS, matrix, Size(200, 200))
    along = np.array([made[at, 200 - at] for at in range(60, 141)])
    assert np.abs(along - [100.0, 20.0, 50.0]).max() <= 12
