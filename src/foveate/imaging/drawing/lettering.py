"""Letters drawn as strokes of our own: the same on every machine, with fonts or without any.

librsvg sets text in the fonts of the system, and a container often has none: then every letter
is an empty box. Strokes also have a width that is known before anything is drawn.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from foveate.imaging.drawing.glyphs import GLYPHS

_EM: Final = 20.0
"""Units of a letter to one unit of size; capitals are 14 high."""
_BASELINE: Final = 14.0
_BETWEEN: Final = 4.1
"""Units from the end of one letter to the beginning of the next."""
_WEIGHT, _BOLD = 1.9, 2.5
_MISSING: Final = "?"


def drawable(text: str) -> str:
    """Return the text in letters that we have: accents are dropped, other scripts become `?`.

    >>> drawable("Zoë 猫")
    'Zoe ?'
    """
    plain = unicodedata.normalize("NFKD", "".join(_kept(letter) for letter in text))
    return "".join(
        letter if letter in GLYPHS else _MISSING
        for letter in plain
        if not unicodedata.combining(letter)
    )


def _kept(letter: str) -> str:
    return letter if letter in GLYPHS else unicodedata.normalize("NFKD", letter)


def width_of(text: str, size: float) -> float:
    """Return how many pixels wide the text is at that size."""
    widths = [GLYPHS[letter][0] for letter in drawable(text)]
    return (sum(widths) + _BETWEEN * max(0, len(widths) - 1)) * size / _EM


def truncated(text: str, size: float, width: float) -> str:
    """Return the text, or as much of it as `width` pixels hold and an ellipsis."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1].rstrip(" ·")
    return f"{text}…"


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """Return the text broken at its spaces into at most `most` lines of `width` pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (width_of(longer, size) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    # A separator says nothing at the end of a line or the beginning of the next.
    return [truncated(line, size, width) for said in lines if (line := said.strip("· "))]


def lettering(
    text: str, at: tuple[float, float], size: float, colour: str, *, bold: bool = False
) -> str:
    """Return SVG of the text with its baseline beginning at `at`; capitals are 0.7 `size` high."""
    scale, x, strokes = size / _EM, 0.0, ""
    for letter in drawable(text):
        width, *paths = GLYPHS[letter]
        strokes += f'<path transform="translate({x:.1f} 0)" d="{"".join(paths)}"/>'
        x += width + _BETWEEN
    return (
        f'<g transform="translate({at[0]:.1f} {at[1]:.1f}) scale({scale:.3f})'
        f' translate(0 {-_BASELINE:.0f})" fill="none" stroke="{colour}"'
        f' stroke-width="{_BOLD if bold else _WEIGHT}" stroke-linecap="round"'
        f' stroke-linejoin="round">{strokes}</g>'
    )
