"""Colours as people speak of them: named, and lighter or darker than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.tones import oklab, with_lightness
from foveate.options.colours import colour, colour_text

if TYPE_CHECKING:
    from foveate.options.colours import Colour

STEP: Final = 0.1
"""Of lightness, 0..1, by which something is darker or lighter where nobody says by how much."""
_SHADE: Final = 0.18
_SPECIAL: Final = {"cream": "#fff3d6", "gray": "#808080", "magenta": "#ff00ff"}


def lighter(value: Colour, by: float) -> Colour:
    """Return a colour that is lighter by a share of all lightness; darker by one below 0."""
    return with_lightness(value, oklab(value)[0] + by)


def named(name: str, shade: str = "") -> Colour:
    """Return the colour of a name of the tables, darker or lighter where that is said.

    >>> named("blue", "dark"), named("yellow", "light")
    (Colour(red=0, green=0, blue=139, alpha=1.0), Colour(red=255, green=255, blue=224, alpha=1.0))
    """
    plain = colour(_SPECIAL.get(name, name))
    if not shade:
        return plain
    try:
        return colour(f"{shade}{name}")
    except ValueError:
        return lighter(plain, -_SHADE if shade == "dark" else _SHADE)


def spoken(value: Colour) -> str:
    """Return how a colour is written in an answer."""
    return colour_text(value)
