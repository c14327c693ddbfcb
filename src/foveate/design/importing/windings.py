"""What is inside of outlines: holes by even and odd, said by the way in which parts are drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.importing.matrix import Point
    from foveate.design.importing.outlines import Part

    Box = tuple[float, float, float, float]

MOST: Final = 400
"""Parts of an outline of which each is held against each."""
LOOKS: Final = 24
"""Points of a part by which one knows whether it is inside of another."""


def wound(parts: Sequence[Part]) -> tuple[Part, ...] | None:
    """Return an outline of even and odd as one whose holes are drawn the other way round.

    Parts that cross each other cannot be said so, nor very many; then it is None.
    """
    if len(parts) < 2:  # noqa: PLR2004 - one part has no holes
        return tuple(parts)
    if len(parts) > MOST:
        return None
    rings = [_Ring(part.corners) for part in parts]
    made = []
    for place, part in enumerate(parts):
        around = [ring for other, ring in enumerate(rings) if other != place]
        inside = [ring.holds(rings[place]) for ring in around if ring.near(rings[place])]
        if None in inside:
            return None
        hole = sum(map(bool, inside)) % 2 == 1
        made.append(part if (_area(rings[place].points) > 0) != hole else part.reversed)
    return tuple(made)


class _Ring:
    """Points around a part, and the box in which they are."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points
        across, down = zip(*points, strict=True)
        self.box: Box = (min(across), min(down), max(across), max(down))

    def near(self, other: _Ring) -> bool:
        """Return whether another one may be inside."""
        left, top, right, bottom = self.box
        across = left < other.box[2] and right > other.box[0]
        return across and top < other.box[3] and bottom > other.box[1]

    def holds(self, other: _Ring) -> bool | None:
        """Return whether another one is inside; None where they cross each other."""
        step = max(1, len(other.points) // LOOKS)
        found = {_inside(point, self.points) for point in other.points[::step]}
        return found.pop() if len(found) == 1 else None


def _area(ring: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*ring, ring[0])))


def _inside(point: Point, ring: Sequence[Point]) -> bool:
    x, y = point
    crossed = False
    for (left, top), (right, bottom) in pairwise((*ring, ring[0])):
        if (top > y) != (bottom > y) and x < left + (y - top) / (bottom - top) * (right - left):
            crossed = not crossed
    return crossed
