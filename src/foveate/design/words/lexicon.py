"""Words of five languages, and what they are signs of: the tables beside this file.

All languages are read at once: nobody says in which he writes, and names are of any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
_KANA: Final = "\u3040-\u30ff\u3400-\u9fff\u3005"
_LETTER: Final = rf"[^\W\d_{_KANA}]"
_CJK: Final = re.compile(rf"[{_KANA}]")
_SHORTEST: Final = 3
"""Letters of the last part of a German word that is one by itself."""
_LINKS: Final = ("", "s", "n", "en", "e", "er", "es")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or several, where they stand, and what they are signs of: `cue.big`, `thing.logo`."""

    text: str
    start: int
    end: int
    tags: frozenset[str] = frozenset()

    def of(self, kind: str) -> tuple[str, ...]:
        """Return what it says of one kind, as `logo` of `thing`."""
        start = f"{kind}."
        return tuple(sorted(tag[len(start) :] for tag in self.tags if tag.startswith(start)))

    @property
    def unknown(self) -> bool:
        """Return whether no table has it."""
        return not self.tags


@cache
def phrases() -> Mapping[str, frozenset[str]]:
    """Return every phrase of the tables, and of what it is a sign."""
    found: dict[str, set[str]] = {}
    for lang in LANGUAGES:
        for tag, phrase in _rows(lang):
            found.setdefault(phrase, set()).add(tag)
    return {phrase: frozenset(tags) for phrase, tags in found.items()}


def _rows(lang: str) -> Iterator[tuple[str, str]]:
    table = (files("foveate.design.words") / "tables" / f"{lang}.txt").read_text("utf-8")
    for line in filter(None, table.splitlines()):
        tag, _, said = line.partition(": ")
        for phrase in said.split("|"):
            yield tag, phrase.strip()


@cache
def _pattern() -> re.Pattern[str]:
    known = sorted(phrases(), key=len, reverse=True)
    cjk = "|".join(re.escape(each) for each in known if _CJK.search(each))
    latin = [each for each in known if not _CJK.search(each)]
    open_ended = "|".join(_spelled(each) for each in latin if each.endswith("'"))
    whole = "|".join(_spelled(each) for each in latin if not each.endswith("'"))
    phrase = rf"(?<!{_LETTER})(?:(?:{whole})(?!{_LETTER})|{open_ended})"
    word = rf"{_LETTER}+(?:-{_LETTER}+)*"
    return re.compile(rf"(?P<known>{phrase}|{cjk})|(?P<word>{word}|[{_KANA}])")


def _spelled(phrase: str) -> str:
    return r"\s+".join(map(re.escape, phrase.split()))


def tokens(text: str) -> list[Token]:
    """Return the words of a text in lower case, the longest phrases that the tables have first.

    >>> [token.of("cue") for token in tokens("make it bigger")]
    [('change',), (), ('big',)]
    """
    return list(_joined(_token(found) for found in _pattern().finditer(text)))


def _token(found: re.Match[str]) -> Token:
    text = found[0]
    if found["known"] is None:
        return Token(text, found.start(), found.end(), _compound(text))
    return Token(text, found.start(), found.end(), phrases()[" ".join(text.split())])


def _joined(found: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens, those of neighbouring signs that no table has as one."""
    last: Token | None = None
    for token in found:
        alone = token.unknown and len(token.text) == 1 and _CJK.match(token.text)
        if alone and last and last.end == token.start:
            last = Token(last.text + token.text, last.start, token.end)
            continue
        if last:
            yield last
        last = token if alone else None
        if not alone:
            yield token
    if last:
        yield last


@cache
def _things() -> Mapping[str, frozenset[str]]:
    """Return what German says of things, by the word: its words are put together of those."""
    return {
        phrase: frozenset([tag])
        for tag, phrase in _rows("de")
        if tag.startswith("thing.") and len(phrase) >= _SHORTEST
    }


@cache
def _compound(word: str) -> frozenset[str]:
    """Return of what a German word is a sign that is put together: `bestellknopf` is a button."""
    for at in range(1, len(word) - _SHORTEST + 1):
        head = _things().get(word[at:])
        if head:
            return head | _first(word[:at])
    return frozenset()


def _first(part: str) -> frozenset[str]:
    for link in _LINKS:
        known = _things().get(part.removesuffix(link)) if part.endswith(link) else None
        if known:
            return known
    return frozenset([f"part.{part}"])


def stem(word: str) -> str:
    """Return a word without what it ends with in the plural, or of somebody.

    >>> stem("photos"), stem("ana's"), stem("glass")
    ('photo', 'ana', 'glass')
    """
    word = word.removesuffix("'s").removesuffix("\u2019s")
    if len(word) > _SHORTEST and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
