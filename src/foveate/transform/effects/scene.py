"""What an effect knows of where it works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.options.effects import THOUSAND
from foveate.options.model import Gamut

if TYPE_CHECKING:
    from foveate.imaging import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture, and where in it an effect works."""

    long_side: int
    """Of the picture, in its pixels."""
    mask: Image | None = None
    """One band of 0..255, in memory; None is everywhere."""
    shown: Image | None = None
    """The picture's own alpha, 0..255; None where all is opaque."""
    gradual: bool = False
    """Whether the mask rises slowly, so that much is to be changed by half."""
    gamut: Gamut = Gamut.SRGB

    def pixels(self, thousandths: float) -> float:
        """Return a length in thousandths of the longer side as pixels."""
        return thousandths / THOUSAND * self.long_side
