"""The values of the face index: who is enrolled, what is kept of each face, what a search asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unicodedata import category, normalize

from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Box

COLLECTION: Final = "people"
"""The one that is meant where none is named."""
UNKNOWN: Final = ""
"""The subject of a face that nobody has named."""
DIMENSIONS: Final = 512
"""Numbers of an embedding."""
MOST_CHARACTERS: Final = 256
"""Of a subject's name."""


_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_BREAKS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of what a name cannot have: controls, halves of characters, breaks of lines."""
_TURNS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What makes a line read in another order than it is written (Bidi_Control, UAX 9)."""
_UNSEEN: Final = frozenset("\u00ad\u200b\u2060\ufeff")
"""What takes no room in a line, so that two names look alike. Joiners, which some scripts need,
are none of these."""
_STEPS: Final = frozenset({".", ".."})
"""What clients take out of a path before they ask for it."""
_UNREAD: Final = "\ufffd"
"""Stands where bytes were that are no UTF-8."""


def composed(name: str) -> str:
    """Return a name as it is kept and compared: in NFC (UAX 15), so that it is one name.

    >>> len("Zoe\u0308"), len(composed("Zoe\u0308"))
    (4, 3)
    """
    return normalize("NFC", name)


def on_one_line(text: str) -> bool:
    """Return whether a text is one line, read in the order in which it is written."""
    return not any(char in _TURNS or category(char) in _BREAKS for char in text)


def meant_subject(name: str) -> str:
    """Return the name of a subject that may be kept. Raises BadOption for what never was one."""
    plain = composed(name.strip())
    seen = any(char.isprintable() and not char.isspace() for char in plain)
    if not seen or not on_one_line(plain) or len(plain) > MOST_CHARACTERS:
        raise BadOption(
            f"Expected a name of 1 to {MOST_CHARACTERS} characters on one line, got {name[:80]!r}."
        )
    return plain


def checked_subject(name: str) -> str:
    """Return the name of a new subject as it is kept. Raises BadOption for what cannot be one."""
    plain = meant_subject(name)
    if plain in _STEPS:
        raise BadOption(f"Expected a name that can be part of a URL, got {plain!r}.")
    if not _UNSEEN.isdisjoint(plain):
        raise BadOption(f"Expected a name of which every character is seen, got {plain[:80]!r}.")
    if _UNREAD in plain:
        raise BadOption(f"Expected a name in UTF-8, got {plain[:80]!r}.")
    return plain


def checked_name(name: str) -> str:
    """Return the name of a collection. Raises BadOption for one that cannot be one."""
    if not _NAME.fullmatch(name):
        raise BadOption(
            "Expected the name of a collection as up to 63 of a-z, 0-9, _ and -, got "
            f"{name[:80]!r}."
        )
    return name


class Named(NamedTuple):
    """Somebody by name, who may be enrolled or not."""

    collection: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledFace:
    """One face in a collection, and all that is kept of the picture that it was in."""

    id: str
    """32 hex digits, by chance."""
    subject: str = UNKNOWN
    """Who it is; faces of one subject share this name. Empty where nobody said."""
    embedding: NDArray[np.float32] = field(compare=False, repr=False)
    """A unit vector of 512 numbers."""
    box: Box
    """Where it is, in pixels of the upright source."""
    source: str = ""
    """What the caller calls the picture: a file name, an address, any reference."""
    digest: str = ""
    """SHA-256 of the picture's bytes, in hex; empty for embeddings that came without one."""
    quality: float = 1.0
    """How well it can be recognised: 0 to 1."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """A JSON object of the caller's."""
    added: float = 0.0
    """When it was enrolled: seconds since 1970, UTC."""
    crop: bytes = field(default=b"", compare=False, repr=False)
    """The face, aligned, 112 x 112, as PNG; empty unless the settings keep crops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which faces of a collection are meant: those for which all that is said holds."""

    ids: tuple[str, ...] = ()
    id_begins: str = ""
    """The first digits of an id; empty is any."""
    subjects: tuple[str, ...] = ()
    named: bool | None = None
    """True for faces with a subject, False for those without, None for both."""
    digests: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Keys and the values they must have: strings, numbers, booleans or null."""
    least_quality: float = 0.0
    added_before: float | None = None
    """Those that were enrolled earlier than then: seconds since 1970, UTC."""
    after: tuple[float, str] | None = None
    """Those that come after this one, oldest first: when it was enrolled, and its id."""


EVERYTHING: Final = Selection()
NAMED: Final = Selection(named=True)
_AGE: Final = re.compile(r"(\d{1,9})([wdhms])")
_UNITS: Final = {"w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}


def seconds(age: str) -> float:
    """Return how long an age is, in seconds. Raises BadOption for what is none.

    >>> seconds("1095d"), seconds("12h")
    (94608000.0, 43200.0)
    """
    said = _AGE.fullmatch(age.strip())
    if said is None:
        raise BadOption(f"Expected an age such as 1095d, 2w, 12h, 30m or 45s, got {age[:80]!r}.")
    return int(said[1]) * _UNITS[said[2]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A face that a search found, and how near it is."""

    face: EnrolledFace
    cosine: float
    """Of the embeddings: 1 for the same picture, about 0 for strangers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person known to a collection."""

    name: str
    faces: int
    """0 for one who was introduced by name alone."""
    added: float
    """When the first of them was enrolled, or it was introduced: seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A set of subjects and faces whose embeddings come from one network."""

    name: str
    model: str
    """The fingerprint of that network, and of all that decides what it says."""
    faces: int
    version: int
    """Grows with every change, whoever makes it, and begins anew with a collection that is made
    anew: `VectorStore.revision` tells those apart."""
    sealed: str = ""
    """Which key embeddings and crops are encrypted with, by its name; empty where they are not."""
    unfinished: bool = False
    """Whether a process ended before it had removed old files: whoever writes next does that."""
