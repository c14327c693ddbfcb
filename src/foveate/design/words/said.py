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
    words = tuple(_which(sorted([*masked, *found], key=lambda token: token.start), written))
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


def _which(words: list[Token], text: str) -> list[Token]:
    """Return words of which sides that say which block is meant say no more to where it goes.

    `the left photo`, `das linke Foto`, `la photo de droite` and `左の写真` are each one of two.
    """
    made = list(words)
    for at in range(len(words) - 1, -1, -1):
        token = words[at]
        sides = [side for side in token.of("place") if side in _CORNERS]
        if not sides or token.of("cue") or not _says_which(made, at, text):
            continue
        kept = {tag for tag in token.tags if not tag.startswith("place.")}
        made[at] = replace(token, tags=frozenset({*kept, *(f"which.{side}" for side in sides)}))
    return made


def _says_which(words: list[Token], at: int, text: str) -> bool:
    token, before = words[at], text[: words[at].start].rstrip().lower()
    following = words[at + 1] if at + 1 < len(words) else None
    named = following is not None and any(map(following.of, ("thing", "block", "which")))
    gap = text[token.end : following.start] if following else ""
    if token.text > "\u3000":
        return _after_no(words, at)
    if named and gap == " " and token.text in _BEFORE:
        return token.text not in _TWOFOLD or before.endswith(_ARTICLES)
    last = next((each for each in reversed(words[:at]) if each.tags != {"small"}), None)
    return before.endswith(_OF) and last is not None and bool(last.of("thing"))


def _after_no(words: list[Token], at: int) -> bool:
    """Return whether a side is one of a thing: followed by Japanese `no`, and that thing."""
    if at + 2 >= len(words) or words[at + 1].text != "\u306e":
        return False
    return bool(words[at + 2].of("thing"))


_CORNERS: Final = frozenset({"left", "right", "top", "bottom", "up", "down"})
_TWOFOLD: Final = frozenset({"left", "right", "top", "bottom", "upper", "lower"})
"""Words that may say to where something goes as well, unless an article stands before them."""
_BEFORE: Final = _TWOFOLD | {
    *("linke", "linken", "linkes", "rechte", "rechten", "rechtes", "obere", "oberen", "oberes"),
    *("untere", "unteren", "unteres"),
}
_ARTICLES: Final = (" the", " my", " our", "the")
_OF: Final = (" de", " du", " de la", " de l'", " del")


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
