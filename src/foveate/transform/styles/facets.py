"""Triangles filled with colours, smooth at their edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.styles.painting import Band
    from foveate.transform.styles.study import Paint, Rgb

SAMPLES: Final = 2
"""Places looked at across and down each pixel."""
_SLACK: Final = -1e-6


def inside_of(shape: tuple[int, int], shapes: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return (h, w): which of the (n, 3, 2) triangles a pixel's middle lies in; -1 is none."""
    height, width = shape
    labels = np.full(shape, -1, np.int32)
    low, high = shapes.min(1), shapes.max(1)
    seen = np.flatnonzero((high[:, 1] > 0) & (low[:, 1] < height))
    first = np.floor(low[seen] - 0.5).clip(0).astype(int)
    last = np.ceil(high[seen] + 0.5).clip(0, [width, height]).astype(int)
    for number, (left, top), (right, bottom) in zip(
        seen.tolist(), first.tolist(), last.tolist(), strict=True
    ):
        if right > left and bottom > top:
            part = labels[top:bottom, left:right]
            part[_within(shapes[number], left, top, part.shape)] = number
    return labels


def _within(
    corners: NDArray[np.float64], left: int, top: int, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return which middles of pixels of a block lie in a triangle."""
    x = np.arange(left, left + shape[1]) + 0.5
    y = (np.arange(top, top + shape[0]) + 0.5)[:, None]
    (ax, ay), (bx, by), (cx, cy) = corners.tolist()
    turn = 1.0 if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0 else -1.0
    inside: NDArray[np.bool_] = turn * ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) >= _SLACK
    inside &= turn * ((cx - bx) * (y - by) - (cy - by) * (x - bx)) >= _SLACK
    inside &= turn * ((ax - cx) * (y - cy) - (ay - cy) * (x - cx)) >= _SLACK
    return inside


def filled(band: Band, shapes: NDArray[np.float64], colours: Rgb) -> Paint:
    """Return (3, rows, width) of a band: each pixel the mean of the triangles in it."""
    rows, width = len(band.y), band.x.shape[1]
    scale = band.zoom * SAMPLES
    top = float(band.y[0, 0]) - 0.5 / band.zoom
    moved = (shapes - [0.0, top]) * scale
    labels = inside_of((rows * SAMPLES, width * SAMPLES), moved)
    inks = (colours * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    fine = inks.take(labels.clip(0), axis=0).reshape(rows, SAMPLES, width, SAMPLES, 3)
    sums = fine[:, 0, :, 0].astype(np.uint16)
    for down, across in ((0, 1), (1, 0), (1, 1)):
        sums += fine[:, down, :, across]
    painted: Paint = sums.transpose(2, 0, 1).astype(np.float32) / np.float32(255 * SAMPLES**2)
    return painted
