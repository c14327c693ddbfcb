"""Classes of things as other services write them: `cellphone`, `tv_monitor`, `dining-table`."""

from __future__ import annotations

from typing import Final

from foveate.classes import ANY, CLASSES
from foveate.options.classes import OTHERWISE, word_of

_APART: Final = str.maketrans("", "", " _-")
_OTHERS: Final = {"aeroplane": "airplane", "tvmonitor": "tv"}
"""What PASCAL VOC called what COCO has, too, beside everyday words."""
_KNOWN: Final = {
    word.translate(_APART): name
    for word, name in [*OTHERWISE.items(), *_OTHERS.items(), *((each, each) for each in CLASSES)]
}


def known_class(word: str) -> str | None:
    """Return how we write the class that a word names, however it parts words; or None.

    >>> known_class("TV_monitor"), known_class("cellphone"), known_class("unicorn")
    ('tv', 'cell-phone', None)
    >>> known_class("Sofa"), known_class("mobile_phone")
    ('couch', 'cell-phone')
    """
    name = _KNOWN.get(word.lower().translate(_APART))
    return word_of(name) if name else None


def known_or_any(word: str) -> str | None:
    """Return the same, and our word for all classes where theirs is `all`."""
    return ANY if word.lower() == "all" else known_class(word)
