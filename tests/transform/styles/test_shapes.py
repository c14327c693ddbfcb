from __future__ import annotations

import numpy as np
import pytest

from foveate.transform.styles.shapes import distance


def disc(side: int, radius: float) -> np.ndarray:
    y, x = np.mgrid[0:side, 0:side] + 0.5
    far = np.hypot(x - side / 2, y - side / 2)
    return (radius - far + 0.5).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("side", [128, 256, 1024])
def test_distance_grows_from_the_contour_by_one_a_pixel(side: int) -> None:
    far = distance(disc(side, side / 4))
    middle = side // 2
    for out in (-side // 8, 0, side // 16, side // 6):
        place = middle + side // 4 + out
        assert far[middle, place] == pytest.approx(out + 0.5, abs=max(1.5, 0.012 * side))


def test_distance_is_the_nearest_way_and_not_along_the_axes() -> None:
    far = distance(disc(256, 40))
    assert far[128 + 60, 128 + 60] == pytest.approx(np.hypot(60.5, 60.5) - 40, abs=1.5)


def test_without_a_shape_everything_is_far_and_without_an_outside_everything_deep() -> None:
    nothing = np.zeros((40, 60), np.float32)
    assert distance(nothing).min() > 30
    assert distance(nothing + 1).max() < -30
