"""Triangles between points. Bowyer (1981) and Watson (1981), every circle tested at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Corners = NDArray[np.intp]

_OUTSIDE: Final = 200.0
"""How far out the first triangle's corners lie, relative to what the points span."""


def triangles(points: NDArray[np.float64]) -> Corners:
    """Return (m, 3) indices of the corners of the triangles between (n, 2) distinct points.

    No point lies inside of the circle through the corners of a triangle.
    """
    count = len(points)
    low, span = points.min(0), float(np.ptp(points, axis=0).max()) or 1.0
    outer = low + span * np.array([[-_OUTSIDE, -1], [_OUTSIDE, -1], [0.5, 2 * _OUTSIDE]])
    mesh = _Mesh(np.concatenate([points, outer]))
    for point in range(count):
        mesh.add(point)
    made = mesh.corners[: mesh.used][mesh.square[: mesh.used] >= 0]
    return made[(made < count).all(1)]


class _Mesh:
    """Triangles by corners, and the circles around them; a square below 0 marks a free row."""

    def __init__(self, points: NDArray[np.float64]) -> None:
        size = 4 * len(points) + 64
        self.points = points
        self.corners = np.zeros((size, 3), np.intp)
        self.middle = np.zeros((2, size))
        self.square = np.full(size, -1.0)
        self.used = 0
        last = len(points)
        self._put(np.array([[last - 3, last - 2, last - 1]]), np.empty(0, np.intp))

    def add(self, point: int) -> None:
        """Take away the triangles whose circles hold a point, and join their outline with it."""
        x, y = self.points[point]
        used = self.used
        far = (self.middle[0, :used] - x) ** 2 + (self.middle[1, :used] - y) ** 2
        gone = np.flatnonzero(far < self.square[:used])
        rim = _rim(self.corners[gone])
        fresh = np.column_stack([rim, np.full(len(rim), point)])
        self.square[gone] = -1
        self._put(fresh, gone)

    def _put(self, corners: Corners, free: Corners) -> None:
        """Store triangles in rows that are free, and after the last for those beyond."""
        more = len(corners) - len(free)
        rows = np.concatenate([free, np.arange(self.used, self.used + max(more, 0))])
        rows = rows[: len(corners)]
        self.used += max(more, 0)
        self.corners[rows] = corners
        self.middle[:, rows], self.square[rows] = _circles(self.points[corners])


def _rim(corners: Corners) -> Corners:
    """Return (k, 2): the edges that only one of some triangles has."""
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    once: dict[tuple[int, int], bool] = {}
    for one, other in edges.tolist():
        key = (one, other) if one < other else (other, one)
        once[key] = key not in once
    return np.array([edge for edge, single in once.items() if single], np.intp).reshape(-1, 2)


def _circles(shapes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles (2, n) and squared radii of the circles around (n, 3, 2) corners."""
    origin = shapes[:, 0]
    one, other = (shapes[:, 1] - origin).T, (shapes[:, 2] - origin).T
    area = 2 * (one[0] * other[1] - one[1] * other[0])
    # Three in a row have a circle without end, which holds every later point.
    area = np.where(np.abs(area) < 1e-12, 1e-12, area)  # noqa: PLR2004
    long, far = (one**2).sum(0), (other**2).sum(0)
    across = (other[1] * long - one[1] * far) / area
    down = (one[0] * far - other[0] * long) / area
    return np.stack([across, down]) + origin.T, across**2 + down**2
