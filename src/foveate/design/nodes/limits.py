"""How large a design may be. What is larger is refused before it costs anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foveate.errors import DesignTooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a design may have."""

    bytes: int = 1_000_000
    elements: int = 2000
    depth: int = 16
    """Elements within elements, the design itself and runs counted."""
    attributes: int = 100
    """Of one element: lxml takes the square of their number to hand them out."""
    letters: int = 200_000
    """Of all texts together."""


USUAL: Final = Limits()


def check(what: str, count: int, most: int) -> None:
    """Raise DesignTooLarge where there are more than there may be."""
    if count > most:
        raise DesignTooLarge(f"Expected a design of at most {most} {what}, got {count}.")
