"""Memory in front of disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from foveate.storage.memory import MemoryCache


class BlockingCache(Protocol):
    """A cache that waits for a disk."""

    def get(self, key: str) -> bytes | None:
        """Return what was put there, whole, or None."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep it, if there is room for it."""
        ...


@dataclass(frozen=True, slots=True)
class TieredCache:
    """Two caches as one: what is found in the slow one is brought to the fast one."""

    memory: MemoryCache[bytes]
    disk: BlockingCache

    async def get(self, key: str) -> bytes | None:
        """Return what was put there, or None. A disk is read, and its bytes hashed, in a thread."""
        value = self.memory.get(key)
        return value if value is not None else await asyncio.to_thread(self._from_disk, key)

    def get_blocking(self, key: str) -> bytes | None:
        """Return the same in this thread. Touches the disk only when memory has forgotten."""
        value = self.memory.get(key)
        return value if value is not None else self._from_disk(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep it in both. Writes to the disk in this thread."""
        self.memory.put(key, value)
        self.disk.put(key, value)

    def _from_disk(self, key: str) -> bytes | None:
        value = self.disk.get(key)
        if value is None:
            return self.memory.get(key)  # somebody may have put it there in the meantime
        self.memory.put(key, value)
        return value
