"""How surely a block is meant by what is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Text
from foveate.design.words.described import looks
from foveate.design.words.lexicon import stem
from foveate.design.words.meaning import Nearness, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from foveate.design.scene.model import Block
    from foveate.design.words.described import Described
    from foveate.design.words.lexicon import Token
    from foveate.design.words.said import Said

CALLED: Final = 1.0


_KIND: Final = 0.6


_COLOUR: Final = 0.7


_SAYS: Final = 0.6


_LIKE: Final = 0.7


_WHOLE: Final = 0.4
"""More, where every word of a name is said."""


_LITERAL: Final = 0.3
"""More, where a word is said as the name has it."""


_SHARED: Final = 5
"""Letters with which two words begin that are likely one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a request says which blocks are meant."""

    said: Said
    content: tuple[Token, ...]
    fits: Callable[[Block], bool]
    """Whether the verb can be done to a block."""
    near: Nearness = nothing
    """What knows the meaning of words that no table has."""
    many: bool = False
    """Whether the verb is of several as they are, as aligning is."""
    sided: bool = True
    """Whether sides say which block is meant, and not to where it goes."""
    certain: bool = False
    """Whether blocks are to be named in words that the tables or their names have."""
    exact: bool = False
    """Whether a word that nothing has makes doubtful what is meant: what is gone is gone."""
    quoted: bool = True
    """Whether what is in quotation marks is what a block says, and not what it is to say."""

    @property
    def empty(self) -> bool:
        """Return whether nothing is named."""
        return not self.content and not (self.quoted and self.said.quotes)


def score(wanted: Wanted, block: Described) -> float:
    """Return how surely a block is meant: about one for each word that is said of it."""
    found = sum(token_score(token, block) for token in wanted.content)
    if found and block.said_by(wanted.content):
        found += _WHOLE
    quoted = [each.text for each in wanted.said.quotes if wanted.quoted]
    if isinstance(block.block, Text) and block.block.words in quoted:
        found += 2 * CALLED
    return found


def token_score(token: Token, block: Described) -> float:
    """Return how surely a word is of a block, 0..1; more where it says two things of it."""
    if token.of("block"):
        return 2 * CALLED + _WHOLE if block.id in token.of("block") else 0.0
    scores = [_thing_score(thing, block) for thing in token.of("thing")]
    total = max(scores, default=0.0) + 0.2 * max(0, sum(map(bool, scores)) - 1)
    colours = token.of("colour")
    if colours and (block.colours & set(colours) or looks(block.block, colours[0])):
        total = max(total, _COLOUR + 0.3 * bool(block.colours & set(colours)))
    if stem(token.text) in block.words:
        total = max(total, CALLED) + _LITERAL
    if token.unknown and total < _LIKE and _alike(stem(token.text), block.words):
        total = _LIKE
    if token.unknown and stem(token.text) in block.content:
        total = max(total, _SAYS)
    return total


def _thing_score(thing: str, block: Described) -> float:
    if thing in block.things or thing in block.roles:
        return CALLED + 0.1 * (thing in block.kinds)
    return _KIND * (thing in block.kinds)


def _alike(word: str, names: Iterable[str]) -> bool:
    return len(word) >= _SHARED and any(
        len(name) >= _SHARED and (word[:_SHARED] == name[:_SHARED]) for name in names
    )
