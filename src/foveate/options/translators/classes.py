"""Classes of things as other services write them: `cellphone`, `tv_monitor`, `dining-table`."""

from __future__ import annotations

from typing import Final

from foveate.classes import ANY, CLASSES
from foveate.options.classes import word_of

_APART: Final = str.maketrans("", "", " _-")
_OTHERS: Final = {
    "aeroplane": "airplane",
    "motorbike": "motorcycle",
    "sofa": "couch",
    "tvmonitor": "tv",
}
"""What PASCAL VOC called what COCO has, too."""
_KNOWN: Final = {name.translate(_APART): name for name in CLASSES} | _OTHERS


def known_class(word: str) -> str | None:
    """Return how we write the class that a word names, however it parts words; or None.

    >>> known_class("TV_monitor"), known_class("cellphone"), known_class("unicorn")
    ('tv', 'cell-phone', None)
    """
    name = _KNOWN.get(word.lower().translate(_APART))
    return word_of(name) if name else None


def known_or_any(word: str) -> str | None:
    """Return the same, and our word for all classes where theirs is `all`."""
    return ANY if word.lower() == "all" else known_class(word)
