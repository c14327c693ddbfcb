"""What a request lets be changed: by its own words alone, whatever the design says.

A language model reads texts of the design as well, and somebody may have written there what it is
to do. So what it proposes is held against this, which no text of a design has a part in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.addresses import addresses_in
from foveate.design.assistant.asking_words import ALL, DEEDS, MATTERS, TRANSLATE, VAGUE, Deed
from foveate.design.scene.words import Matter

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTED: Final = re.compile(
    r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«|「[^」]*」|『[^』]*』|\u2018[^\u2019]*\u2019|(?<!\w)'[^']*'(?!\w)"
)
"""What is to be said is no order, whatever it says."""
MAKING_ROOM: Final = frozenset({Deed.ADD, Deed.REMOVE})
"""Where something comes or goes, others move up."""
MOST: Final = 4000
"""Letters of a request."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be changed."""

    matters: frozenset[Matter] = VAGUE
    deeds: frozenset[Deed] = frozenset()
    everywhere: bool = False
    """It says that it is of all blocks, whichever it names besides."""
    addresses: frozenset[str] = frozenset()
    """Those that may be put in: that the request names, or who asks has found."""
    translates: bool = False


def granted(request: str, offered: frozenset[str] = frozenset()) -> Grant:
    """Return what a request lets be changed; `offered` are sources that may be put in besides.

    >>> grant = granted("Translate everything into German")
    >>> sorted(grant.matters), sorted(grant.deeds), grant.translates
    ([<Matter.TEXT: 'text'>], [], True)
    >>> sorted(granted('Add a line that says "delete it all"').deeds)
    [<Deed.ADD: 'add'>]
    """
    orders = QUOTED.sub(" ", request[:MOST])
    addresses = frozenset(addresses_in(request)) | offered
    if says(orders, TRANSLATE):
        return Grant(
            frozenset({Matter.TEXT}), everywhere=True, addresses=addresses, translates=True
        )
    matters = {matter for matter, words in MATTERS.items() if says(orders, words)}
    if orders != request[:MOST]:
        matters.add(Matter.TEXT)
    if addresses:
        matters.add(Matter.SOURCE)
    deeds = frozenset(deed for deed, words in DEEDS.items() if says(orders, words))
    more = (
        frozenset({Matter.PLACE}) if deeds & MAKING_ROOM else VAGUE if not matters else frozenset()
    )
    return Grant(frozenset(matters) | more, deeds, says(orders, ALL), addresses)


def says(request: str, words: str) -> bool:
    """Return whether a request has one of some words.

    >>> says("Make the logo bigger", "big red$"), says("redo it", "red$"), says("赤くして", "赤")
    (True, False, True)
    """
    return _pattern(words).search(request.casefold()) is not None


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(_one, words.casefold().split())))


def _one(word: str) -> str:
    if not _is_spaced(word):
        return re.escape(word)
    whole = word.endswith("$")
    return rf"(?<!\w){re.escape(word.removesuffix('$'))}" + (r"(?!\w)" if whole else "")


def _is_spaced(word: str) -> bool:
    """Return whether a word is of a script that has spaces between words."""
    return max(map(ord, word)) < 0x2E80  # noqa: PLR2004 - where the scripts of East Asia begin


def words_of(request: str, table: Mapping[str, str]) -> set[str]:
    """Return the names in a table of words that a request says."""
    orders = QUOTED.sub(" ", request[:MOST])
    return {name for name, words in table.items() if says(orders, words)}
