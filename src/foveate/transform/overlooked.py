"""What of a picture nobody looks at, and may be smoothed for it. Arithmetic alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box
from foveate.gravity.importance import covered
from foveate.imaging.matte import part_of, planes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

    Map = NDArray[np.float32]

UNSEEN, LOOKED_AT = 0.15, 0.7
"""Looks, relative to their mean over the picture, up to which a place may be smoothed in full, and
from which on it may not. Relative to their peak a small face would make background of its body."""
MARGIN: Final = 0.2
"""What is kept around a face or a line of text, relative to its size."""
GRID: Final = 384
"""Longer side at which that is known: what is kept takes whole cells."""


def overlooked(looks: NDArray[np.floating], kept: Iterable[Box], size: Size) -> Map:
    """Return how far each place may be smoothed, 0..1: (rows, columns) over a picture of `size`.

    `looks` is what share of all looks each place gets, in any unit; boxes that are kept, in the
    picture's pixels, may not be at all.
    """
    relative = looks / max(float(looks.mean()), 1e-12)
    free = ((LOOKED_AT - relative) / (LOOKED_AT - UNSEEN)).clip(0, 1).astype(np.float32)
    rows, columns = free.shape
    grid = size.within(GRID)
    fine = planes_of(part_of(free, Box(0, 0, columns, rows), grid)).clip(0, 1)
    cell = size.width / grid.width
    for box in kept:
        fine[covered(_around(box, cell), fine.shape, size) > 0] = 0
    return fine


def _around(box: Box, cell: float) -> Box:
    """Return a box with what is kept around it: a cell at least, as it is drawn with soft edges."""
    wide, high = (max(MARGIN * side, cell) for side in (box.width, box.height))
    return Box(box.left - wide, box.top - high, box.width + 2 * wide, box.height + 2 * high)
