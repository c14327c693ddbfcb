"""What is said of a drawing: nothing that stops it, all that somebody would want to know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Matter(StrEnum):
    """What a remark is about."""

    FONT = "font"
    """Another family stands in."""
    WEIGHT = "weight"
    """The family has no such weight or slant, and the nearest is used."""
    GLYPHS = "glyphs"
    """Letters that no font has."""
    OVERFLOW = "overflow"
    """A text that is larger than its box."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was noticed at a block."""

    block: str
    """Its id."""
    matter: Matter
    sentence: str
