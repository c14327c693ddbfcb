"""Kinds of values: how each is read and written, what people may write, and what a schema says.

Readers raise ValueError in a plain sentence: what was expected, and what came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from foveate.configuration.nearest import meant
from foveate.design.scene.units import NUMBER, UNITS, Ruler, number_text, pixels
from foveate.options.values import expected, number, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

Json = Literal["number", "boolean", "string"]
Side = Literal["width", "height"]
Value = Any
"""Of some field of a scene."""
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, or a line does not."""
_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
ID_PATTERN: Final = r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}"


def nameable(text: str) -> bool:
    """Return whether an attribute of a line can hold a text."""
    return not _UNWRITABLE.search(text)


class Kind(Protocol):
    """What an attribute holds."""

    @property
    def json(self) -> Json:
        """What of JSON it is."""

    @property
    def values(self) -> str:
        """What may be written, for pages and messages."""

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says: `base`, and facets of XSD; words and patterns are parted by |."""

    def read(self, text: str, ruler: Ruler) -> Value:
        """Return the value that is written. Raises ValueError."""

    def write(self, value: Value) -> str:
        """Return how that is written, so that reading it gives it back."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a range; some have names."""

    least: float
    most: float
    whole: bool = False
    names: tuple[tuple[str, int], ...] = ()
    json: Json = "number"

    @property
    def values(self) -> str:
        """What may be written."""
        kind = "a whole number" if self.whole else "a number"
        names = "".join(f", or {name}" for name, _ in self.names)
        return f"{kind} from {number_text(self.least)} to {number_text(self.most)}{names}"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        base = "xs:integer" if self.whole else "xs:double"
        if self.names:
            words = "|".join(name for name, _ in self.names)
            return {"base": "xs:string", "pattern": rf"\s*([0-9]+|{words})\s*"}
        least, most = number_text(self.least), number_text(self.most)
        return {"base": base, "minInclusive": least, "maxInclusive": most}

    def read(self, text: str, ruler: Ruler) -> float:  # noqa: ARG002 - it has no unit
        """Return the number."""
        word = text.strip()
        for name, value in self.names:
            if word.lower() == name:
                return value
        try:
            if self.whole:
                return whole(int(self.least), int(self.most))(word)
            return number(self.least, self.most)(word)
        except ValueError:
            raise expected(self.values, text) from None

    def write(self, value: float) -> str:
        """Return its text."""
        return number_text(value)


@dataclass(frozen=True, slots=True)
class Length:
    """Pixels, or a length with a unit; per cent where the parent has a side for it."""

    least: float
    most: float
    of: Side | None = None
    json: Json = "number"

    @property
    def values(self) -> str:
        """What may be written."""
        units = ", ".join(UNITS if self.of else UNITS[:-1])
        least, most = number_text(self.least), number_text(self.most)
        per_cent = f" (of its parent's {self.of})" if self.of else ""
        return f"{least} to {most} pixels, or with a unit: {units}{per_cent}"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says; its patterns do not know ranges."""
        units = "|".join(UNITS if self.of else UNITS[:-1])
        number_of = NUMBER.replace("?:", "")
        return {"base": "xs:string", "pattern": rf"\s*{number_of}\s*({units})?\s*"}

    def read(self, text: str, ruler: Ruler) -> float:
        """Return pixels."""
        value = pixels(text, ruler.dpi, getattr(ruler, self.of) if self.of else None)
        if not self.least <= value <= self.most:
            least, most = number_text(self.least), number_text(self.most)
            raise expected(f"{least} to {most} pixels", text)
        return value

    def write(self, value: float) -> str:
        """Return pixels as text."""
        return number_text(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    json: Json = "boolean"
    values: str = "true or false"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "pattern": r"\s*(true|false)\s*"}

    def read(self, text: str, ruler: Ruler) -> bool:  # noqa: ARG002 - it has no unit
        """Return which it is."""
        word = text.strip()
        if word not in {"true", "false"}:
            raise expected(self.values, text)
        return word == "true"

    def write(self, value: object) -> str:
        """Return its word."""
        return "true" if value else "false"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: type[StrEnum]
    json: Json = "string"

    @property
    def values(self) -> str:
        """What may be written."""
        return ", ".join(self.words)

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:token", "enumeration": "|".join(self.words)}

    def read(self, text: str, ruler: Ruler) -> StrEnum:  # noqa: ARG002 - it has no unit
        """Return the word."""
        return _word(self.words, text)

    def write(self, value: StrEnum) -> str:
        """Return the word as text."""
        return value.value


@dataclass(frozen=True, slots=True)
class Choices:
    """Some of some words, each once, in one order."""

    words: type[StrEnum]
    json: Json = "string"

    @property
    def values(self) -> str:
        """What may be written."""
        return f"some of {', '.join(self.words)}"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "pattern": rf"\s*(({'|'.join(self.words)})\s*)*"}

    def read(self, text: str, ruler: Ruler) -> tuple[StrEnum, ...]:  # noqa: ARG002 - it has no unit
        """Return the words in the order of the table."""
        said = {_word(self.words, word) for word in text.split()}
        return tuple(word for word in self.words if word in said)

    def write(self, value: tuple[StrEnum, ...]) -> str:
        """Return the words with a space between them."""
        return " ".join(word for word in self.words if word in value)


def _word(words: type[StrEnum], text: str) -> StrEnum:
    word = text.strip()
    if word not in set(words):
        raise ValueError(f"{expected(' or '.join(words), text)}{meant(word, words)}")
    return words(word)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of any letters."""

    most: int
    values: str = "a text of one line"
    needed: bool = False
    json: Json = "string"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        least = {"minLength": "1"} if self.needed else {}
        return {"base": "xs:string", **least, "maxLength": str(self.most)}

    def read(self, text: str, ruler: Ruler) -> str:  # noqa: ARG002 - it has no unit
        """Return it as it is."""
        if len(text) > self.most:
            raise ValueError(f"expected at most {self.most} letters, got {len(text)}")
        if (self.needed and not text) or _UNWRITABLE.search(text):
            raise expected(f"{self.values}, without control characters", text)
        return text

    def write(self, value: str) -> str:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Name:
    """An id: a name that is one's own in all of a design."""

    values: str = "a letter or _, then up to 63 letters, digits or any of _ . -"
    json: Json = "string"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "pattern": ID_PATTERN}

    def read(self, text: str, ruler: Ruler) -> str:  # noqa: ARG002 - it has no unit
        """Return it as it is."""
        if not _ID.fullmatch(text):
            raise expected(self.values, text)
        return text

    def write(self, value: str) -> str:
        """Return it as it is."""
        return value
