"""What of a picture is cut out: `person|dog`, the second person from the left, who stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Point
from foveate.options.classes import SEPARATOR, labels, word_of
from foveate.options.model import OfFace
from foveate.options.values import expected, number, text_of, whole

if TYPE_CHECKING:
    from foveate.options.model import Person

FACE: Final = "face:"
_SHARE: Final = number(0, 1)
_COUNT: Final = whole(1, 1000)


def classes(text: str) -> tuple[str, ...]:
    """Return the classes of things that a text names, each once. Raises ValueError.

    >>> classes("dining-table|Dog")
    ('dining table', 'dog')
    """
    return labels(text.split(SEPARATOR))


def classes_text(named: tuple[str, ...]) -> str:
    """Return how they are written."""
    return SEPARATOR.join(map(word_of, named))


def person(text: str) -> Person:
    """Return who is meant: a number from the left, a place `XxY`, or `face:N`. Raises ValueError.

    >>> person("2"), person("0.5x0.25"), person("face:1")
    (2, Point(x=0.5, y=0.25), OfFace(number=1))
    """
    word = text.strip().lower()
    try:
        if word.startswith(FACE):
            return OfFace(_COUNT(word.removeprefix(FACE)))
        if "x" in word:
            x, y = map(_SHARE, word.split("x"))
            return Point(x, y)
        return _COUNT(word)
    except ValueError:
        what = "a number from the left, face:N, or XxY with X and Y from 0 to 1"
        raise expected(what, text) from None


def person_text(who: Person) -> str:
    """Return how somebody is meant, so that reading it gives it back."""
    if isinstance(who, OfFace):
        return f"{FACE}{who.number}"
    return f"{text_of(who.x)}x{text_of(who.y)}" if isinstance(who, Point) else str(who)
