"""Shapes of a subject: grown by a length, its contour smooth as scissors leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.planes import at, soft

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.styles.study import Plane, Study

GRID: Final = 256
"""Long side of the grid on which distances are measured."""
_FAR: Final = 1e6


def distance(matte: Plane) -> Plane:
    """Return how far outside of a shape each place is, in pixels; below 0 inside."""
    height, width = matte.shape
    size = Size(width, height).within(GRID)
    coarse = at(matte, size)
    step = max(width, height) / max(size.width, size.height)
    inside = coarse > 0.5  # noqa: PLR2004
    far = _to_nearest(inside) - _to_nearest(~inside)
    # Half a pixel of the grid lies between the last inside and the first outside.
    signed = soft(far.clip(-_FAR, _FAR).astype(np.float32) * np.float32(step), 0.8)
    return at(signed, Size(width, height))


def _to_nearest(there: NDArray[np.bool_]) -> Plane:
    """Return the distance of each pixel to the nearest one that is there.

    Along columns, then along rows: squares of distances add up (Felzenszwalb and Huttenlocher,
    "Distance transforms of sampled functions", 2012).
    """
    height, width = there.shape
    if not there.any():
        return np.full(there.shape, np.float32(max(height, width)))
    rows = np.arange(height, dtype=np.float32)[:, None]
    above = np.maximum.accumulate(np.where(there, rows, -np.float32(_FAR)), 0)
    below = np.minimum.accumulate(np.where(there, rows, np.float32(_FAR))[::-1], 0)[::-1]
    column = np.minimum(rows - above, below - rows) ** 2
    nearest = column.copy()
    for apart in range(1, width):
        square = np.float32(apart**2)
        if square >= nearest.max():  # what is farther aside is farther than what was found
            break
        for one, other in (
            (np.s_[:, apart:], np.s_[:, :-apart]),
            (np.s_[:, :-apart], np.s_[:, apart:]),
        ):
            np.minimum(nearest[one], column[other] + square, out=nearest[one])
    far: Plane = np.sqrt(nearest)
    return far


def head_radius(study: Study) -> float:
    """Return about how large that head is, in pixels of the study."""
    return float(np.sqrt(0.2 * study.matte.sum() / np.pi))


def head(study: Study) -> tuple[float, float]:
    """Return about where the head of a subject is: x and y in pixels of the study."""
    height, width = study.shape
    if not study.found:
        return width / 2, height * 0.42
    rows = study.matte.sum(1)
    share = rows.cumsum() / max(float(rows.sum()), 1e-6)
    y, until = (int(np.searchsorted(share, part)) for part in (0.14, 0.3))
    columns = study.matte[: until + 1].sum(0)
    return float((columns * np.arange(width)).sum() / max(columns.sum(), 1e-6)), float(y)
