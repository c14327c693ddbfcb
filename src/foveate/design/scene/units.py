"""Lengths as people write them, in pixels."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from foveate.design.scene.model import DPI
from foveate.options.values import MAX_TEXT, expected, text_of

POINTS: Final = 72.0
"""To the inch."""
UNITS: Final = ("px", "pt", "mm", "cm", "in", "%")
NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
"""A number, as a pattern: of Python, and of schemas."""
_LENGTH: Final = re.compile(rf"({NUMBER})\s*(px|pt|mm|cm|in|%)?", re.ASCII)
_TO_THE_INCH: Final = {"pt": POINTS, "mm": 25.4, "cm": 2.54, "in": 1.0}
_DIGITS: Final = 4
"""Of what is computed: a ten-thousandth of a pixel is nothing that anybody sees."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """By what lengths are measured: pixels to the inch, and the size of which per cent are."""

    dpi: float = DPI
    width: float | None = None
    height: float | None = None


PIXELS: Final = Ruler()


def pixels(text: str, dpi: float = DPI, whole: float | None = None) -> float:
    """Return a length in pixels; per cent are of `whole`. Raises ValueError.

    >>> pixels("12"), pixels("1in", 300), pixels("10mm", 254), pixels("50%", whole=1080)
    (12.0, 300.0, 100.0, 540.0)
    """
    found = _LENGTH.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
    if not found or (found[2] == "%" and whole is None):
        units = UNITS if whole is not None else UNITS[:-1]
        raise expected(f"a length in pixels, or with one of {' '.join(units)}", text)
    value = _measured(float(found[1]), found[2], dpi, whole)
    if not math.isfinite(value):
        raise expected("a length that a page can have", text)
    # Adding zero turns -0.0 into 0.0, which has one text instead of two.
    return value + 0.0


def _measured(number: float, unit: str | None, dpi: float, whole: float | None) -> float:
    if unit in {None, "px"}:
        return number
    if unit == "%":
        return round(number / 100 * (whole or 0.0), _DIGITS)
    return round(number * dpi / _TO_THE_INCH[unit or "in"], _DIGITS)


def number_text(value: float) -> str:
    """Return a number as it is written, so that reading it gives it back to the last bit.

    >>> number_text(12.0), number_text(0.1), number_text(-0.0), number_text(3)
    ('12', '0.1', '0', '3')
    """
    return text_of(float(value) + 0.0)
