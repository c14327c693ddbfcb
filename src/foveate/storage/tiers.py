"""Memory in front of disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from mmap import mmap
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from foveate.storage.memory import is_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from foveate.storage.memory import MemoryCache
    from foveate.values import Blob, Purged


class BlockingCache(Protocol):
    """A cache that waits for a disk."""

    def get(self, key: str) -> Blob | None:
        """Return what was put there, whole, or None."""
        ...

    def holds(self, key: str) -> bool:
        """Return whether there is anything under that key."""
        ...

    def peek(self, key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first `size` bytes of what was put there, and its whole length, or None."""
        ...

    def put(self, key: str, value: bytes) -> bool:
        """Keep it, if there is room for it; return whether there was."""
        ...

    def claimed(self, key: str) -> AbstractContextManager[bool]:
        """Yield whether nobody else who shares the disk has claimed that key; till then we have."""
        ...

    def purge(self, meant: Callable[[bytes], bool], size: int) -> Purged:
        """Delete what is meant by its first `size` bytes."""
        ...

    def forget_all(self, groups: set[str]) -> None:
        """Delete what was put under all keys that begin with GROUP/."""
        ...


@dataclass(slots=True)
class TieredCache:
    """Two caches as one: what is found in the slow one is brought to the fast one.

    What the fast one has no room for is in memory once, for as long as anybody looks at it.
    """

    memory: MemoryCache[Blob]
    disk: BlockingCache
    _looked_at: WeakValueDictionary[str, mmap] = field(
        default_factory=WeakValueDictionary, repr=False
    )
    _deletions: int = field(default=0, repr=False)
    """What is read from disk while one more began may be what that deletes."""

    async def get(self, key: str) -> Blob | None:
        """Return what was put there, or None. A disk is read, and its bytes hashed, in a thread."""
        value = self._at_hand(key)
        return value if value is not None else await asyncio.to_thread(self._from_disk, key)

    def holds(self, key: str) -> bool:
        """Return whether something was put there that is likely to be there still, by one stat."""
        return self._at_hand(key) is not None or self.disk.holds(key)

    async def peek(self, key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first `size` bytes of what was put there, and its whole length, or None.

        They were not compared with their checksum, which takes reading all of them.
        """
        value = self._at_hand(key)
        if value is not None:
            return bytes(value[:size]), len(value)
        return await asyncio.to_thread(self.disk.peek, key, size)

    def get_blocking(self, key: str) -> bytes | None:
        """Return the same in this thread. Touches the disk only when memory has forgotten."""
        value = self._at_hand(key)
        value = value if value is not None else self._from_disk(key)
        return value if value is None or isinstance(value, bytes) else bytes(value)

    def on_disk(self, key: str) -> bool:
        """Return whether it lies there, for all who share the disk. Touches the disk."""
        return self.disk.holds(key)

    def reread(self, key: str) -> Blob | None:
        """Return what others may have put on the disk since memory got it. Touches the disk."""
        return self._from_disk(key)

    def claimed(self, key: str) -> AbstractContextManager[bool]:
        """Yield whether nobody else who shares the disk has claimed that key; till then we have."""
        return self.disk.claimed(key)

    def put(self, key: str, value: bytes, *, disk: bool = True) -> bool:
        """Keep it in both, or in memory alone. Writes to the disk in this thread.

        Return whether the disk has it.
        """
        self.memory.put(key, value)
        return disk and self.disk.put(key, value)

    def forget_all(self, groups: set[str]) -> None:
        """Delete what is under keys that begin with GROUP/ in both. Touches the disk.

        Whoever looks at it still may go on.
        """
        self._deletions += 1
        self.memory.forget_all(groups)
        for key in list(self._looked_at):
            if is_of(key, groups):
                self._looked_at.pop(key, None)
        self.disk.forget_all(groups)

    def purge(self, meant: Callable[[bytes], bool], size: int) -> Purged:
        """Delete what is meant by its first `size` bytes, in both; return what was on disk of it.

        Raises OSError where the disk does not let it go.
        """
        self._deletions += 1
        try:
            return self.disk.purge(meant, size)
        finally:
            # Last, for what is found on disk meanwhile comes to memory; whatever the disk says.
            self.memory.purge(meant, size)
            for key, value in list(self._looked_at.items()):
                if meant(bytes(value[:size])):
                    self._looked_at.pop(key, None)

    def _at_hand(self, key: str) -> Blob | None:
        value = self.memory.get(key)
        return value if value is not None else self._looked_at.get(key)

    def _from_disk(self, key: str) -> Blob | None:
        deletions = self._deletions
        value = self.disk.get(key)
        if value is None:
            return self.memory.get(key)  # somebody may have put it there in the meantime
        if self._deletions == deletions:
            self._bring(key, value)
        if self._deletions != deletions:
            # One that began in this very moment may have looked before it lay there.
            self.memory.forget(key)
            self._looked_at.pop(key, None)
        return value

    def _bring(self, key: str, value: Blob) -> None:
        self.memory.put(key, value)
        if isinstance(value, mmap):
            self._looked_at[key] = value
