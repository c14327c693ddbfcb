"""About how much room letters take, without drawing them: enough to say whether they may grow."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from foveate.design.fonts.scripts import parted

if TYPE_CHECKING:
    from foveate.design.scene.model import Text

_WIDE: Final = 1.0
_USUAL: Final = 0.54
_CONDENSED: Final = 0.43
_CAPITAL: Final = 1.18
"""Of a letter that is not: capitals are wider."""
_BOLD: Final = 600
_HEAVIER: Final = 1.06
_NARROW: Final = ("oswald", "bebas", "condensed", "league gothic", "anton")


def _letter(letter: str, usual: float) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return usual * (_CAPITAL if letter.isupper() else 1.0)


def line_width(text: Text, line: str, size: float) -> float:
    """Return about how wide a line is, in pixels."""
    narrow = any(name in text.font.lower() for name in _NARROW)
    usual = (_CONDENSED if narrow else _USUAL) * (_HEAVIER if text.weight >= _BOLD else 1.0)
    letters = sum(_letter(letter, usual) for letter in line)
    return letters * size + len(line) * text.letter_spacing


def fits(text: Text, size: float, width: float, height: float) -> bool:
    """Return whether letters of a size are likely to have room in a box."""
    inner = width - 2 * text.padding
    lines = sum(_lines(text, line, size, inner) for line in text.words.split("\n"))
    words = parted([text.words])[0].split("\n")
    longest = max(line_width(text, word, size) for word in words)
    return longest <= inner and lines * size * text.line_height <= height - 2 * text.padding


def _lines(text: Text, line: str, size: float, width: float) -> int:
    """Return into how many lines one is broken, word by word."""
    count, used = 1, 0.0
    for word in line.split():
        wide = line_width(text, f"{word} ", size)
        if used and used + wide - line_width(text, " ", size) > width:
            count, used = count + 1, 0.0
        used += wide
    return count
