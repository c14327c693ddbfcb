"""What a request lets be changed: by its own words alone, whatever the design says.

A language model reads texts of the design as well, and somebody may have written there what it is
to do. So what it proposes is held against this, which no text of a design has a part in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.addresses import addresses_in
from foveate.design.assistant.asking_words import (
    ALL,
    BY_KINDS,
    BY_SIGNS,
    DEEDS,
    MATTERS,
    THINGS,
    TRANSLATE,
    VAGUE,
    Deed,
)
from foveate.design.assistant.staying import apart, is_of_all
from foveate.design.scene.words import Matter
from foveate.design.words.said import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from foveate.design.words.said import Said

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
    orders: str = ""
    """The request without what it says is to stay."""
    kept: tuple[str, ...] = ()
    """What it says is not to be touched, whatever is asked for."""
    excepted: tuple[str, ...] = ()
    """What it excepts from what it asks for."""


def granted(request: str, offered: frozenset[str] = frozenset()) -> Grant:
    """Return what a request lets be changed; `offered` are sources that may be put in besides.

    >>> grant = granted("Translate everything into German")
    >>> sorted(grant.matters), sorted(grant.deeds), grant.translates
    ([<Matter.TEXT: 'text'>], [], True)
    >>> sorted(granted('Add a line that says "delete it all"').deeds)
    [<Deed.ADD: 'add'>]
    """
    asked, kept, excepted = apart(request[:MOST])
    orders = QUOTED.sub(" ", asked)
    addresses = frozenset(addresses_in(request)) | offered
    if says(orders, TRANSLATE):
        grant = Grant(frozenset({Matter.TEXT}), everywhere=True, translates=True)
        return replace(grant, addresses=addresses, orders=asked, kept=kept, excepted=excepted)
    said = read(orders)
    meant = set(_meant(said))
    matters = {
        matter for matter, words in MATTERS.items() if matter in meant or says(orders, words)
    }
    if orders != asked:
        matters.add(Matter.TEXT)
    elif _stay_as_written(kept) and not said.number("money"):
        matters.discard(Matter.TEXT)
    if addresses:
        matters.add(Matter.SOURCE)
    deeds = frozenset(deed for deed, words in DEEDS.items() if deed in meant or says(orders, words))
    more = VAGUE - _matters_of(kept) if not matters else frozenset()
    if deeds & MAKING_ROOM:
        more = frozenset({Matter.PLACE})
    matters |= more | {matter for matter, kinds in BY_KINDS.items() if _has(said, kinds)}
    grant = Grant(frozenset(matters), deeds, says(orders, ALL), addresses)
    return replace(grant, orders=asked, kept=kept, excepted=excepted)


def _stay_as_written(kept: Iterable[str]) -> bool:
    """Return whether it is said that texts are to say what they say: `don't change the text`."""
    found = (read(piece) for piece in kept)
    return any(said.has("thing.text") and is_of_all(said) for said in found)


def _matters_of(kept: Iterable[str]) -> set[Matter]:
    """Return what is said to stay of all blocks, as the colours are: `but not the colours`."""
    ofall = [piece for piece in kept if not any(each.of("thing") for each in read(piece).tokens)]
    return {m for m, words in MATTERS.items() for piece in ofall if says(piece, words)}


def _meant(said: Said) -> Iterator[Matter | Deed]:
    """Yield what the words of the tables let be changed."""
    for each, signs in BY_SIGNS.items():
        if said.has(*signs.split()):
            yield each
    if said.inks:
        yield Matter.COLOUR
    if said.number("money"):
        yield Matter.TEXT
    if said.number("pt"):
        yield Matter.LETTERS


def _has(said: Said, kinds: str) -> bool:
    return any(token.of(kind) for token in said.tokens for kind in kinds.split())


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
    """Return the names in a table of words that a request says, or the tables of plain words."""
    orders = QUOTED.sub(" ", request[:MOST])
    things = {thing for token in read(orders).tokens for thing in token.of("thing")}
    things |= {THINGS[thing] for thing in things & THINGS.keys()}
    return {name for name, words in table.items() if name in things or says(orders, words)}
