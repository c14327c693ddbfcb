"""A gaussian blurs, and even areas keep their level."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.imaging import Image
from foveate.imaging.gaussian import gaussian


@pytest.mark.parametrize("sigma", [0.5, 0.7, 0.75, 0.8, 0.9, 1.0, 1.7, 3.0, 6.0])
def test_even_areas_keep_every_level(sigma: float) -> None:
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 3)
    for level in levels[::15]:
        even = (Image.black(8, 8, bands=3) + [int(each) for each in level]).cast("uchar")
        assert (gaussian(even, sigma).numpy() == level).all()
