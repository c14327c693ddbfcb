"""Colours as skia takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from foveate.options.colours import Colour

_BYTE: Final = 255


def argb(colour: Colour) -> int:
    """Return a colour as one number: alpha, red, green and blue, from the highest byte.

    >>> from foveate.options.colours import Colour
    >>> hex(argb(Colour(255, 128, 0)))
    '0xffff8000'
    """
    alpha = round(colour.alpha * _BYTE)
    return alpha << 24 | colour.red << 16 | colour.green << 8 | colour.blue
