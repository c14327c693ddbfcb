"""Things and their numbers in English, for the words of our tables and for COCO's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.vision.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS: Final = (
    "no",
    "a",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
_PLURALS: Final[Mapping[str, str]] = {
    "bird of prey": "birds of prey",
    "bison": "bison",
    "buffalo": "buffaloes",
    "chest of drawers": "chests of drawers",
    "goose": "geese",
    "grouse": "grouse",
    "knife": "knives",
    "meatloaf": "meatloaves",
    "loaf": "loaves",
    "mouse": "mice",
    "ox": "oxen",
    "person": "people",
    "salmon": "salmon",
    "scarf": "scarves",
    "sheep": "sheep",
    "volcano": "volcanoes",
    "wolf": "wolves",
    "woodlouse": "woodlice",
}
"""Of a word, or of the last one of several."""
_SAME: Final = "fish"
"""Words that end so are their own plurals."""
_PAIRS: Final = frozenset(
    {
        *("binoculars", "clogs", "jeans", "pajamas", "scissors", "skis", "sunglasses"),
        *("swim trunks", "trousers"),
    }
)
_SEVERAL: Final = frozenset(
    {
        *("cosmetics", "gymnastics", "indoors", "maracas", "mashed potatoes", "outdoors"),
        *("pan pipes", "parallel bars", "scales", "sweets"),
    }
)
_HISSING: Final = ("s", "x", "z", "ch", "sh")
_VOWELS: Final = tuple("aeiou")
_AS_IF_YOU: Final = ("uni", "use", "euro")
"""Written with a vowel and said with none."""
_SILENT: Final = ("hour",)


def number_of(word: str, count: int) -> str:
    """Return so many of a thing in English.

    >>> number_of("person", 2), number_of("umbrella", 1), number_of("bus", 12)
    ('two people', 'an umbrella', '12 buses')
    >>> number_of("coffee", 1), number_of("unicycle", 1)
    ('coffee', 'a unicycle')
    >>> number_of("scissors", 1), number_of("scissors", 2)
    ('scissors', 'two pairs of scissors')
    """
    known = vocabulary().words.get(word)
    if known is not None and not known.counted:
        return word
    if count == 1:
        return word if is_plural(word) else f"{article(word)} {word}"
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number} pairs of {word}" if word in _PAIRS else f"{number} {plural(word)}"


def is_plural(word: str) -> bool:
    """Return whether a word has no singular that anybody uses: trousers."""
    return word in _PAIRS or word in _SEVERAL


def article(word: str) -> str:
    """Return `a` or `an`."""
    low = word.lower()
    vowel = low.startswith((*_VOWELS, *_SILENT)) and not low.startswith(_AS_IF_YOU)
    return "an" if vowel else "a"


def plural(word: str) -> str:
    """Return the plural of an English noun of our vocabularies.

    >>> [plural(word) for word in ("dog", "sandwich", "teddy bear", "butterfly", "wine glass")]
    ['dogs', 'sandwiches', 'teddy bears', 'butterflies', 'wine glasses']
    >>> [plural(word) for word in ("grey wolf", "goldfish", "trousers", "bird of prey")]
    ['grey wolves', 'goldfish', 'trousers', 'birds of prey']
    """
    before, space, last = word.rpartition(" ")
    if is_plural(word) or last.endswith(_SAME):
        return word
    if word in _PLURALS:
        return _PLURALS[word]
    return f"{before}{space}{_PLURALS[last]}" if last in _PLURALS else regular_plural(word)


def regular_plural(word: str) -> str:
    """Return what would be the plural by the rules alone.

    >>> regular_plural("fish"), regular_plural("scarf"), regular_plural("pony")
    ('fishes', 'scarfs', 'ponies')
    """
    if word.endswith(_HISSING):
        return f"{word}es"
    if word.endswith("y") and not word[:-1].endswith(_VOWELS):
        return f"{word[:-1]}ies"
    return f"{word}s"
