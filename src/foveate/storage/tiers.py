"""Memory in front of disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.ports import Cache


@dataclass(frozen=True, slots=True)
class TieredCache:
    """Two caches as one: what is found in the slow one is brought to the fast one."""

    memory: Cache
    disk: Cache

    def get(self, key: str) -> bytes | None:
        """Return what was put there, or None. Touches the disk only when memory has forgotten."""
        value = self.memory.get(key)
        if value is None:
            value = self.disk.get(key)
            if value is not None:
                self.memory.put(key, value)
        return value

    def put(self, key: str, value: bytes) -> None:
        """Keep it in both."""
        self.memory.put(key, value)
        self.disk.put(key, value)
