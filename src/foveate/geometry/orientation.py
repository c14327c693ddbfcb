"""The eight ways in which a rectangle can lie: EXIF orientations, flips and quarter turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foveate.geometry.box import Box, Point, Size

TURNS: Final = 4


@dataclass(frozen=True, slots=True)
class Orientation:
    """Mirror left to right first, when `mirrored`; then turn clockwise by `turns` quarters.

    Orientations form the symmetry group of the square, so an EXIF orientation, a flip and a
    rotation are one orientation, done once, on the smallest picture there is.

    >>> Orientation.exif(6) == Orientation.rotation(90)
    True
    >>> Orientation.rotation(90).then(Orientation.rotation(270)) == Orientation()
    True
    """

    mirrored: bool = False
    turns: int = 0

    @classmethod
    def exif(cls, orientation: int) -> Orientation:
        """Return what brings a picture with that EXIF orientation (1..8) upright."""
        return _EXIF.get(orientation, cls())

    @classmethod
    def rotation(cls, degrees: int) -> Orientation:
        """Return a clockwise turn by a multiple of 90 degrees."""
        return cls(turns=degrees // 90 % TURNS)

    @classmethod
    def flip(cls, *, horizontal: bool, vertical: bool) -> Orientation:
        """Return a mirroring left to right, top to bottom, or both."""
        return cls(horizontal != vertical, 2 if vertical else 0)

    @property
    def swaps(self) -> bool:
        """Return whether width and height change places."""
        return self.turns % 2 == 1

    def then(self, after: Orientation) -> Orientation:
        """Return this orientation followed by another, as one."""
        turns = -self.turns if after.mirrored else self.turns
        return Orientation(self.mirrored != after.mirrored, (turns + after.turns) % TURNS)

    def inverse(self) -> Orientation:
        """Return the orientation that undoes this one."""
        return self if self.mirrored else Orientation(turns=-self.turns % TURNS)

    def size(self, size: Size) -> Size:
        """Return the size of a picture of that size, oriented."""
        return size.swapped() if self.swaps else size

    def point(self, point: Point) -> Point:
        """Return where that place of a picture is after turning.

        >>> Orientation.rotation(90).point(Point(0.0, 0.0))
        Point(x=1.0, y=0.0)
        """
        x, y = point.x, point.y
        if self.mirrored:
            x = 1 - x
        for _ in range(self.turns):
            x, y = 1 - y, x
        return Point(x, y)

    def place(self, place: tuple[float, float], size: Size) -> tuple[float, float]:
        """Return where a place of a picture of `size` is after turning, both in pixels.

        >>> Orientation.rotation(90).place((10, 20), Size(100, 50))
        (30.0, 10.0)
        """
        turned = self.point(Point(place[0] / size.width, place[1] / size.height))
        whole = self.size(size)
        return turned.x * whole.width, turned.y * whole.height

    def box(self, box: Box, size: Size) -> Box:
        """Return where that box of a picture of `size` is after turning.

        >>> Orientation.rotation(90).box(Box(0, 0, 10, 20), Size(100, 50))
        Box(left=30, top=0, width=20, height=10)
        """
        width, height = size.width, size.height
        if self.mirrored:
            box = Box(width - box.right, box.top, box.width, box.height)
        for _ in range(self.turns):
            box = Box(height - box.bottom, box.left, box.height, box.width)
            width, height = height, width
        return box


_EXIF: Final = {
    2: Orientation(mirrored=True),
    3: Orientation(turns=2),
    4: Orientation(mirrored=True, turns=2),
    5: Orientation(mirrored=True, turns=3),
    6: Orientation(turns=1),
    7: Orientation(mirrored=True, turns=1),
    8: Orientation(turns=3),
}
