"""One matrix for all that is done to a picture: for its points, its boxes and its pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.geometry.orientation import Orientation


@dataclass(frozen=True, slots=True)
class Affine:
    """Where a point of a picture comes to lie: x' = ax + by + left, y' = cx + dy + top.

    Points are in pixels from the left and top edge, so the middle of the first pixel is .5, .5.

    >>> Affine.moved(10, 0).then(Affine.scaled(2, 2))(1, 1)
    (22.0, 2.0)
    """

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def moved(cls, x: float, y: float) -> Affine:
        """Return a move to the right and down."""
        return cls(left=x, top=y)

    @classmethod
    def scaled(cls, x: float, y: float) -> Affine:
        """Return an enlargement by `x` times across and `y` times down."""
        return cls(a=x, d=y)

    @classmethod
    def turned(cls, degrees: float) -> Affine:
        """Return a clockwise turn about the corner of the picture.

        >>> [round(each, 9) for each in Affine.turned(90)(1, 0)]
        [0.0, 1.0]
        """
        angle = math.radians(degrees)
        return cls(math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle))

    @classmethod
    def mirrored(cls, size: Size, *, horizontal: bool, vertical: bool) -> Affine:
        """Return a mirroring of a picture of that size, left to right, top to bottom, or both."""
        across, down = (-1.0 if mirrored else 1.0 for mirrored in (horizontal, vertical))
        return cls(
            a=across,
            d=down,
            left=float(size.width) if horizontal else 0.0,
            top=float(size.height) if vertical else 0.0,
        )

    @classmethod
    def oriented(cls, orientation: Orientation, size: Size) -> Affine:
        """Return what an orientation does to a picture of that size.

        >>> from foveate.geometry.orientation import Orientation
        >>> Affine.oriented(Orientation.rotation(90), Size(100, 50))(10, 20)
        (30.0, 10.0)
        """
        left, top = orientation.place((0, 0), size)
        right = orientation.place((size.width, 0), size)
        below = orientation.place((0, size.height), size)
        across = (right[0] - left) / size.width, (right[1] - top) / size.width
        down = (below[0] - left) / size.height, (below[1] - top) / size.height
        return cls(across[0], down[0], across[1], down[1], left, top)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point comes to lie."""
        return self.a * x + self.b * y + self.left, self.c * x + self.d * y + self.top

    def then(self, after: Affine) -> Affine:
        """Return this matrix followed by another, as one."""
        left, top = after(self.left, self.top)
        return Affine(
            after.a * self.a + after.b * self.c,
            after.a * self.b + after.b * self.d,
            after.c * self.a + after.d * self.c,
            after.c * self.b + after.d * self.d,
            left,
            top,
        )

    def inverse(self) -> Affine:
        """Return the matrix that undoes this one.

        >>> Affine.scaled(2, 4).inverse()(10, 10)
        (5.0, 2.5)
        """
        area = self.a * self.d - self.b * self.c
        a, b, c, d = self.d / area, -self.b / area, -self.c / area, self.a / area
        left, top = -(a * self.left + b * self.top), -(c * self.left + d * self.top)
        return Affine(a, b, c, d, left, top)

    @property
    def is_straight(self) -> bool:
        """Return whether what was upright stays so: an upright box becomes one."""
        return self.b == self.c == 0 or self.a == self.d == 0

    @property
    def stretch(self) -> float:
        """Return how many times as long a line becomes, at most, whichever way it goes.

        >>> Affine.scaled(0.5, 2).then(Affine.turned(90)).stretch
        2.0
        """
        turned = math.hypot(self.a + self.d, self.c - self.b)
        mirrored = math.hypot(self.a - self.d, self.c + self.b)
        return (turned + mirrored) / 2

    def box(self, box: Box) -> Box:
        """Return the smallest upright box around what a box becomes.

        >>> Affine.mirrored(Size(100, 50), horizontal=True, vertical=False).box(Box(10, 0, 20, 5))
        Box(left=70.0, top=0.0, width=20.0, height=5.0)
        """
        return around(self(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom))


def around(points: Iterable[tuple[float, float]]) -> Box:
    """Return the smallest upright box around points, of which there must be one."""
    across, down = zip(*points, strict=True)
    return Box(min(across), min(down), max(across) - min(across), max(down) - min(down))
