"""Classes of things in options: `dog`, `dining-table`, `dog:2|person`.

A hyphen stands for the space in a name, and either case will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.classes import ANY, CLASSES, Wanted
from foveate.configuration.nearest import hint, meant, nearest
from foveate.options.values import expected, number, shown, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

OBJECT: Final = "object"
"""The word before classes."""
SEPARATOR: Final = "|"
_KNOWN: Final = frozenset({*CLASSES, ANY})
_WORDS: Final = tuple(name.replace(" ", "-") for name in (*CLASSES, ANY))
_WEIGHT: Final = number(0, 1000)
_MOST: Final = 200
"""Entries in one option; there are 80 classes."""


def label(text: str) -> str:
    """Return the class of that name, or `any`. Raises ValueError, which names one that is near.

    >>> label("Dining-Table")
    'dining table'
    """
    name = " ".join(text.lower().replace("-", " ").split())
    if name not in _KNOWN:
        what = "a class of COCO such as dog, person or dining-table"
        near = meant(name.replace(" ", "-"), _beginning_as(name))
        raise ValueError(f"expected {what}, got {shown(text.strip())}{near}")
    return name


def word_meant(text: str, words: Iterable[str]) -> str:
    """Return what to add to a word that there is not: one of `words`, or `object:` and a class.

    >>> word_meant("cat", ["face", "auto"]), word_meant("Fae", ["face", "auto"])
    (' (did you mean object:cat?)', ' (did you mean face?)')
    """
    own = tuple(words)
    name = "-".join(text.lower().split())
    near = nearest(name, (*own, *_beginning_as(name)))
    if near is None:
        return ""
    return hint(near if near in own else f"{OBJECT}:{near}")


def _beginning_as(name: str) -> tuple[str, ...]:
    """Return the classes that a word may be meant for, in their spelling in options."""
    # Nobody misses the first letter; or `people` would be taken for `apple`.
    return tuple(word for word in _WORDS if word[0] == name[:1])


def word_of(name: str) -> str:
    """Return how a class is written in an option."""
    return name.replace(" ", "-")


def labels(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the classes of those names, each once and in one order; any is all of them."""
    named = {label(text) for text in texts}
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
    if word.strip().lower() != OBJECT or len(entries) > _MOST:
        raise expected("object or object:CLASS:WEIGHT|...", text)
    named = tuple(sorted(dict(map(_weighted, entries)).items()))
    pairs = tuple(Wanted(*pair) for pair in named)
    return () if pairs == (Wanted(ANY),) else pairs


def _weighted(entry: str) -> tuple[str, float]:
    name, colon, weight = entry.partition(":")
    return label(name), _WEIGHT(weight.strip()) if colon else 1.0


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
