"""Plane transforms: six numbers as SVG's `matrix()` has them, and the box that one makes."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Point = tuple[float, float]
STRAIGHT: Final = 1e-4
"""Of a sine, below which nobody sees that sides are not at right angles."""


class Matrix(NamedTuple):
    """x' = a x + c y + e, y' = b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def after(self, first: Matrix) -> Matrix:
        """Return the transform that does `first` before this one.

        >>> scaling(2, 2).after(moving(1, 0)).at((0, 0))
        (2.0, 0.0)
        """
        (x, y), (z, w) = self.along((first.a, first.b)), self.along((first.c, first.d))
        return Matrix(x, y, z, w, *self.at((first.e, first.f)))

    def at(self, point: Point) -> Point:
        """Return where a point comes to lie."""
        x, y = self.along(point)
        return x + self.e, y + self.f

    def along(self, way: Point) -> Point:
        """Return what becomes of a direction."""
        return self.a * way[0] + self.c * way[1], self.b * way[0] + self.d * way[1]

    @property
    def area(self) -> float:
        """By how much areas grow; negative where it mirrors."""
        return self.a * self.d - self.b * self.c

    @property
    def scale(self) -> float:
        """By how much lengths grow, of all directions."""
        return math.sqrt(abs(self.area))

    @property
    def sides(self) -> Point:
        """By how much lengths grow along the first axis, and across it."""
        across = math.hypot(self.a, self.b)
        return across, abs(self.area) / across if across else 0.0

    @property
    def turned(self) -> float:
        """Return the degrees by which the first axis is turned, clockwise."""
        return math.degrees(math.atan2(self.b, self.a))

    @property
    def skewed(self) -> bool:
        """Return whether right angles become others."""
        lengths = math.hypot(self.a, self.b) * math.hypot(self.c, self.d)
        return lengths == 0 or abs(self.a * self.c + self.b * self.d) > STRAIGHT * lengths

    @property
    def uneven(self) -> bool:
        """Return whether lengths grow more in one direction than in another."""
        across, down = self.sides
        return self.skewed or abs(across - down) > 1e-3 * max(across, down)

    def inverse(self) -> Matrix:
        """Return what undoes it. Raises ZeroDivisionError where nothing can."""
        a, b, c, d = (
            self.d / self.area,
            -self.b / self.area,
            -self.c / self.area,
            self.a / self.area,
        )
        return Matrix(a, b, c, d, -(a * self.e + c * self.f), -(b * self.e + d * self.f))


UNIT: Final = Matrix()


def moving(x: float, y: float) -> Matrix:
    """Return a move."""
    return Matrix(e=float(x), f=float(y))


def scaling(x: float, y: float) -> Matrix:
    """Return a change of size about the origin."""
    return Matrix(a=float(x), d=float(y))


def turning(degrees: float, about: Point = (0.0, 0.0)) -> Matrix:
    """Return a turn, clockwise on a page, about a point."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turned = Matrix(cosine, sine, -sine, cosine)
    return moving(*about).after(turned).after(moving(-about[0], -about[1]))


def in_order(steps: Iterable[Matrix]) -> Matrix:
    """Return transforms one within the other, the outermost first, as SVG writes them."""
    return reduce(Matrix.after, steps, UNIT)


class Place(NamedTuple):
    """A box on a page, as blocks have it: turned about its middle."""

    x: float
    y: float
    width: float
    height: float
    rotation: float

    @property
    def onto(self) -> Matrix:
        """Return what takes points of the box, from its corner, to the page."""
        middle = (self.width / 2, self.height / 2)
        return moving(self.x, self.y).after(turning(self.rotation, middle))


def placed(matrix: Matrix, x: float, y: float, width: float, height: float) -> Place:
    """Return the box that a transform without skew makes of one."""
    across, down = matrix.sides
    middle = matrix.at((x + width / 2, y + height / 2))
    wide, high = width * across, height * down
    degrees = round(matrix.turned, 6) + 0.0
    return Place(middle[0] - wide / 2, middle[1] - high / 2, wide, high, degrees)
