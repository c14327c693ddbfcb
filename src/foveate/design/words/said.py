"""A request taken apart: what is quoted, numbers, colours, words by what they are signs of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.words.lexicon import Token, tokens
from foveate.design.words.tones import named
from foveate.design.words.values import (
    Number,
    Quote,
    blanked,
    colour_codes,
    numbers,
    quotes,
)
from foveate.options.colours import Colour, colour

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST: Final = 400
"""Characters of one request: a sentence or two."""
_TYPED: Final = str.maketrans({"\u2019": "'", "\u00a0": " ", "\u3000": " "})
_SIDES: Final = ("left", "right", "top", "bottom", "up", "down", "center")


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour that is named, and where."""

    colour: Colour
    name: str
    """Of the tables; empty for one that is written as CSS does."""
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One request."""

    text: str
    tokens: tuple[Token, ...]
    quotes: tuple[Quote, ...]
    numbers: tuple[Number, ...]
    inks: tuple[Ink, ...]

    def has(self, *tags: str) -> bool:
        """Return whether some word is a sign of one of these, as `cue.big`."""
        return any(tag in token.tags for token in self.tokens for tag in tags)

    def cue(self, names: str) -> bool:
        """Return whether some word is a cue of one of these, told with spaces between."""
        return self.has(*(f"cue.{name}" for name in names.split()))

    def number(self, *units: str) -> Number | None:
        """Return the first number of one of these units."""
        return next((each for each in self.numbers if each.unit in units), None)

    @property
    def sides(self) -> frozenset[str]:
        """Return which of left, right, top, bottom, up, down and center are named."""
        return frozenset(side for side in _SIDES if self.has(f"place.{side}"))

    @property
    def less(self) -> bool:
        """Return whether there is to be less of something: `less blurry`, `reduce the shadow`."""
        return self.cue("less shrink narrow")

    @property
    def much(self) -> float:
        """Return -1 for a little, 1 for much, 0 where nothing is said of it."""
        return float(self.has("amount.much")) - float(self.has("amount.little"))


def read(text: str, names: Mapping[str, Iterable[str]] | None = None) -> Said:
    """Return a request taken apart; `names` are ids of blocks by what people call those."""
    written = unicodedata.normalize("NFC", " ".join(text.split())).translate(_TYPED)
    quoted = quotes(written)
    codes = colour_codes(blanked(written, _spans(quoted)))
    rest = _low(blanked(written, _spans([*quoted, *codes])))
    masked = _masked(rest, names or {})
    rest = blanked(rest, [(each.start, each.end) for each in masked])
    said = numbers(rest)
    found = tokens(blanked(rest, [(each.start, each.end) for each in said]))
    words = tuple(sorted([*masked, *found], key=lambda token: token.start))
    inks = sorted([*_inks(words), *_written(codes)], key=lambda ink: ink.start)
    return Said(
        text=written, tokens=words, quotes=tuple(quoted), numbers=tuple(said), inks=tuple(inks)
    )


def _low(text: str) -> str:
    """Return it in lower case, every letter where it was."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def _spans(found: Sequence[Quote]) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in found]


def _masked(text: str, names: Mapping[str, Iterable[str]]) -> list[Token]:
    """Return where whole names of blocks stand, the longest first, none within another."""
    found: list[Token] = []
    for name in sorted(names, key=len, reverse=True):
        for each in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            start, end = each.span()
            if not any(old.start < end and start < old.end for old in found):
                tags = frozenset(f"block.{one}" for one in names[name])
                found.append(Token(name, start, end, tags))
    return found


def _inks(words: Sequence[Token]) -> list[Ink]:
    found = []
    for at, token in enumerate(words):
        for name in token.of("colour")[:1]:
            around = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
            shade = next((one for each in around for one in each.of("shade")), "")
            found.append(Ink(named(name, shade), name, token.start))
    return found


def _written(codes: Sequence[Quote]) -> list[Ink]:
    found = []
    for each in codes:
        try:
            found.append(Ink(colour(each.text), "", each.start))
        except ValueError:
            continue
    return found


def without(said: Said, start: int) -> Said:
    """Return what is said without one colour: who is called by it, not what he is to become."""
    return replace(said, inks=tuple(ink for ink in said.inks if ink.start != start))
