"""What is said where, as one file that a page can search by itself.

For each place its title and how its text begins; for each word the places that have it, with how
much it counts there. `studio/docs/search.js` reads it, and cuts words in the same way.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.server.docs.markdown import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.server.docs.markdown import Document, Section

LEAD: Final = 14
"""Characters of a text that are told with its title."""
WORD: Final = re.compile(r"[^\W_]+")
HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
ENDINGS: Final = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|s)$")
DOUBLED: Final = re.compile(r"([bdgmnpt])\1$")
OF_PAGE, OF_HEADING, OF_ROW, MOST_OF_TEXT = 24, 14, 14, 2
COMMON: Final = frozenset({
    "all", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does",
    "for", "from", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "more",
    "no", "not", "of", "on", "one", "only", "or", "other", "out", "so", "such", "than", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "too",
    "two", "was", "what", "when", "where", "which", "who", "with", "without", "you", "your",
})  # fmt: skip
"""Words that tell no place from another."""
MOST_PLACES: Final = 112
"""A word of more places tells none of them from another, but where it is in the title."""
OF_CODES: Final = (3, 4)
"""Digits of statuses and codes."""
LONGEST: Final = 32
"""Letters; longer ones are digests."""
HEADINGS_ALONE: Final = ("docs/project/", "docs/design/")
"""Of pages that tell what was, and how a part is built, only the headings are looked through."""


def index(documents: Iterable[Document]) -> bytes:
    """Return the index of these pages, as JSON."""
    pages: list[Any] = []
    places: list[Section] = []
    for document in documents:
        pages.append([document.address, document.title, len(document.sections)])
        brief = document.address.startswith(HEADINGS_ALONE)
        places += [replace(each, text="") if brief else each for each in document.sections]
    found = _weighed(places)
    told = {
        "pages": pages,
        "places": [_told(place) for place in places],
        "common": sorted({stem(word) for word in COMMON}),
        "words": {word: list(_packed(found[word])) for word in sorted(found)},
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()


def _told(place: Section) -> list[Any]:
    """Return title, beginning, and the anchor where that does not follow from the title."""
    lead = place.text[:LEAD].rpartition(" ")[0] if len(place.text) > LEAD else place.text
    told = [place.title, lead, place.anchor]
    follows = place.anchor == (slug(place.title) if place.level else place.title)
    return told[:2] if follows and place.level else told


def _weighed(places: list[Section]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for number, place in enumerate(places):
        counted = Counter(words(place.text))
        weights = {word: min(times, MOST_OF_TEXT) for word, times in counted.items()}
        title = set(words(place.title))
        for word in title:
            weights[word] = weights.get(word, 0) + _of_title(place, len(title))
        for word, weight in weights.items():
            found[word][number] = weight
    return {word: _telling(where) for word, where in found.items()}


def _telling(where: dict[int, int]) -> dict[int, int]:
    """Return the places to which a word leads: of one that stands nearly everywhere the titles."""
    if len(where) <= MOST_PLACES:
        return where
    titles = {number: weight for number, weight in where.items() if weight > MOST_OF_TEXT}
    return titles or where


def _of_title(place: Section, length: int) -> int:
    """Return what a word of a title counts: the more, the fewer others stand beside it."""
    whole = OF_PAGE if place.level == 1 else OF_HEADING if place.level else OF_ROW
    return round(whole * (length + 1) / (2 * length))


def _packed(where: dict[int, int]) -> Iterator[int]:
    """Yield for each place how far it is behind the one before, and what the word counts there.

    As one number each: most places are near, and most words stand there once.
    """
    before = 0
    for number, weight in where.items():
        yield (number - before) * 32 + min(weight, 31)
        before = number


def words(text: str) -> Iterator[str]:
    """Yield the words of a text, without what makes them other forms of the same.

    >>> list(words("Cropping FOVEATE_X of SourceTooLarge, sizes: 3"))
    ['crop', 'foveat', 'sourcetoolarg', 'sourc', 'larg', 'siz']
    """
    for found in WORD.findall(text):
        humps = HUMP.split(found)
        for each in (found, *humps) if len(humps) > 1 else (found,):
            if _tells(each.lower()):
                yield stem(each.lower())


def _tells(word: str) -> bool:
    """Return whether anybody looks for it: of numbers, for those of errors."""
    length = len(word) in OF_CODES if word.isdigit() else 1 < len(word) <= LONGEST
    return length and not word.startswith("0") and word not in COMMON


def stem(word: str) -> str:
    """Return a word without its ending: enough for English that is searched by its beginnings.

    >>> [stem(word) for word in ("cropped", "crops", "caching", "cache", "glass")]
    ['crop', 'crop', 'cach', 'cach', 'glass']
    """
    if word.endswith("ss"):
        return word
    bare = ENDINGS.sub("", word)
    return DOUBLED.sub(r"\1", bare) if bare != word else word
