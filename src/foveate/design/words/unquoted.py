"""New words for a text that are said without quotation marks, where they can be nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from foveate.design.words.dates import DATE, DATES
from foveate.design.words.lexicon import tokens
from foveate.models.supply.fonts import FONTS

if TYPE_CHECKING:
    from foveate.design.words.said import Said

_ENDS: Final = re.compile(
    r"(?:[\s,]*(?:please|thanks|thank you|bitte|danke|merci|s'il te plaît|s'il vous plaît|stp|svp"
    r"|por favor|gracias|ください|お願いします)|(?<![a-z])[.!\u3002\uff01]|(?<=\w)!|(?<=\w\w)\.)+$",
    re.IGNORECASE,
)
"""Politeness, and the end of a sentence: no words of a design."""
_ARTICLE: Final = re.compile(r"^(?:the|den|dem|der|le|el)\s+(?=\d)", re.IGNORECASE)
_TIME: Final = r"\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|uhr|h|時)(?:\s?\d\d(?:分)?)?|\d{1,2}:\d\d"
_EVIDENT: Final = re.compile(
    rf"(?:{DATES}|{_TIME}|{DATE},?\s+(?:{_TIME})"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@[\w.]{2,}"
    r"|(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?"
    r"|\+?\(?\d[\d\s()/.-]{5,}\d)",
    re.IGNORECASE,
)
"""Dates, times, mail, handles, addresses, telephones: nobody means anything else by them."""
_LOOKS: Final = ("cue", "colour", "shade", "amount", "count", "axis", "other", "it")
"""Signs of what is done to a block, in place of what it says."""


@dataclass(frozen=True, slots=True)
class Unquoted:
    """Words that a text is to say."""

    start: int
    end: int
    """Where it stands which text it is."""
    words: str


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    lines = (files("foveate.design.words") / "written.txt").read_text("utf-8").splitlines()
    return tuple(re.compile(line, re.IGNORECASE) for line in lines if line[:1] not in {"", "#"})


@cache
def families() -> frozenset[str]:
    """Return the families of fonts that there are."""
    return frozenset(face.family for card in FONTS for face in card.faces)


@cache
def _families() -> re.Pattern[str]:
    names = sorted(families(), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z\d])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z\d])")


def family_in(text: str) -> str:
    """Return the family of fonts that is named in a text, as it is written; empty for none."""
    found = _families().search(text)
    return found[0] if found else ""


@lru_cache(maxsize=64)
def unquoted(said: Said) -> Unquoted | None:
    """Return what a text is to say; None where it is not sure that this is what is wanted."""
    if said.quotes:
        return None
    text = _ENDS.sub("", said.text)
    for each in filter(None, (pattern.search(text) for pattern in _patterns())):
        start, end = each.span("what")
        words = _ARTICLE.sub("", each["new"].strip())
        sure = each.groupdict().get("sure") is not None
        if _names_text(said, start, end) and _is_words(words, sure=sure):
            return Unquoted(start, end, words)
    return None


def _names_text(said: Said, start: int, end: int) -> bool:
    """Return whether something is named there, and nothing else is said of it."""
    inside = [each for each in said.tokens if start <= each.start and each.end <= end]
    named = any(each.of("thing") or each.of("block") for each in inside)
    return named and not any(each.of("cue") or each.of("colour") for each in inside)


def _is_words(words: str, *, sure: bool) -> bool:
    """Return whether words are to be written as they are, and do not say what is to be done.

    >>> [_is_words(each, sure=False) for each in ("19 May", "Big Summer Sale", "Red", "something")]
    [True, True, False, False]
    >>> [_is_words(each, sure=True) for each in ("Winter", "bold", "20 px")]
    [True, False, False]
    """
    if _EVIDENT.fullmatch(words):
        return True
    if not words[:1].isupper() or words in families():
        return False
    found = tokens(words.lower())
    plain = [each for each in found if not any(each.of(kind) for kind in _LOOKS)]
    worded = [each for each in plain if each.tags != {"small"}]
    if sure:
        return bool(worded)
    written = sum(word[:1].isupper() for word in words.split())
    fonted = any(each.of("cue") for each in found) and written < len(words.split())
    return len(words.split()) > 1 and bool(worded) and not fonted
