"""The `sizes` of an image: how wide a page shows it, by how wide the window is.

Read as browsers do (HTML, "parse a sizes attribute"), in pixels of a page with the usual font. A
condition that is about something else than a width may hold or not, so that both counts.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Length = Callable[[float], float]
    """From the width of the window to a length, both in CSS pixels."""
    Condition = Callable[[float], bool | None]

LONGEST: Final = 1000
"""Of the text, in characters."""
DEEPEST: Final = 8
"""So many brackets stand in each other."""
WINDOWS: Final = (*range(320, 1920, 16), 1920)
"""Widths of windows: from a small telephone to a full screen."""
FONT_PX: Final = 16.0
LARGEST_PX: Final = 100_000.0
"""What is wider than that is on no page."""
UNITS: Final = {"px": 1.0, "em": FONT_PX, "rem": FONT_PX, "in": 96.0, "cm": 96 / 2.54, "pt": 4 / 3}
_TOKEN: Final = re.compile(
    r"\s*(?:(\d*\.?\d+)(vw|px|r?em|in|cm|pt)?|(calc|min|max|clamp)?(\()|([-+*/),]))",
    re.IGNORECASE,
)
_BARE: Final = re.compile(r"\d*\.?\d+", re.ASCII)
_NO_BRACKETS: Final = re.compile(r"[\w-]+\s*(?::|[<>]=?)\s*[\w./ ]+", re.ASCII)
_WIDTH: Final = re.compile(r"\(\s*(min|max)-width\s*:\s*([^():]+)\)", re.IGNORECASE)
_RANGE: Final = re.compile(r"\(\s*width\s*([<>])=?\s*([^()<>=]+)\)", re.IGNORECASE)


def slots(sizes: str) -> tuple[float, float]:
    """Return the least and the greatest width, in CSS pixels, of what `sizes` is said of.

    Raises BadOption.

    >>> slots("(min-width: 800px) 50vw, calc(100vw - 2rem)")
    (288.0, 960.0)
    """
    if len(sizes) > LONGEST:
        raise BadOption(f"Expected sizes of at most {LONGEST} characters, got {len(sizes)}.")
    read = map(_entry, _parted(sizes))
    # Where nothing matches, browsers take all of the window.
    entries = [*(entry for entry in read if entry is not None), (_always, _window)]
    try:
        found = [width for window in WINDOWS for width in _shown(entries, window)]
    except (ArithmeticError, ValueError):
        raise _wrong(sizes) from None
    widths = [width for width in found if 0 < width <= LARGEST_PX]
    if not widths:
        raise _wrong(sizes)
    return min(widths), max(widths)


def _shown(entries: list[tuple[Condition, Length]], window: float) -> Iterator[float]:
    for holds, length in entries:
        decided = holds(window)
        if decided is not False:
            yield length(window)
        if decided:
            return


def _parted(text: str) -> list[str]:
    """Return what stands between commas that are in no brackets. Raises BadOption."""
    depth, parts = 0, [""]
    for char in text:
        depth += (char == "(") - (char == ")")
        if not 0 <= depth <= DEEPEST:
            raise _wrong(text)
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    if depth:
        raise _wrong(text)
    return [part.strip() for part in parts]


def _entry(text: str) -> tuple[Condition, Length] | None:
    """Return one entry; None for `auto`, which browsers replace by what they know, and nothing."""
    if text.lower() in {"", "auto"}:
        return None
    start = _length_at(text)
    condition, said = text[:start].strip(), text[start:]
    _check_entry(text, condition, said)
    length = _Lengths(said)
    return partial(_holds, _read(condition)) if condition else _always, length.whole()


def _check_entry(text: str, condition: str, said: str) -> None:
    """Raise BadOption for what browsers drop without a word, with what was meant."""
    if _BARE.fullmatch(said) and float(said):
        raise _wrong(text, f"{said}px or {said}vw")
    if _NO_BRACKETS.fullmatch(condition):
        raise _wrong(text, f"({condition}) {said}")


def _length_at(text: str) -> int:
    """Return where the last word begins; what is in brackets belongs to it with its name."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if text[at].isspace() and not depth:
            return at + 1
    return 0


def _always(_: float) -> bool:
    return True


def _window(window: float) -> float:
    return window


def _holds(each: list[Condition], window: float) -> bool | None:
    """Return whether all of it holds, and None where that cannot be said."""
    said = [condition(window) for condition in each]
    if False in said:
        return False
    return None if None in said else True


def _read(condition: str) -> list[Condition]:
    return [_one(each.strip()) for each in re.split(r"\band\b", condition, flags=re.IGNORECASE)]


def _one(text: str) -> Condition:
    if found := _WIDTH.fullmatch(text):
        least = found[1].lower() == "min"
    elif found := _RANGE.fullmatch(text):
        least = found[1] == ">"
    else:
        return _unknown
    return partial(_compared, _Lengths(found[2].strip()).whole(), least=least)


def _unknown(_: float) -> None:
    return None


def _compared(length: Length, window: float, *, least: bool) -> bool:
    return window >= length(window) if least else window <= length(window)


class _Lengths:
    """A length as CSS has them, read from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0

    def whole(self) -> Length:
        """Return the length that is all of the text. Raises BadOption."""
        length = self._factor()
        if self._at < len(self._tokens):
            raise _wrong(self._text)
        return length

    def _next(self) -> tuple[str, ...]:
        self._at += 1
        if self._at > len(self._tokens):
            raise _wrong(self._text)
        return self._tokens[self._at - 1]

    def _took(self, marks: str) -> str:
        """Return which of the marks comes next, which is then read, or nothing."""
        here = self._tokens[self._at][-1] if self._at < len(self._tokens) else ""
        if here and here in marks:
            self._at += 1
            return here
        return ""

    def _sum(self) -> Length:
        length = self._product()
        while mark := self._took("+-"):
            length = partial(_worked_out, mark, length, self._product())
        return length

    def _product(self) -> Length:
        length = self._factor()
        while mark := self._took("*/"):
            length = partial(_worked_out, mark, length, self._factor())
        return length

    def _factor(self) -> Length:
        number, unit, name, bracket, _ = self._next()
        if number:
            return partial(_measured, float(number), unit.lower())
        if not bracket:
            raise _wrong(self._text)
        given = [self._sum()]
        while self._took(","):
            given.append(self._sum())
        if not self._took(")"):
            raise _wrong(self._text)
        return self._called(name.lower() or "calc", given)

    def _called(self, name: str, given: list[Length]) -> Length:
        wanted = {"calc": 1, "clamp": 3}.get(name, len(given))
        if len(given) != wanted:
            raise _wrong(self._text)
        return partial(_of_several, name, given)


def _tokens(text: str) -> Iterator[tuple[str, ...]]:
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _wrong(text)
        yield tuple(group or "" for group in found.groups())
        at = found.end()


def _measured(number: float, unit: str, window: float) -> float:
    return number * window / 100 if unit == "vw" else number * UNITS.get(unit, 1.0)


def _worked_out(mark: str, left: Length, right: Length, window: float) -> float:
    one, other = left(window), right(window)
    if mark in "+-":
        return one + other if mark == "+" else one - other
    return one * other if mark == "*" else one / other


def _of_several(name: str, given: list[Length], window: float) -> float:
    values = [each(window) for each in given]
    if name == "clamp":
        least, value, most = values
        return max(least, min(value, most))
    return max(values) if name == "max" else min(values)


def _wrong(text: str, meant: str = "") -> BadOption:
    near = f" (did you mean {meant}?)" if meant else ""
    return BadOption(
        "Expected sizes as in HTML, such as (min-width: 800px) 50vw, 100vw, with lengths in px, "
        f"em, rem or vw, or calc() of them, got {shown(text)}{near}."
    )
