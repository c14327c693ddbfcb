"""Letters drawn as strokes of our own: the same on every machine, with fonts or without any.

librsvg sets text in the fonts of the system, and a container often has none: then every letter
is an empty box. Strokes also have a width that is known before anything is drawn.
"""

from __future__ import annotations

import unicodedata
from itertools import takewhile
from typing import Final

from foveate.imaging.drawing.glyphs import DOTLESS, GLYPHS, HIGHER, MARKS

_EM: Final = 20.0
"""Units of a letter to one unit of size; capitals are 14 high."""
_BASELINE: Final = 14.0
_BETWEEN: Final = 4.1
"""Units from the end of one letter to the beginning of the next."""
_WEIGHT, _BOLD = 1.9, 2.5
_MISSING: Final = "?"
_MOST_MARKS: Final = 4
"""Of a text, to one that has a width: a letter, and accents that follow it."""
_ABOVE: Final = 230
"""Unicode's class of what stands over a letter."""


def drawable(text: str) -> str:
    """Return the text in letters and accents that we have: other scripts become `?`.

    Accents follow their letter, as Unicode takes it apart; those that we lack are dropped.

    >>> drawable("Zoé 猫") == "Zoe\u0301 ?"
    True
    """
    plain = unicodedata.normalize("NFKD", "".join(_kept(letter) for letter in text))
    return "".join(
        letter if letter in GLYPHS or letter in MARKS else _MISSING
        for letter in plain
        if letter in MARKS or not unicodedata.combining(letter)
    )


def has_letters_for(text: str) -> bool:
    """Return whether nothing of a text would be a `?` that is none.

    >>> [has_letters_for(text) for text in ("Crème brûlée?", "猫")]
    [True, False]
    """
    return drawable(text).count(_MISSING) == text.count(_MISSING)


def _kept(letter: str) -> str:
    return letter if letter in GLYPHS else unicodedata.normalize("NFKD", letter)


def width_of(text: str, size: float) -> float:
    """Return how many pixels wide the text is at that size."""
    widths = [GLYPHS[letter][0] for letter in drawable(text) if letter not in MARKS]
    return (sum(widths) + _BETWEEN * max(0, len(widths) - 1)) * size / _EM


def truncated(text: str, size: float, width: float) -> str:
    """Return the text, or as much of it as `width` pixels hold and an ellipsis."""
    text = _roughly(text, size, width)
    if width_of(text, size) <= width:
        return text
    fits, fits_not = 0, len(text)
    while fits_not - fits > 1:
        middle = (fits + fits_not) // 2
        if width_of(_ended(text, middle), size) > width:
            fits_not = middle
        else:
            fits = middle
    return _ended(text, fits)


def _ended(text: str, letters: int) -> str:
    return f"{text[:letters].rstrip(' ·')}…"


def _roughly(text: str, size: float, width: float) -> str:
    """Return no less of a text than `width` pixels hold: who measures it measures no book."""
    return text[: _MOST_MARKS * (2 + int(width * _EM / (_BETWEEN * size)))]


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """Return the text broken at its spaces into at most `most` lines of `width` pixels."""
    lines: list[str] = []
    # One line more: a word that begins another line leaves room at the end of the one before.
    for word in _roughly(" ".join(text.split()), size, (most + 1) * width).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (len(lines) == most or width_of(longer, size) <= width):
            lines[-1] = longer
        else:
            lines.append(word)
    # A separator says nothing at the end of a line or the beginning of the next.
    return [truncated(line, size, width) for said in lines if (line := said.strip("· "))]


def lettering(
    text: str, at: tuple[float, float], size: float, colour: str, *, bold: bool = False
) -> str:
    """Return SVG of the text with its baseline beginning at `at`; capitals are 0.7 `size` high."""
    scale, x, strokes, said = size / _EM, 0.0, "", drawable(text)
    for place, letter in enumerate(said):
        if letter not in MARKS:
            width, *paths = GLYPHS[letter]
            marks = list(takewhile(MARKS.__contains__, said[place + 1 :]))
            dotted = not any(map(_is_above, marks))
            strokes += _stroke("".join(paths) if dotted else DOTLESS.get(letter, "".join(paths)), x)
            strokes += "".join(_accent(mark, letter, x + width / 2) for mark in marks)
            x += width + _BETWEEN
    return (
        f'<g transform="translate({at[0]:.1f} {at[1]:.1f}) scale({scale:.3f})'
        f' translate(0 {-_BASELINE:.0f})" fill="none" stroke="{colour}"'
        f' stroke-width="{_BOLD if bold else _WEIGHT}" stroke-linecap="round"'
        f' stroke-linejoin="round">{strokes}</g>'
    )


def _is_above(mark: str) -> bool:
    return unicodedata.combining(mark) == _ABOVE


def _accent(mark: str, letter: str, middle: float) -> str:
    return _stroke(MARKS[mark], middle, -HIGHER if letter.isupper() and _is_above(mark) else 0.0)


def _stroke(path: str, x: float, y: float = 0.0) -> str:
    return f'<path transform="translate({x:.1f} {y:.0f})" d="{path}"/>'
