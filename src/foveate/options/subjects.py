"""People by name in options: `subject:Ann`, `subject:team/Ann;team/Bob`.

A text is percent-decoded once before it comes here. What divides names is encoded inside of one:
`%3B` for a semicolon and `%25` for a percent sign. The first slash ends the name of a collection,
so that a name with a slash in it stands behind its collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from foveate.enrolled import COLLECTION, Named, checked_subject
from foveate.errors import BadOption
from foveate.options.values import counted, expected, text_of

if TYPE_CHECKING:
    from foveate.options.model import Faces

PREFIX: Final = "subject:"
SEPARATOR: Final = ";"
MOST: Final = 20
"""People in one option: each is searched for."""
WRITTEN: Final = "subject:NAME or subject:COLLECTION/NAME, with a semicolon between several"


def names_subjects(text: str) -> bool:
    """Return whether a text is meant to name people."""
    return text.strip()[: len(PREFIX)].lower() == PREFIX


def subjects(text: str) -> tuple[Named, ...]:
    """Return who is named, each once and in one order. Raises ValueError.

    >>> subjects("subject:team/Ann;Lee%3B Jo")
    (Named(collection='people', name='Lee; Jo'), Named(collection='team', name='Ann'))
    """
    if not names_subjects(text):
        raise expected(WRITTEN, text)
    parts = text.strip()[len(PREFIX) :].split(SEPARATOR)
    if len(parts) > MOST:
        raise ValueError(f"expected up to {MOST} subjects, got {len(parts)}")
    return tuple(sorted({_named(part, text) for part in parts}))


def _named(part: str, text: str) -> Named:
    before, slash, after = part.partition("/")
    name = _decoded(after if slash else part, text)
    collection = before.strip() if slash else COLLECTION
    if not collection:
        raise expected(WRITTEN, text)
    return Named(collection, name)


def _decoded(name: str, text: str) -> str:
    try:
        return checked_subject(unquote(name, errors="strict"))
    except (UnicodeDecodeError, BadOption):
        raise expected(WRITTEN, text) from None


def subjects_text(named: tuple[Named, ...]) -> str:
    """Return how people are named, so that reading it gives them back.

    >>> subjects_text(subjects("subject:team/Ann;people/AC%2FDC;5%25"))
    'subject:5%25;people/AC/DC;team/Ann'
    """
    return PREFIX + SEPARATOR.join(map(_part, named))


def _part(named: Named) -> str:
    name = named.name.replace("%", "%25").replace(SEPARATOR, "%3B")
    plain = named.collection == COLLECTION and "/" not in name
    return name if plain else f"{named.collection}/{name}"


def faces(text: str) -> Faces:
    """Return which faces count: all, the largest, that many of the largest, or somebody's."""
    return subjects(text) if names_subjects(text) else counted(text, "subject:NAME")


def faces_text(which: Faces) -> str:
    """Return how they are written."""
    return subjects_text(which) if isinstance(which, tuple) else text_of(which)
