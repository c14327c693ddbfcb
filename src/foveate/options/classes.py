"""Classes of things in options: `dog`, `dining-table`, `dog:2|person`.

A hyphen stands for the space in a name, and either case will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.classes import ANY, CLASSES, PERSON, Wanted
from foveate.configuration.nearest import hint, nearest
from foveate.options.values import expected, number, shown, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OBJECT: Final = "object"
"""The word before classes."""
BEFORE: Final = f"{OBJECT}:"
SEPARATOR: Final = "|"
_KNOWN: Final = frozenset({*CLASSES, ANY})
_WORDS: Final = tuple(name.replace(" ", "-") for name in (*CLASSES, ANY))
_WEIGHT: Final = number(0, 1000)
MOST: Final = 200
"""Entries in one option; there are 80 classes."""
OTHERWISE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("people", "human", "man", "woman", "child", "boy", "girl", "baby"), PERSON),
    **dict.fromkeys(("men", "women", "children", "kid", "kids", "somebody"), PERSON),
    **dict.fromkeys(("bike", "bikes"), "bicycle"),
    **dict.fromkeys(("motorbike", "scooter", "moped"), "motorcycle"),
    **dict.fromkeys(("plane", "jet", "aircraft"), "airplane"),
    **dict.fromkeys(("lorry", "van"), "truck"),
    **dict.fromkeys(("ship", "yacht", "canoe"), "boat"),
    **dict.fromkeys(("puppy", "puppies"), "dog"),
    "kitten": "cat",
    "pony": "horse",
    "lamb": "sheep",
    **dict.fromkeys(("cattle", "bull"), "cow"),
    "rucksack": "backpack",
    **dict.fromkeys(("bag", "purse"), "handbag"),
    "luggage": "suitcase",
    "ball": "sports-ball",
    "hydrant": "fire-hydrant",
    "glass": "wine-glass",
    "mug": "cup",
    "doughnut": "donut",
    **dict.fromkeys(("sofa", "sofas"), "couch"),
    "table": "dining-table",
    "seat": "chair",
    **dict.fromkeys(("plant", "plants"), "potted-plant"),
    **dict.fromkeys(("television", "monitor", "screen"), "tv"),
    "computer": "laptop",
    **dict.fromkeys(("phone", "telephone", "smartphone", "mobile"), "cell-phone"),
    "stove": "oven",
    "fridge": "refrigerator",
    "mobile-phone": "cell-phone",
    "teddy": "teddy-bear",
}
"""What people say for a class whose name is not like it, with the class as options write it."""


def label(text: str, before: str = "") -> str:
    """Return the class of that name, or `any`. Raises ValueError, which names one that is near.

    `before` is what the option has before a class, such as `object:`.

    >>> label("Dining-Table")
    'dining table'
    """
    name = " ".join(text.lower().replace("-", " ").split())
    if name not in _KNOWN:
        what = "a class of COCO such as dog, person or dining-table"
        near = _near(name.replace(" ", "-"))
        proposal = hint(before + near) if near else ""
        raise ValueError(f"expected {what}, got {shown(text.strip())}{proposal}")
    return name


def word_meant(text: str, words: Iterable[str]) -> str:
    """Return what to add to a word that there is not: one of `words`, or `object:` and a class.

    >>> word_meant("cat", ["face", "auto"]), word_meant("Fae", ["face", "auto"])
    (' (did you mean object:cat?)', ' (did you mean face?)')
    """
    own = tuple(words)
    name = "-".join(text.lower().split())
    near = _near(name, own)
    if near is None:
        return ""
    return hint(near if near in own else f"{BEFORE}{near}")


def _near(name: str, words: Iterable[str] = ()) -> str | None:
    """Return the class, in its spelling in options, or the one of `words`, that is meant."""
    # Nobody misses the first letter; or `people` would be taken for `apple`.
    beginning = (word for word in _WORDS if word[0] == name[:1])
    return OTHERWISE.get(name) or nearest(name, (*words, *beginning))


def word_of(name: str) -> str:
    """Return how a class is written in an option."""
    return name.replace(" ", "-")


def labels(texts: Iterable[str], before: str = "") -> tuple[str, ...]:
    """Return the classes of those names, each once and in one order; any is all of them."""
    named = {label(text, before) for text in texts}
    return (ANY,) if ANY in named else tuple(sorted(named))


def wanted(text: str) -> tuple[Wanted, ...]:
    """Return the classes that `object` or `object:CLASS:WEIGHT|...` names, in one order.

    Nothing stands for any. Of a class that is named twice the later weight counts. Raises
    ValueError.

    >>> wanted("object:dog:2|person")
    (Wanted(label='dog', weight=2.0), Wanted(label='person', weight=1.0))
    """
    word, colon, rest = text.strip().partition(":")
    entries = rest.split(SEPARATOR) if colon else []
    if word.strip().lower() != OBJECT:
        raise expected("object or object:CLASS:WEIGHT|...", text)
    if len(entries) > MOST:
        raise ValueError(f"expected at most {MOST} classes, got {len(entries)}")
    named = tuple(sorted(dict(map(_weighted, entries)).items()))
    pairs = tuple(Wanted(*pair) for pair in named)
    return () if pairs == (Wanted(ANY),) else pairs


def _weighted(entry: str) -> tuple[str, float]:
    name, colon, weight = entry.partition(":")
    return label(name, BEFORE), _WEIGHT(weight.strip()) if colon else 1.0


def wanted_text(named: Iterable[Wanted]) -> str:
    """Return how classes and their weights are written, so that reading it gives them back.

    >>> wanted_text(wanted("object:person|dining-table:0.5"))
    'object:dining-table:0.5|person'
    """
    parts = [_entry(each) for each in named]
    return f"{OBJECT}:{SEPARATOR.join(parts)}" if parts else OBJECT


def _entry(each: Wanted) -> str:
    weight = "" if each.weight == 1 else f":{text_of(each.weight)}"
    return word_of(each.label) + weight
