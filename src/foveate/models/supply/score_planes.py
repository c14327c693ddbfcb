"""What the graphs of the score are given and give, for those who need not write them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

REACH: Final = 4
"""How far the blur looks, in pixels."""
BLOCK: Final = 16
"""Columns that are blurred together, as channels: half the time. Widths are multiples of it."""
LIGHT: Final = "light"
"""A strip, (3, height, width), 0..1 in linear light."""
COLUMNS: Final = "columns"
"""1 for the columns of a picture, 0 for those that fill its last block, (1, 1, 1, width)."""
WEIGHTS: Final = "weights"
"""What each pixel of a strip counts, (pixels, ways of counting)."""
MAPS: Final = ("plane", "mean", "high", "inverse")
"""Of the reference: the planes, blurred, the rest, and what that divides by."""


class Planes(StrEnum):
    """What is looked at: the finest scale counts by its lightness alone."""

    Y = "Y"
    XY = "XY"
    XYB = "XYB"

    @property
    def rows(self) -> Sequence[int]:
        """Return their numbers among X, Y and B."""
        return ["XYB".index(letter) for letter in self.value]
