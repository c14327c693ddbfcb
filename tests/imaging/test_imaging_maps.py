"""Maps over a picture as grey PNGs."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.imaging.maps import map_from_png, map_png


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (3, 4)])
def test_a_map_of_any_shape_comes_back_to_a_level(shape: tuple[int, int]) -> None:
    values = np.linspace(0, 1, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    back = map_from_png(map_png(values))
    assert back.shape == shape
    assert np.abs(back - values).max() <= 1 / 255
