"""Designs that are kept, in a URL: which one, and what it is filled in with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.options.letters import words_of
from foveate.options.values import expected

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

MOST_VALUES: Final = 100
"""That fill in one design."""
MOST_LETTERS: Final = 2000
"""Of one value."""
MOST_OF_ALL: Final = 20_000
"""Of all values together."""
BLANK: Final = "blank:"
"""A source that is no picture."""
PHOTO: Final = "source:"
"""Where the picture of a URL stands in a design that it fills in."""
_NAMED: Final = re.compile(
    r"([a-z0-9][a-z0-9._-]{0,63})(?:@([1-9]\d{0,8}))?(?::([\w.-]{1,100}))?", re.ASCII
)
VALUE: Final = re.compile(r"[\w .-]{1,100}")
"""What is filled in: a block, a block and an attribute, or a word in braces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is known of a design once it is read and filled in."""

    of: str
    """The digest of the version that it is of."""
    digest: str
    """What changes with anything of it that is drawn."""
    photo: bool = False
    """Whether the picture of the URL is in it."""
    sources: tuple[str, ...] = ()
    """The keys of the pictures in it, and of what these need."""
    pictures: tuple[TransformOptions, ...] = ()
    """What is asked of the pictures in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Designed:
    """A design that is kept, and what it is filled in with."""

    id: str
    version: int | None = None
    """None is the newest."""
    page: str = ""
    """By its id or number; the first where nothing is said."""
    values: tuple[tuple[str, str], ...] = ()
    """By small letters of their names, in the order of these."""
    filled: Filled | None = None
    """Set by whoever reads designs; nothing else is drawn."""


def read_designed(text: str) -> Designed:
    """Return the design that a text names. Raises ValueError.

    >>> read_designed("sale@3:story")
    Designed(id='sale', version=3, page='story', values=(), filled=None)
    """
    found = _NAMED.fullmatch(text.strip())
    if found is None:
        raise expected("the id of a design, as ID, ID@VERSION, ID:PAGE or ID@VERSION:PAGE", text)
    version = int(found[2]) if found[2] else None
    return Designed(id=found[1], version=version, page=found[3] or "")


def designed_text(asked: Designed) -> str:
    """Return how a design is named.

    >>> designed_text(Designed(id="sale", version=3, page="2"))
    'sale@3:2'
    """
    version = f"@{asked.version}" if asked.version else ""
    return f"{asked.id}{version}{f':{asked.page}' if asked.page else ''}"


def with_value(asked: Designed, name: str, text: str) -> tuple[tuple[str, str], ...]:
    """Return the values of a design with one more. Raises ValueError for too many."""
    values = {**dict(asked.values), name: words_of(text, MOST_LETTERS)}
    if len(values) > MOST_VALUES:
        raise expected(f"at most {MOST_VALUES} values", name)
    if sum(map(len, values.values())) > MOST_OF_ALL:
        raise expected(f"at most {MOST_OF_ALL} letters in all values together", text)
    return tuple(sorted(values.items()))
