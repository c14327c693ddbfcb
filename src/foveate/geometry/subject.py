"""Where a subject lies, given which cells of a map over a picture are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.geometry.box import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Size


def box_around(inside: NDArray[np.bool_], size: Size) -> Box | None:
    """Return the box around the cells that are something's, in pixels of a picture of `size`.

    `inside` is (rows, columns) over the whole picture. None where there are none.
    """
    if not inside.any():
        return None
    (top, bottom), (left, right) = (np.flatnonzero(inside.any(axis))[[0, -1]] for axis in (1, 0))
    rows, columns = (int(top), int(bottom) + 1), (int(left), int(right) + 1)
    return Box.of_cells(rows, columns, inside.shape, size)


def box_without_specks(inside: NDArray[np.bool_], size: Size, speck: float) -> Box | None:
    """Return the box around the cells that are a subject's, in pixels of a picture of `size`.

    `inside` is (rows, columns) over the whole picture. A share of `speck` of all these cells may
    lie beyond each side of the box. None where there are none.
    """
    if not inside.any():
        return None
    rows, columns = (_span(inside.sum(axis), speck) for axis in (1, 0))
    return Box.of_cells(rows, columns, inside.shape, size)


def _span(counts: NDArray[np.intp], speck: float) -> tuple[int, int]:
    """Return the first place of a subject along an axis and the one after its last."""
    share = counts.cumsum() / counts.sum()
    first = np.searchsorted(share, speck, side="right")
    return int(first), int(np.searchsorted(share, 1 - speck)) + 1
