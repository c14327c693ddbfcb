"""Lengths and numbers of SVG, in pixels."""

from __future__ import annotations

import math
import re
from typing import Final

from foveate.design.scene.units import NUMBER

_LENGTH: Final = re.compile(rf"\s*({NUMBER})\s*(px|pt|pc|mm|cm|in|q|em|rem|ex|%)?\s*", re.I | re.A)
_NUMBERS: Final = re.compile(NUMBER, re.ASCII)
_PIXELS: Final = {
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
    "q": 96 / 101.6,
    "rem": 16.0,
}
FAR: Final = 1e6


def length(text: str | None, usual: float = 0.0, *, whole: float = 0.0, em: float = 16.0) -> float:
    """Return a length in pixels, or the usual one for what is none.

    >>> length("1in"), length("50%", whole=300), length("1.5em", em=20), length("x", 7)
    (96.0, 150.0, 30.0, 7)
    """
    found = _LENGTH.fullmatch(text) if text and len(text) < 64 else None  # noqa: PLR2004
    if not found:
        return usual
    value, unit = float(found[1]), (found[2] or "px").lower()
    units = {**_PIXELS, "%": whole / 100, "em": em, "ex": em / 2}
    return _bounded(value * units[unit], usual)


def _bounded(value: float, usual: float) -> float:
    return value if math.isfinite(value) and abs(value) <= FAR else usual


def numbers(text: str) -> list[float]:
    """Return the numbers of a list, whatever is between them.

    >>> numbers("0,0 10-5.5.5")
    [0.0, 0.0, 10.0, -5.5, 0.5]
    """
    return [_bounded(float(each), 0.0) for each in _NUMBERS.findall(text)]


def share(text: str | None, usual: float = 1.0) -> float:
    """Return a number or per cent from 0 to 1."""
    return min(max(length(text, usual, whole=1.0), 0.0), 1.0)
