"""Ids and names that blocks get: those of the file where they may be, else what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from foveate.design.nodes.ids import free

_WRONG: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_MOST_ID: Final = 56
"""So that a number fits behind it."""
MOST_NAME: Final = 200
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def plain(text: str, most: int = MOST_NAME) -> str:
    """Return a text as one line without what XML cannot hold."""
    return " ".join(_CONTROL.sub(" ", text).split())[:most]


@dataclass(slots=True)
class Names:
    """Ids that are taken."""

    taken: set[str] = field(default_factory=set)

    def give(self, *wanted: str) -> str:
        """Return an id by the first of these that one can be made of.

        >>> names = Names()
        >>> names.give("1:2", "rect"), names.give("", "rect"), names.give("Logo / big", "group")
        ('rect', 'rect-2', 'Logo-big')
        """
        ids = (_WRONG.sub("-", each).strip("-.")[:_MOST_ID] for each in wanted)
        found = next(each for each in ids if each[:1].isalpha() or each[:1] == "_")
        made = free(found, self.taken)
        self.taken.add(made)
        return made
