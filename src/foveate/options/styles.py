"""What a picture is painted as, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from foveate.options.colours import Colour


class Style(StrEnum):
    """What a picture is painted as."""

    DOUBLE_EXPOSURE = "double-exposure"
    STENCIL = "stencil"
    POSTER = "poster"
    HALFTONE = "halftone"
    LOW_POLY = "low-poly"
    DUOTONE = "duotone"
    INK = "ink"
    PAPER_CUT = "paper-cut"
    NEON = "neon"
    SKETCH = "sketch"


BY_FACES: Final = frozenset({Style.STENCIL, Style.POSTER, Style.PAPER_CUT})
"""Those of so few tones that a face needs some of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Styled:
    """Paint the picture anew."""

    style: Style
    colour: Colour | None = None
    """The leading ink; None is the style's own."""
    background: Colour | str | None = None
    """Paper or wall, or for a double exposure the key of the second picture; None: its own."""
    seed: int = 0
    """Which of many grains, splashes and landscapes."""
