"""Corners that are rounded: how far they reach, and how much of each pixel they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

Reach = tuple[float, float]
"""How far a corner reaches across and down, in pixels."""

LINES: Final = 16
"""Of each row of pixels: along each it is known exactly where the curve crosses it."""
_WHOLE: Final = 255


def reaches(size: Size, corners: Sequence[int | float], dpr: float = 1.0) -> tuple[Reach, ...]:
    """Return how far each corner reaches, clockwise from the top left, as CSS has it.

    A corner is pixels when int, else a share of the width across and of the height down. Where two
    would overlap, all become smaller by one factor.

    >>> from foveate.geometry.box import Size
    >>> reaches(Size(100, 50), (10, 0, 0.5, 5), 2.0)
    ((20.0, 20.0), (0.0, 0.0), (50.0, 25.0), (10.0, 10.0))
    >>> reaches(Size(100, 50), (99, 99, 99, 99))[0]
    (25.0, 25.0)
    """
    asked = [_reach(size, corner, dpr) for corner in corners]
    top_left, top_right, bottom_right, bottom_left = asked
    sums = (
        (size.width, top_left[0] + top_right[0]),
        (size.width, bottom_left[0] + bottom_right[0]),
        (size.height, top_left[1] + bottom_left[1]),
        (size.height, top_right[1] + bottom_right[1]),
    )
    less = min((side / taken for side, taken in sums if taken > side), default=1.0)
    return tuple((across * less, down * less) for across, down in asked)


def _reach(size: Size, corner: float, dpr: float) -> Reach:
    if isinstance(corner, float):
        return corner * size.width, corner * size.height
    return corner * dpr, corner * dpr


def corner_left(across: float, down: float) -> NDArray[np.uint8]:
    """Return (height, width), 0..255: how much of each pixel a rounded top left corner leaves.

    >>> corner_left(3, 3).tolist()
    [[7, 147, 241], [147, 255, 255], [241, 255, 255]]
    """
    height, width = int(np.ceil(down)), int(np.ceil(across))
    above = np.clip(1 - (np.arange(height * LINES) + 0.5) / LINES / down, 0, 1)
    begins = across * (1 - np.sqrt(1 - above * above))
    pixel, row = begins.astype(int), np.repeat(np.arange(height), LINES)
    # Along a line the pixel where the curve crosses it is left in part, and all behind it whole.
    steps = np.zeros((height, width + 2), np.float32)
    np.add.at(steps, (row, pixel), pixel + 1 - begins)
    np.add.at(steps, (row, pixel + 1), begins - pixel)
    kept = np.cumsum(steps, axis=1, out=steps)[:, :width]
    kept *= _WHOLE / LINES
    return np.rint(kept, out=kept).astype(np.uint8)
