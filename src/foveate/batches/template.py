"""Names of what is written: a template filled in, that never leads out of where it is to go."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.options.values import shown
from foveate.storage.keys import DEVICE, ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN: Final = ("path", "stem", "row", "digest", "ext", "width", "height", "rendition")
"""What every template can say; other words are columns of the list."""
SIDES: Final = ("width", "height")
HIDDEN: Final = ".foveate-batch"
"""The folder in which a batch keeps what is its own."""
TABLES: Final = ("manifest.jsonl", "analysis.jsonl", "analysis.parquet")
"""What a batch writes beside its renditions."""
MOST_BYTES: Final = 255
"""Of a part of a name: what file systems take."""
MOST_OF_ALL: Final = 1024
"""Of a whole name: what S3 takes."""
AWAY: Final = frozenset({"", ".", ".."})
"""What a name has no part of, lest it leads away or is another one's."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What ends lines, or has those who read a name see another one, as U+202E does."""


@dataclass(frozen=True, slots=True)
class Template:
    """How a rendition is named."""

    text: str
    """With the asked width and height, and the number of the rendition, filled in."""
    words: tuple[str, ...]
    """What is left to be filled in."""

    @classmethod
    def read(cls, text: str, options: str, number: int) -> Template:
        """Return the template of the rendition of that number. Raises BadOption."""
        words = _words(text)
        asked = _asked(options)
        for side in SIDES:
            if side in words and side not in asked:
                raise BadOption(
                    f"Expected {side} in the options for {{{side}}} in {shown(text)}, got none."
                )
        known = {**asked, "rendition": str(number)}
        filled = _filled(text, {**{word: f"{{{word}}}" for word in words}, **known})
        return cls(filled, tuple(word for word in words if word not in known))

    def check_place(self) -> None:
        """Raise BadOption where every name would lead away, whatever is filled in."""
        if any(part in AWAY for part in self.text.split("/")):
            raise BadOption(f"Expected a relative name without '..', got {shown(self.text)}.")

    def check_own(self) -> None:
        """Raise BadOption for a word that only a list could fill in."""
        for word in self.words:
            if word not in OWN:
                got = f"{shown(f'{{{word}}}')}{meant(word, OWN)}"
                raise BadOption(f"Expected one of {', '.join(OWN)} in braces, got {got}.")

    def name(self, values: Mapping[str, str]) -> str:
        """Return the name for these values. Raises BadOption where it is none, or leads away."""
        for word in self.words:
            value = values.get(word, "")
            if not (value if word in OWN else value.strip()):  # a file may be called by spaces
                near = "" if word in values else meant(word, sorted({*values, *OWN}))
                wanted = f"Expected a text or a number as the value for {{{word}}}"
                raise BadOption(f"{wanted} in {shown(self.text)}, got none{near}.")
        return checked_name(_filled(self.text, values))


def _words(text: str) -> list[str]:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as why:
        raise BadOption(f"Expected a name such as {{path}}.{{ext}}, got {shown(text)}.") from why
    found = []
    for before, word, form, conversion in parsed:
        if "{" in before or "}" in before:
            raise BadOption(f"Expected braces around words alone, got {shown(text)}.")
        if word is None:
            continue
        if not re.fullmatch(r"\w[\w -]*", word) or form or conversion:
            got = shown(f"{{{word}}}")
            raise BadOption(f"Expected one of {', '.join(OWN)} or a column in braces, got {got}.")
        found.append(word)
    return found


def _filled(text: str, values: Mapping[str, str]) -> str:
    # Not str.format: a value is a text and nothing else, whatever is in it.
    parts = Formatter().parse(text)
    return "".join(before + ("" if word is None else values[word]) for before, word, *_ in parts)


def _asked(options: str) -> dict[str, str]:
    """Return the width and height that a text of options asks for, as far as they are numbers."""
    pairs = (item.partition("=")[::2] for item in options.lower().split(","))
    long = {"w": "width", "h": "height"}
    sides = {long.get(name.strip(), name.strip()): value.strip() for name, value in pairs}
    return {side: sides[side] for side in SIDES if sides.get(side, "").isdigit()}


def checked_name(name: str) -> str:
    """Return a relative name that stays where it is put. Raises BadOption.

    >>> checked_name("a/b.jpg")
    'a/b.jpg'
    """
    parts = name.split("/")
    if any(part in AWAY for part in parts) or _elsewhere(parts):
        raise BadOption(f"Expected a relative name without '..', got {shown(name)}.")
    if _CONTROL.search(name):
        raise BadOption(f"Expected a name without control characters, got {shown(name)}.")
    if any(map(DEVICE.search, parts)):
        raise BadOption(f"Expected a name that every system can have, got {shown(name)}.")
    if claim_of(parts[0]) in (HIDDEN, *TABLES):
        raise BadOption(f"Expected another name than those that a batch needs, got {shown(name)}.")
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        raise BadOption(f"Expected a name in UTF-8, got {shown(name)}.") from None
    if max(sizes) > MOST_BYTES or sum(sizes) + len(sizes) > MOST_OF_ALL:
        most = f"{MOST_BYTES} bytes in each part and {MOST_OF_ALL} in all"
        raise BadOption(f"Expected a name of at most {most}, got {shown(name)}.")
    return name


def _elsewhere(parts: Sequence[str]) -> bool:
    return sys.platform == "win32" and any(ELSEWHERE.search(part) for part in parts)


def folders_of(name: str) -> list[str]:
    """Return the folders that a name is in, the outermost first.

    >>> folders_of("a/b/c.jpg"), folders_of("c.jpg")
    (['a', 'a/b'], [])
    """
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def claim_of(name: str) -> str:
    """Return what two names have in common that some disk cannot tell apart.

    >>> claim_of("Photo.JPG") == claim_of("photo.jpg")
    True
    """
    return unicodedata.normalize("NFC", name).casefold()
