"""A cache in memory, bounded by bytes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

OVERHEAD: Final = 256
"""What an entry costs besides its key and its value: two objects, a dict slot, a link."""


class MemoryCache:
    """Keeps what was used last, in at most `max_bytes` with keys and bookkeeping counted."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._used = 0
        self._entries: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    @property
    def used_bytes(self) -> int:
        """Return what the entries take now, at most `max_bytes`."""
        return self._used

    def get(self, key: str) -> bytes | None:
        """Return what was put there, or None."""
        with self._lock:
            value = self._entries.get(key)
            if value is not None:
                self._entries.move_to_end(key)
            return value

    def put(self, key: str, value: bytes) -> None:
        """Keep it and let go of what was not used for longest. Too large a value is not kept."""
        cost = _cost(key, value)
        with self._lock:
            self._drop(key)
            if cost > self._max_bytes:
                return
            while self._used + cost > self._max_bytes:
                self._drop(next(iter(self._entries)))
            self._entries[key] = value
            self._used += cost

    def _drop(self, key: str) -> None:
        value = self._entries.pop(key, None)
        if value is not None:
            self._used -= _cost(key, value)


def _cost(key: str, value: bytes) -> int:
    return OVERHEAD + len(key) + len(value)
