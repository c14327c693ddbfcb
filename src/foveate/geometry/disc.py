"""The disc that a point becomes out of focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def disc_of(radius: float) -> NDArray[np.float64]:
    """Return how much of each pixel a disc covers that lies in their middle: a square of them.

    >>> disc_of(1).round(2).tolist()
    [[0.09, 0.5, 0.09], [0.5, 1.0, 0.5], [0.09, 0.5, 0.09]]
    """
    reach = int(np.ceil(radius))
    across = np.arange(-reach, reach + 1)
    far = np.hypot(across, across[:, None])
    # The rim covers a part of its pixels.
    disc: NDArray[np.float64] = (radius + 0.5 - far).clip(0, 1)
    return disc
