"""The smooth way from nothing to all, by which soft edges and tones go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def smooth(level: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return 0 below 0, 1 above 1 and a smooth way between.

    >>> smooth(np.array([-1.0, 0.25, 0.5, 2.0])).tolist()
    [0.0, 0.15625, 0.5, 1.0]
    """
    inside = level.clip(0, 1)
    share = inside * inside * (3 - 2 * inside)
    smoothed: NDArray[np.float32] = share.astype(np.float32, copy=False)
    return smoothed
