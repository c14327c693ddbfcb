"""What a crop keeps, as a word, a place or classes of things: text in, a gravity out, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Point
from foveate.options.classes import OBJECT, wanted, wanted_text, word_meant
from foveate.options.model import Gravity, GravityKind
from foveate.options.values import expected, number, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDES: Final[Mapping[str, Point]] = {
    "left": Point(0.0, 0.5),
    "right": Point(1.0, 0.5),
    "top": Point(0.5, 0.0),
    "bottom": Point(0.5, 1.0),
}
_SIDE_NAMES: Final = {point: name for name, point in SIDES.items()}
BOX_CENTRE: Final = f"{GravityKind.BOX_CENTRE}:"
"""Before a point that the middle of the crop shall lie on."""
_WORDS: Final[Mapping[str, Gravity]] = {
    "face": Gravity(GravityKind.FACE),
    "auto": Gravity(GravityKind.AUTO),
    "text": Gravity(GravityKind.TEXT),
    "attention": Gravity(GravityKind.ATTENTION),
    "entropy": Gravity(GravityKind.ENTROPY),
    "center": Gravity(GravityKind.CENTRE),
    "centre": Gravity(GravityKind.CENTRE),
    **{side: Gravity(GravityKind.SIDE, point) for side, point in SIDES.items()},
}

_MEANT: Final = (*_WORDS, OBJECT)


def gravity(text: str) -> Gravity:
    """Return a gravity from a word, from classes, or from `XxY` with both parts in 0..1.

    Raises ValueError.

    >>> gravity("0.25x1").point
    Point(x=0.25, y=1.0)
    >>> gravity("object:dog").classes
    (Wanted(label='dog', weight=1.0),)
    """
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    if word.partition(":")[0].strip() == OBJECT:
        return Gravity(GravityKind.OBJECT, classes=wanted(text))
    share = number(0, 1)
    place = word.removeprefix(BOX_CENTRE)
    try:
        x, y = map(share, place.split("x"))
    except ValueError:
        words = "face, auto, object, text, attention, entropy, center, left, right, top, bottom"
        what = f"{words}, object:CLASS, or XxY or {BOX_CENTRE}XxY with X and Y from 0 to 1"
        raise ValueError(f"{expected(what, text)}{word_meant(text, _MEANT)}") from None
    kind = GravityKind.POINT if place == word else GravityKind.BOX_CENTRE
    return Gravity(kind, Point(x, y))


def place_of(text: str) -> Point | None:
    """Return the place of a picture that `at` says, or None where it says none. Raises BadOption.

    >>> place_of("0.25x1"), place_of("")
    (Point(x=0.25, y=1.0), None)
    """
    if not text:
        return None
    try:
        said = gravity(text)
    except ValueError:
        said = None
    if said is None or said.kind is not GravityKind.POINT:
        raise BadOption(f"Expected at as XxY with X and Y from 0 to 1, got {text[:80]!r}.")
    return said.point


def gravity_text(value: Gravity) -> str:
    """Return how a gravity is written, so that reading it gives it back."""
    if value.kind is GravityKind.OBJECT:
        return wanted_text(value.classes)
    if value.point is None:
        return value.kind.value
    if value.kind is GravityKind.SIDE:
        return _SIDE_NAMES[value.point]
    before = BOX_CENTRE if value.kind is GravityKind.BOX_CENTRE else ""
    return f"{before}{text_of(value.point.x)}x{text_of(value.point.y)}"
