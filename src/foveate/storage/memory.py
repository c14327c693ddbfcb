"""A cache in memory, bounded by bytes."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from foveate.values import Purged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.values import Blob

V = TypeVar("V")
OVERHEAD: Final = 256
"""What an entry costs besides its key and its value: two objects, a dict slot, a link."""


def is_of(key: str, groups: set[str]) -> bool:
    """Return whether a key begins with GROUP/, for one of these groups."""
    group, grouped, _ = key.partition("/")
    return bool(grouped) and group in groups


class MemoryCache(Generic[V]):
    """Keeps what was used last, in at most `max_bytes` with keys and bookkeeping counted.

    Values may be anything of which `size_of` tells the bytes, such as `len` of bytes; the size
    is asked once, when a value comes.
    """

    def __init__(
        self,
        max_bytes: int,
        size_of: Callable[[V], int] = len,  # type: ignore[assignment] # of bytes, as most are
    ) -> None:
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._used = 0
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    @property
    def used_bytes(self) -> int:
        """Return what the entries take now, at most `max_bytes`."""
        return self._used

    def get(self, key: str) -> V | None:
        """Return what was put there, or None. Never waits for anything."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def holds(self, key: str) -> bool:
        """Return whether there is anything under that key."""
        return key in self._entries

    def peek(self: MemoryCache[bytes], key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first `size` bytes of what was put there, and its whole length, or None."""
        value = self.get(key)
        return (value[:size], len(value)) if value is not None else None

    def put(self, key: str, value: V) -> bool:
        """Keep it and let go of what was not used for longest.

        Return whether it is kept: too large a value is not.
        """
        cost = OVERHEAD + len(key) + self._size_of(value)
        with self._lock:
            self._drop(key)
            if cost > self._max_bytes:
                return False
            while self._used + cost > self._max_bytes:
                self._drop(next(iter(self._entries)))
            self._entries[key] = (value, cost)
            self._used += cost
        return True

    @contextmanager
    def claimed(self, key: str) -> Iterator[bool]:  # noqa: ARG002 - as of a disk
        """Yield that nobody else has claimed that key: nobody else has this memory."""
        yield True

    def forget(self, key: str) -> None:
        """Let go of what is under that key."""
        with self._lock:
            self._drop(key)

    def forget_all(self, groups: set[str]) -> None:
        """Let go of what is under all keys that begin with GROUP/."""
        with self._lock:
            keys = list(self._entries)
        gone = [key for key in keys if is_of(key, groups)]
        with self._lock:
            for key in gone:
                self._drop(key)

    def purge(self: MemoryCache[Blob], meant: Callable[[bytes], bool], size: int) -> Purged:
        """Let go of what is meant by its first `size` bytes, and return how much that was."""
        with self._lock:
            entries = list(self._entries.items())
        gone = {key: cost for key, (value, cost) in entries if meant(bytes(value[:size]))}
        with self._lock:
            for key in gone:
                self._drop(key)
        return Purged(len(gone), sum(gone.values()))

    def _drop(self, key: str) -> None:
        _, cost = self._entries.pop(key, (None, 0))
        self._used -= cost
