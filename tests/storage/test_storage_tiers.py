from __future__ import annotations

from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache


def test_what_memory_forgot_is_brought_back_from_disk() -> None:
    memory, disk = MemoryCache(1000), MemoryCache(100_000)
    cache = TieredCache(memory, disk)
    cache.put("a", bytes(600))
    cache.put("b", bytes(601))
    assert memory.get("a") is None
    assert cache.get("a") == bytes(600)
    assert memory.get("a") == bytes(600)


def test_a_miss_is_a_miss_in_both() -> None:
    assert TieredCache(MemoryCache(1000), MemoryCache(1000)).get("a") is None


def test_what_is_too_large_for_memory_is_still_on_disk() -> None:
    cache = TieredCache(MemoryCache(10), MemoryCache(10_000))
    cache.put("a", bytes(600))
    assert cache.get("a") == bytes(600)
