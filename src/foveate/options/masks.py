"""Which part of a picture is meant: `subject`, `object:dog`, an ellipse, what was clicked at.

Several are written with `|` between them, and mean all of them together. Places and lengths are
shares of the upright source, so that they mean the same in every size and crop of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from foveate.classes import ANY
from foveate.options.classes import OBJECT, SEPARATOR, labels, word_meant, word_of
from foveate.options.values import expected, number, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Seen(StrEnum):
    """What is meant by a word alone."""

    SUBJECT = "subject"
    FACE = "face"
    """Every face, with its hair and its chin."""


@dataclass(frozen=True, slots=True)
class Things:
    """Every thing of some classes; `classes.ANY` is every one."""

    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Depth:
    """What is as near as that: 0 is the farthest place of the picture, 1 the nearest."""

    near: float
    far: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """What lies in an ellipse: its middle and its radii, in shares of width and height."""

    x: float
    y: float
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Line:
    """All of it at the first point and before, none at the second and beyond, less in between."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Clicked:
    """What somebody clicked at: a mask that `/v1/select` keeps, by its id."""

    id: str


Shape: TypeAlias = "Ellipse | Line"
Target: TypeAlias = "Seen | Things | Depth | Shape | Clicked"
Targets: TypeAlias = "tuple[Target, ...]"

DEPTH, ELLIPSE, LINE, SELECT = "depth", "ellipse", "line", "select"
LETTERS: Final = 26
"""Of an id of a mask: 130 bits."""
ID: Final = re.compile(rf"[a-z2-7]{{{LETTERS}}}", re.ASCII)
MOST: Final = 16
"""Targets of one mask, classes counted one by one."""
_WORDS: Final = (*(seen.value for seen in Seen), OBJECT, DEPTH, ELLIPSE, LINE, SELECT)
WRITTEN: Final = (
    "subject, face, object:CLASS, depth:NEAR:FAR, ellipse:XxYxRXxRY, line:XxYxXxY or select:ID, "
    "with | between several"
)
_SHARE: Final = number(0, 1)
_PLACE: Final = number(-1, 2)
_RADIUS: Final = number(0.001, 4)


def targets(text: str) -> Targets:
    """Return what a text means, each target once and in one order. Raises ValueError.

    Behind `object:`, which `object` without a class is for any, bare words are further classes.

    >>> targets("face|object:dog|cat")
    (<Seen.FACE: 'face'>, Things(classes=('cat', 'dog')))
    """
    words = text.split(SEPARATOR)
    if len(words) > MOST:
        raise ValueError(f"expected at most {MOST} targets, got {len(words)}")
    found: list[Target] = []
    classes: list[str] = []
    for place, word in enumerate(words, 1):
        try:
            _read(word.strip(), found, classes)
        except ValueError as why:
            where = f" as number {place} of {len(words)}" if len(words) > 1 else ""
            raise ValueError(f"{why}{where}") from None
    if classes:
        found.append(Things(labels(classes)))
    return tuple(sorted(dict.fromkeys(found), key=_text))


def _read(word: str, found: list[Target], classes: list[str]) -> None:
    """Add what one word means: a target, or one more class."""
    kind, colon, rest = word.partition(":")
    kind = kind.strip().lower()
    if not colon and kind in _PLAIN:
        found.append(_PLAIN[kind])
    elif kind == OBJECT:
        classes += labels([rest if colon else ANY])
    elif not colon and ID.fullmatch(kind):
        found.append(Clicked(kind))
    elif colon and kind in _READERS:
        found.append(_READERS[kind](rest.strip().lower(), word))
    elif classes and not colon and word:
        classes += labels([word])
    else:
        raise ValueError(f"{expected(WRITTEN, word)}{word_meant(kind, _WORDS)}")


def _depth(text: str, word: str) -> Depth:
    values = _numbers(text, ":", (_SHARE, _SHARE))
    if values is None or values[0] == values[1]:
        raise expected("depth:NEAR:FAR, two numbers from 0 to 1 that differ, 1 is nearest", word)
    return Depth(max(values), min(values))


def _ellipse(text: str, word: str) -> Ellipse:
    values = _numbers(text, "x", (_PLACE, _PLACE, _RADIUS, _RADIUS))
    if values is None:
        what = "ellipse:XxYxRXxRY, its middle and its radii, where 1 is the width or the height"
        raise expected(what, word)
    return Ellipse(*values)


def _line(text: str, word: str) -> Line:
    values = _numbers(text, "x", (_PLACE,) * 4)
    if values is None or values[:2] == values[2:]:
        what = "line:X1xY1xX2xY2, two places that differ, where 1 is the width or the height"
        raise expected(what, word)
    return Line(*values)


def _select(text: str, word: str) -> Clicked:
    if not ID.fullmatch(text):
        raise expected("select:ID with the 26 letters and digits that /v1/select answered", word)
    return Clicked(text)


def _numbers(
    text: str, between: str, readers: Sequence[Callable[[str], float]]
) -> tuple[float, ...] | None:
    """Return as many numbers as there are readers, or None for anything else."""
    parts = text.split(between)
    if len(parts) != len(readers):
        return None
    try:
        return tuple(read(part) for read, part in zip(readers, parts, strict=True))
    except ValueError:
        return None


_PLAIN: Final[Mapping[str, Seen]] = {seen.value: seen for seen in Seen}
_READERS: Final[Mapping[str, Callable[[str, str], Target]]] = {
    DEPTH: _depth,
    ELLIPSE: _ellipse,
    LINE: _line,
    SELECT: _select,
}


def targets_text(meant: Targets) -> str:
    """Return how targets are written, so that reading it gives them back.

    >>> targets_text(targets("Object:Dog|face|ellipse:.5x.5x.2x.3"))
    'ellipse:0.5x0.5x0.2x0.3|face|object:dog'
    """
    return SEPARATOR.join(map(_text, meant))


def _text(target: Target) -> str:
    match target:
        case Seen():
            return target.value
        case Things(classes):
            named = SEPARATOR.join(map(word_of, classes))
            return OBJECT if ANY in classes else f"{OBJECT}:{named}"
        case Depth(near, far):
            return f"{DEPTH}:{text_of(near)}:{text_of(far)}"
        case Clicked(id):
            return f"{SELECT}:{id}"
        case Ellipse(x, y, across, down):
            return f"{ELLIPSE}:{'x'.join(map(text_of, (x, y, across, down)))}"
        case Line(x, y, to_x, to_y):
            return f"{LINE}:{'x'.join(map(text_of, (x, y, to_x, to_y)))}"
