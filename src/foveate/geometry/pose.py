"""The eight ways in which a rectangle can lie: EXIF orientations, flips and quarter turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foveate.geometry.box import Box, Point, Size

TURNS: Final = 4


@dataclass(frozen=True, slots=True)
class Pose:
    """Mirror left to right first, when `mirrored`; then turn clockwise by `turns` quarters.

    Poses form the symmetry group of the square, so an EXIF orientation, a flip and a
    rotation are one pose, done once, on the smallest picture there is.

    >>> Pose.exif(6) == Pose.rotation(90)
    True
    >>> Pose.rotation(90).then(Pose.rotation(270)) == Pose()
    True
    """

    mirrored: bool = False
    turns: int = 0

    @classmethod
    def exif(cls, orientation: int) -> Pose:
        """Return what brings a picture with that EXIF orientation (1..8) upright."""
        return _EXIF.get(orientation, cls())

    @classmethod
    def rotation(cls, degrees: int) -> Pose:
        """Return a clockwise turn by a multiple of 90 degrees."""
        return cls(turns=degrees // 90 % TURNS)

    @classmethod
    def flip(cls, *, horizontal: bool, vertical: bool) -> Pose:
        """Return a mirroring left to right, top to bottom, or both."""
        return cls(horizontal != vertical, 2 if vertical else 0)

    @property
    def swaps(self) -> bool:
        """Return whether width and height change places."""
        return self.turns % 2 == 1

    def then(self, after: Pose) -> Pose:
        """Return this pose followed by another, as one."""
        turns = -self.turns if after.mirrored else self.turns
        return Pose(self.mirrored != after.mirrored, (turns + after.turns) % TURNS)

    def inverse(self) -> Pose:
        """Return the pose that undoes this one."""
        return self if self.mirrored else Pose(turns=-self.turns % TURNS)

    def size(self, size: Size) -> Size:
        """Return the size of a picture of that size, posed."""
        return size.swapped() if self.swaps else size

    def point(self, point: Point) -> Point:
        """Return where that place of a picture is after posing.

        >>> Pose.rotation(90).point(Point(0.0, 0.0))
        Point(x=1.0, y=0.0)
        """
        x, y = point.x, point.y
        if self.mirrored:
            x = 1 - x
        for _ in range(self.turns):
            x, y = 1 - y, x
        return Point(x, y)

    def box(self, box: Box, size: Size) -> Box:
        """Return where that box of a picture of `size` is after posing.

        >>> Pose.rotation(90).box(Box(0, 0, 10, 20), Size(100, 50))
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
    2: Pose(mirrored=True),
    3: Pose(turns=2),
    4: Pose(mirrored=True, turns=2),
    5: Pose(mirrored=True, turns=3),
    6: Pose(turns=1),
    7: Pose(mirrored=True, turns=1),
    8: Pose(turns=3),
}
