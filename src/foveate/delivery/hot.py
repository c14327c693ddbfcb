"""Which renditions are asked for again and again: a bounded table, of one event loop."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.delivery.ask import Ask

WITHIN_S: Final = 3600.0
MOST: Final = 1000
"""Renditions of which requests are counted: those that were asked for last."""
MOST_TRIES: Final = 3
"""What was interrupted so often is left until it is hot once more."""


@dataclass(slots=True)
class _Seen:
    ask: Ask
    since: float
    hits: int = 0
    tries: int = 0
    """How often it was interrupted since it became due."""


class Hot:
    """Counts requests that a cache answered, and says what of it was asked for often."""

    def __init__(self, hits: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Count until there are so many within an hour; 0 counts nothing."""
        self._hits = hits
        self._clock = clock
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._due: OrderedDict[str, Ask] = OrderedDict()
        self.found = asyncio.Event()
        """Set while something is due."""

    def __len__(self) -> int:
        return len(self._due)

    def kept(self, key: str, ask: Ask) -> None:
        """Count from now on how often what is kept under that key is asked for."""
        if not self._hits or key in self._seen or not may_be_made_anew(ask):
            return
        if len(self._seen) >= MOST:
            self._seen.popitem(last=False)
        self._seen[key] = _Seen(ask, self._clock())

    def asked(self, key: str) -> None:
        """Count that it was asked for once more."""
        seen = self._seen.get(key)
        if seen is None:
            return
        self._seen.move_to_end(key)
        now = self._clock()
        if now - seen.since > WITHIN_S:
            seen.since, seen.hits = now, 0
        seen.hits += 1
        if seen.hits == self._hits:
            seen.tries = 0
            self._put(key, seen.ask)

    def take(self) -> tuple[str, Ask]:
        """Return what is due for longest, which is no longer."""
        found = self._due.popitem(last=False)
        if not self._due:
            self.found.clear()
        return found

    def interrupted(self, key: str) -> None:
        """Let it be due again, or count anew where that was tried often enough."""
        seen = self._seen.get(key)
        if seen is None:
            return
        seen.tries += 1
        if seen.tries < MOST_TRIES:
            self._put(key, seen.ask)
        else:
            seen.since, seen.hits = self._clock(), 0

    def _put(self, key: str, ask: Ask) -> None:
        """Let it be due; what is so for longest makes room."""
        if len(self._due) >= MOST:
            self._due.popitem(last=False)
        self._due[key] = ask
        self.found.set()


def may_be_made_anew(ask: Ask) -> bool:
    """Return whether nobody has to be asked again who they are, or whether they may be shown."""
    return ask.options.moderate is None and not ask.options.subjects()
