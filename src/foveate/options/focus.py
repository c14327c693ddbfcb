"""What is in focus, and what stands before an overlay: `0.5x0.4`, `face`, `subject`, `0.6`."""

from __future__ import annotations

from typing import Final, Literal

from foveate.geometry.box import Point
from foveate.options.model import Focus
from foveate.options.values import expected, number, text_of

SUBJECT: Final = "subject"
_SHARE: Final = number(0, 1)


def focus(text: str) -> Point | Focus:
    """Return what is to be in focus: a place `XxY`, `face` or `auto`. Raises ValueError.

    >>> focus("0.5x0.25"), focus("Face")
    (Point(x=0.5, y=0.25), <Focus.FACE: 'face'>)
    """
    word = text.strip().lower()
    if word in set(Focus):
        return Focus(word)
    try:
        x, y = map(_SHARE, word.split("x"))
    except ValueError:
        raise expected("auto, face, or XxY with X and Y from 0 to 1", text) from None
    return Point(x, y)


def focus_text(at: Point | Focus) -> str:
    """Return how that is written, so that reading it gives it back."""
    return at.value if isinstance(at, Focus) else f"{text_of(at.x)}x{text_of(at.y)}"


def behind(text: str) -> Literal["subject"] | float:
    """Return what stands before an overlay: the subject, or all that is nearer. Raises ValueError.

    >>> behind("subject"), behind("0.6")
    ('subject', 0.6)
    """
    if text.strip().lower() == SUBJECT:
        return "subject"
    try:
        return _SHARE(text)
    except ValueError:
        raise expected("subject, or a nearness from 0 to 1", text) from None
