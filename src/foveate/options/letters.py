"""Words that a URL has set: in a line or several, of letters that can be seen."""

from __future__ import annotations

from typing import Final
from unicodedata import category

from foveate.options.values import expected

UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
JOINTS: Final = frozenset("\n\u00ad\u200c\u200d\u200e\u200f")
"""What is not seen and yet belongs to words: ends of lines, joiners, marks of direction."""


def words_of(text: str, most: int) -> str:
    """Return words as they are to be set. Raises ValueError for letters that nobody can see."""
    if len(text) > most:
        raise expected(f"at most {most} letters", text)
    if any(category(letter) in UNSEEN and letter not in JOINTS for letter in text):
        raise expected("words without control characters but line feeds (%0A)", text)
    return text
