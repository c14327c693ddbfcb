"""Whether sources are asked for again at once, and finer: what a first decode is worth keeping."""

from __future__ import annotations

import threading
from collections import OrderedDict
from itertools import islice
from typing import Final

REMEMBERED: Final = 4096
"""Sources of which it is known that they were asked for."""
SOON: Final = 3
"""Who comes back comes after so few other sources, while pixels of what was asked for once last."""
ENOUGH: Final = 8
"""New sources from which on anything is expected of the next one."""
LATELY: Final = 64
"""New sources after which what they did counts half."""
MOST: Final = 0.5
"""Part of new sources that come back, from which on the next one is expected to: a finer decode of
a JPEG costs half as much again, and saves a whole one."""
SPARED: Final = 0
"""Stands for a decode that was counted."""


class Demand:
    """Remembers which sources were asked for, for all threads."""

    def __init__(self) -> None:
        self._asked: OrderedDict[int, int] = OrderedDict()
        self._new = self._back = 0.0
        self._lock = threading.Lock()

    @property
    def comes_back(self) -> bool:
        """Return whether a new source is expected to be asked for again at once, and finer."""
        # Read while another thread counts it may be a source behind, which decides nothing.
        return self._new >= ENOUGH and self._back >= MOST * self._new

    def ask(self, name: str, shrink: int, kept: int) -> bool:
        """Note that somebody asks for a source; return whether somebody did before.

        `shrink` is how coarse it may be, and `kept` how coarse it is kept when it is new. Who comes
        back for what is finer than that would be spared a decode.
        """
        known = hash(name)  # names may be long
        with self._lock:
            before = known in self._asked
            if not before:
                self._note_new()
            elif shrink < self._asked[known]:
                self._back += known in islice(reversed(self._asked), SOON)
                kept = SPARED
            else:
                kept = self._asked[known]
            self._asked[known] = kept
            self._asked.move_to_end(known)
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
            return before

    def _note_new(self) -> None:
        self._new += 1
        if self._new >= LATELY:
            self._new, self._back = self._new / 2, self._back / 2
