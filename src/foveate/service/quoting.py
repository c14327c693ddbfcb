"""What is quoted of text in a picture: only what is surely writing, not an ornament or a rim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.values import TextLine

SURE: Final = 0.8
"""From this score on a line is quoted; ornaments and windows are read as well, less surely."""
LEAST: Final = 2
"""Different letters that a line has; one alone, or again and again, is a pattern."""
WORD: Final = 3
"""The same of a line in Chinese where others are in Latin letters."""
CHINESE: Final = ("\u3400", "\u9fff")


def quoted(lines: Iterable[TextLine]) -> list[str]:
    """Return what those lines say that are surely writing, in their order."""
    return [line.text for line in written(lines)]


def written(lines: Iterable[TextLine]) -> list[TextLine]:
    """Return the lines that are surely writing, in their order."""
    sure = [line for line in lines if line.score >= SURE and len(_letters(line.text)) >= LEAST]
    latin = any(_is_latin(line.text) for line in sure)
    return [line for line in sure if not (latin and 0 < len(_chinese(line.text)) < WORD)]


def _is_latin(text: str) -> bool:
    """Return whether a line is in Latin letters: a price or a time alone is in none.

    >>> _is_latin("EXIT 3"), _is_latin("12:30"), _is_latin("出口A")
    (True, False, False)
    """
    found = any(letter.isascii() and letter.isalpha() for letter in text)
    return found and not _chinese(text)


def _letters(text: str) -> set[str]:
    return {letter for letter in text.casefold() if letter.isalnum()}


def _chinese(text: str) -> set[str]:
    first, last = CHINESE
    return {letter for letter in text if first <= letter <= last}
