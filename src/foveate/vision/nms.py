"""Boxes that mean the same thing: which one stays, and how much each says about its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MAX_CANDIDATES: Final = 5000
"""A bound on the work: a crowd of 500 has some 3,000 candidates, noise may have 16,000."""


def _area(sides: NDArray[np.float32]) -> NDArray[np.float32]:
    area: NDArray[np.float32] = sides[..., 0] * sides[..., 1]
    return area


def iou(box: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return intersection over union, 0..1, of one (4,) box with each of (n, 4).

    Boxes are left, top, right, bottom. A box without an area meets nothing.
    """
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = _area(np.maximum(sides, 0))
    union = _area(box[2:] - box[:2]) + _area(boxes[:, 2:] - boxes[:, :2]) - shared
    met: NDArray[np.float32] = np.zeros_like(shared)
    np.divide(shared, union, out=met, where=union > 0)
    return met


def ious(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, m): the IoU, 0..1, of each of (n, 4) boxes with each of (m, 4)."""
    rows = [iou(box, others) for box in boxes]
    empty = np.zeros((0, len(others)), np.float32)
    return np.stack(rows) if rows else empty


def suppress(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], limit: float
) -> Iterator[int]:
    """Yield the numbers of the boxes to keep, best score first.

    A box goes when its IoU with a better one that stays is above `limit`.
    """
    left = np.argsort(-scores, kind="stable")[:MAX_CANDIDATES]
    while left.size:
        best, left = left[0], left[1:]
        yield int(best)
        left = left[iou(boxes[best], boxes[left]) <= limit]


def votes(
    best: int, boxes: NDArray[np.float32], scores: NDArray[np.float32], limit: float
) -> NDArray[np.float32]:
    """Return how much each of (n, 4) boxes says about the place of the best one, (n,), sum 1.

    Those whose IoU with it is above `limit` speak, by their score.
    """
    weights = scores * (iou(boxes[best], boxes) > limit)
    weights[best] = scores[best]
    shares: NDArray[np.float32] = weights / weights.sum()
    return shares
