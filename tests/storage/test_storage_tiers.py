from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from foveate.storage.disk import DiskCache
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_what_memory_forgot_is_brought_back_from_disk() -> None:
    memory, disk = MemoryCache(1000), MemoryCache(100_000)
    cache = TieredCache(memory, disk)
    cache.put("a", bytes(600))
    cache.put("b", bytes(601))
    assert memory.get("a") is None
    assert await cache.get("a") == bytes(600)
    assert memory.get("a") == bytes(600)


def test_a_worker_thread_may_wait_for_the_disk_itself() -> None:
    memory = MemoryCache(1000)
    cache = TieredCache(memory, MemoryCache(100_000))
    cache.disk.put("a", bytes(600))
    assert cache.get_blocking("a") == bytes(600)
    assert memory.get("a") == bytes(600)


async def test_a_miss_is_a_miss_in_both() -> None:
    cache = TieredCache(MemoryCache(1000), MemoryCache(1000))
    assert await cache.get("a") is None
    assert cache.get_blocking("a") is None


async def test_what_is_too_large_for_memory_is_still_on_disk() -> None:
    cache = TieredCache(MemoryCache(10), MemoryCache(10_000))
    cache.put("a", bytes(600))
    assert await cache.get("a") == bytes(600)


async def test_an_event_loop_reads_and_hashes_nothing_of_a_disk(tmp_path: Path) -> None:
    readers: list[threading.Thread] = []

    class Watched(DiskCache):
        def get(self, key: str) -> bytes | None:
            readers.append(threading.current_thread())
            return super().get(key)

    cache = TieredCache(MemoryCache(10), Watched(tmp_path, 1_000_000))
    cache.put("a" * 64, bytes(600))
    assert await cache.get("a" * 64) == bytes(600)
    assert readers
    assert threading.current_thread() not in readers
