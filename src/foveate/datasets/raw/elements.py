"""JSON of any length, one element of its lists at a time: no more of it is ever made at once."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any, Final

from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

STEP: Final = MIB // 4
"""Bytes that are looked at in one go."""
MOST: Final = 32 * MIB
"""Of one element: nothing else runs while it is read."""
SPACE: Final = " \t\n\r"
ENDS: Final = frozenset(f"{SPACE},:]}}")

BEGINS: Final = object()
"""A list."""


def elements(data: bytes, step: int = STEP) -> Iterator[tuple[str, Any]]:
    """Yield what each name of an object holds, and of its lists each element by the same name.

    Before the first one of a list is `BEGINS`. `step` bytes are looked at in one go, unless an
    element has more. Raises ValueError for what is none, RecursionError for what is too deep.
    """
    text = _Text(data, step)
    text.take("{")
    if text.next() != "}":
        while True:
            name = text.value()
            if not isinstance(name, str):
                raise ValueError(f"a name that is none: {name!r:.40}")  # noqa: TRY004 - as any other
            text.take(":")
            yield from _held(text, name)
            if text.next() != ",":
                break
            text.take(",")
    text.take("}")
    if text.next():
        raise ValueError("more behind its end")


def _held(text: _Text, name: str) -> Iterator[tuple[str, Any]]:
    if text.next() != "[":
        yield name, text.value()
        return
    text.take("[")
    yield name, BEGINS
    if text.next() != "]":
        yield name, text.value()
        while text.next() == ",":
            text.take(",")
            yield name, text.value()
    text.take("]")


class _Text:
    """What is left of a text, of which only so much is there as was needed."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._read, self._step = memoryview(data), 0, step
        self._letters = codecs.getincrementaldecoder("utf-8")()
        self._decoder = json.JSONDecoder(parse_constant=_refuse)
        self._there, self._at = "", 0

    def next(self) -> str:
        """Return the next letter that is no space; nothing at the end."""
        while True:
            while self._at < len(self._there) and self._there[self._at] in SPACE:
                self._at += 1
            if self._at < len(self._there) or not self._more(self._step):
                return self._there[self._at : self._at + 1]

    def take(self, letter: str) -> None:
        """Go on behind that letter. Raises ValueError where another one is next."""
        if (got := self.next()) != letter:
            raise ValueError(f"{got!r} for {letter!r}")
        self._at += 1

    def value(self) -> Any:  # noqa: ANN401
        """Return the value that is next."""
        self.next()
        step = self._step
        while True:
            try:
                found, end = self._decoder.raw_decode(self._there, self._at)
            except ValueError:
                if len(self._there) - self._at > MOST or not self._more(step):
                    raise
            else:
                # A number that is cut is one, too, and what ends it is not there yet.
                if self._there[end : end + 1] in ENDS or not self._more(step):
                    self._at = end
                    return found
            step *= 2

    def _more(self, step: int) -> bool:
        """Have more of the text there; return whether there was any."""
        if self._read >= len(self._data):
            return False
        piece = self._data[self._read : self._read + step]
        self._read += len(piece)
        letters = self._letters.decode(piece, self._read >= len(self._data))
        self._there, self._at = self._there[self._at :] + letters, 0
        return True


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"a number that is none: {word}")
