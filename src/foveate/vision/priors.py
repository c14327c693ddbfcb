"""RetinaFace's priors, and from a network's raw numbers to boxes and landmarks in pixels.

The network says of each prior, a square on one of three grids, how a face differs from it. Only
priors that hold a face are ever computed: their place follows from their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Size

STRIDES: Final = np.array([8, 16, 32])
SIDES: Final = np.array([[16, 32], [64, 128], [256, 512]])
CENTRE_VARIANCE: Final = 0.1
SIZE_VARIANCE: Final = 0.2


def _grids(size: Size) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the columns of each grid, and the number of the first prior of each, and the end."""
    columns, rows = -(-size.width // STRIDES), -(-size.height // STRIDES)
    return columns, np.concatenate([[0], np.cumsum(columns * rows * SIDES.shape[1])])


def count(size: Size) -> int:
    """Return how many priors a picture of that size has.

    >>> from foveate.geometry import Size
    >>> count(Size(512, 512))
    10752
    """
    return int(_grids(size)[1][-1])


def priors(size: Size, numbers: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the priors of those numbers: (n, 4) centre x, centre y, width, height in pixels.

    They are numbered by grid, then row, then column, then side.
    """
    columns, starts = _grids(size)
    grid = np.searchsorted(starts, numbers, side="right") - 1
    cell, side = np.divmod(numbers - starts[grid], SIDES.shape[1])
    row, column = np.divmod(cell, columns[grid])
    x, y = (column + 0.5) * STRIDES[grid], (row + 0.5) * STRIDES[grid]
    length = SIDES[grid, side]
    return np.stack([x, y, length, length], axis=1).astype(np.float32)


def boxes_of(priors: NDArray[np.float32], loc: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, 4) left, top, right, bottom in pixels from the network's (n, 4) `loc`."""
    centre = priors[:, :2] + loc[:, :2] * CENTRE_VARIANCE * priors[:, 2:]
    half = priors[:, 2:] * np.exp(loc[:, 2:] * SIZE_VARIANCE) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def landmarks_of(priors: NDArray[np.float32], raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, 5, 2) x, y in pixels from the network's (n, 10) `landmarks`."""
    offsets = raw.reshape(-1, 5, 2) * CENTRE_VARIANCE
    points: NDArray[np.float32] = priors[:, None, :2] + offsets * priors[:, None, 2:]
    return points
