"""The three shapes that everything else is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in whole pixels, each at least 1 for a picture."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Return the number of pixels."""
        return self.width * self.height

    @property
    def aspect(self) -> float:
        """Return width / height."""
        return self.width / self.height

    @property
    def long_side(self) -> int:
        """Return the longer of the two sides."""
        return max(self.width, self.height)

    def within(self, long_side: int) -> Size:
        """Return the size brought down to that long side; smaller ones stay as they are.

        >>> Size(4000, 3000).within(2048), Size(640, 480).within(2048)
        (Size(width=2048, height=1536), Size(width=640, height=480))
        """
        return self.brought_to(min(long_side, self.long_side))

    def brought_to(self, long_side: int) -> Size:
        """Return the size of that long side, of the same shape, no side below 1.

        >>> Size(200, 100).brought_to(416), Size(10, 4000).brought_to(416)
        (Size(width=416, height=208), Size(width=1, height=416))
        """
        scale = long_side / self.long_side
        return Size(max(1, round(self.width * scale)), max(1, round(self.height * scale)))

    def swapped(self) -> Size:
        """Return the size after a quarter turn."""
        return Size(self.height, self.width)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a picture, 0..1 from its left and top edge."""

    x: float
    y: float


CENTRE = Point(0.5, 0.5)
SAME_PLACE: Final = 0.5
"""From this share of their union on (IoU) two boxes in one picture are of one thing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; fractions of a pixel are allowed.

    >>> Box(10, 20, 30, 40).right, Box(10, 20, 30, 40).bottom
    (40, 60)
    """

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, size: Size) -> Box:
        """Return the box that is a whole picture."""
        return cls(0, 0, size.width, size.height)

    @classmethod
    def covering(cls, boxes: Iterable[Box]) -> Box:
        """Return the smallest box around all of `boxes`, of which there must be one.

        >>> Box.covering([Box(0, 0, 10, 10), Box(20, 5, 10, 10)])
        Box(left=0, top=0, width=30, height=15)
        """
        boxes = list(boxes)
        left, top = min(b.left for b in boxes), min(b.top for b in boxes)
        right, bottom = max(b.right for b in boxes), max(b.bottom for b in boxes)
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def of_cells(
        cls, rows: tuple[int, int], columns: tuple[int, int], shape: tuple[int, ...], size: Size
    ) -> Box:
        """Return the pixels of some cells of a (rows, columns) map over a picture of `size`.

        Of rows and columns the first one and the one after the last are given.

        >>> Box.of_cells((1, 3), (0, 2), (4, 8), Size(80, 40))
        Box(left=0.0, top=10.0, width=20.0, height=20.0)
        """
        down, across = size.height / shape[0], size.width / shape[1]
        (top, bottom), (left, right) = rows, columns
        return cls(
            float(left * across),
            float(top * down),
            float((right - left) * across),
            float((bottom - top) * down),
        )

    @property
    def right(self) -> float:
        """Return the first column after the box."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Return the first row after the box."""
        return self.top + self.height

    @property
    def area(self) -> float:
        """Return the number of pixels."""
        return self.width * self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Return the pixel position of the middle, x and y."""
        return self.left + self.width / 2, self.top + self.height / 2

    def centre(self, of: Size) -> Point:
        """Return the middle as a point of a picture of that size."""
        x, y = self.middle
        return Point(x / of.width, y / of.height)

    def scaled(self, x: float, y: float | None = None) -> Box:
        """Return the box in a picture enlarged by `x` times (and `y` times down)."""
        y = x if y is None else y
        return Box(self.left * x, self.top * y, self.width * x, self.height * y)

    def moved(self, x: float, y: float) -> Box:
        """Return the box so far to the right, and down."""
        return Box(self.left + x, self.top + y, self.width, self.height)

    def has(self, x: float, y: float) -> bool:
        """Return whether that position lies in it, its left and top edge included.

        >>> Box(10, 20, 30, 40).has(10, 20), Box(10, 20, 30, 40).has(40, 20)
        (True, False)
        """
        return self.left <= x < self.right and self.top <= y < self.bottom

    def overlap(self, other: Box) -> Box | None:
        """Return what both boxes share, or None where they do not meet.

        >>> Box(0, 0, 10, 10).overlap(Box(5, 5, 10, 10))
        Box(left=5, top=5, width=5, height=5)
        """
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        if right <= left or bottom <= top:
            return None
        return Box(left, top, right - left, bottom - top)

    def iou(self, other: Box) -> float:
        """Return the share of their union, 0..1, that both boxes have; 0 for two of no pixels.

        >>> Box(0, 0, 10, 10).iou(Box(5, 0, 10, 10)), Box(0, 0, 0, 0).iou(Box(0, 0, 0, 0))
        (0.3333333333333333, 0.0)
        """
        both = self.overlap(other)
        return both.area / (self.area + other.area - both.area) if both else 0.0

    def same_place(self, other: Box) -> bool:
        """Return whether two boxes in one picture are of one thing: no two faces share so much.

        >>> Box(10, 10, 40, 40).same_place(Box(12, 9, 40, 41))
        True
        """
        return self.iou(other) >= SAME_PLACE

    def contains(self, other: Box, slack: float = 1e-6) -> bool:
        """Return whether `other` lies wholly inside."""
        return (
            other.left >= self.left - slack
            and other.top >= self.top - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )
