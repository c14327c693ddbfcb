"""CSS's `font`, which says in one line what several properties say."""

from __future__ import annotations

import re
from typing import Final

PARTS: Final = ("font-style", "font-weight", "font-size", "font-family")
_FONT: Final = re.compile(
    r"((?:[a-z-]+\s+|\d{1,4}\s+)*)"
    r"((?:\d+\.?\d*|\.\d+)(?:px|pt|pc|mm|cm|in|q|em|rem|ex|%))(?:\s*/\s*[\w.%-]+)?\s+(\S.*)",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_STYLES: Final = frozenset({"italic", "oblique"})
_WEIGHTS: Final = frozenset({"bold", "bolder", "lighter"})
_MOST_LETTERS: Final = 1000


def font(text: str) -> dict[str, str]:
    """Return what a `font` says; itself where it cannot be read, for who tells of that.

    >>> font("700 42px/1.2 Inter, serif").values()
    dict_values(['normal', '700', '42px', 'Inter, serif'])
    >>> font("menu")
    {'font': 'menu'}
    """
    if text == "inherit":
        return dict.fromkeys(PARTS, text)
    found = _FONT.fullmatch(text) if len(text) <= _MOST_LETTERS else None
    if not found:
        return {"font": text}
    words = found[1].lower().split()
    # What it does not say is as usual, whatever was said before.
    style = next((word for word in words if word in _STYLES), "normal")
    weight = next((word for word in words if word in _WEIGHTS or word.isdigit()), "normal")
    return dict(zip(PARTS, (style, weight, found[2], found[3]), strict=True))
