"""Words that are typed wrongly by one letter, where only one word of the tables can be meant."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from foveate.design.words.lexicon import phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LEAST: Final = 5
"""Letters of a word of the tables: shorter ones are one letter away from too many."""
_WORD: Final = re.compile(r"(?<![\w@.#/-])[a-zß-ÿœ]{5,}(?![\w@/-]|\.\w)")
_KINDS: Final = ("cue.", "thing.", "colour.")


@cache
def _meant() -> Mapping[str, str]:
    """Return the words of the tables by what comes of them with letters swapped or left out.

    Swapped letters are the likelier: `tilte` is a title, and not tilted.
    """
    return {**_only(_other_length), **_only(_swapped)}


def _only(typed: Callable[[str], Iterator[str]]) -> Mapping[str, str]:
    """Return words by what is typed for them, where that is so for one alone."""
    found: dict[str, set[str]] = {}
    for word in _usual():
        for each in typed(word):
            found.setdefault(each, set()).add(word)
    return {each: words.pop() for each, words in found.items() if len(words) == 1}


@cache
def _known() -> frozenset[str]:
    """Return all words of the tables, those of phrases too: `large` is no `larger`."""
    return frozenset(word for phrase in phrases() for word in phrase.split())


def _usual() -> Iterator[str]:
    for phrase, tags in phrases().items():
        kinds = any(tag.startswith(_KINDS) for tag in tags)
        if kinds and len(phrase) >= _LEAST and phrase.isalpha():
            yield phrase


def _swapped(word: str) -> Iterator[str]:
    """Yield a word with two letters in the other order, but for the first: people see that one."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _other_length(word: str) -> Iterator[str]:
    """Yield a word with a letter left out, or typed twice."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]


def mended(text: str, keep: str = "") -> str:
    """Return a text with words as they were meant; `keep` are words that are as they should be.

    >>> mended("delte the tilte, make it biger"), mended("a logo in Berlin")
    ('delete the title, make it bigger', 'a logo in Berlin')
    """
    return _WORD.sub(lambda found: _right(found[0], keep), text)


def _right(word: str, keep: str) -> str:
    if word in _known() or re.search(rf"(?<!\w){re.escape(word)}(?!\w)", keep):
        return word
    return _meant().get(word, word)
