"""Sources that were read for the sake of later requests, until one of these takes them."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.storage.source import Source

MAX_SOURCES: Final = 64
MAX_BYTES: Final = 32 * 1024 * 1024
"""Of all of them together; the oldest go first."""
AT_ONCE_S: Final = 2.0
"""Whoever comes by then has asked while it was read, or could have."""


class Handed:
    """A few sources by key, each for one who reads it, within one event loop."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sources: OrderedDict[str, tuple[Source, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sources)

    def put(self, key: str, source: Source) -> None:
        """Keep it for who reads `key` next, as long as there is room."""
        self._sources.pop(key, None)
        self._sources[key] = source, self._clock()
        while len(self) > MAX_SOURCES or self._size() > MAX_BYTES:
            self._sources.popitem(last=False)

    def take(self, key: str, version: str, *, holds: bool) -> Source | None:
        """Return it, once, if it is of that version; long after it came only where that `holds`."""
        source, came = self._sources.pop(key, (None, 0.0))
        if source is None or source.version != version:
            return None
        return source if holds or self._clock() < came + AT_ONCE_S else None

    def _size(self) -> int:
        return sum(len(source.data) for source, _ in self._sources.values())
