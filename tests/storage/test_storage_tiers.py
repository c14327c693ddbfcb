from __future__ import annotations

import asyncio
import threading
import weakref
from typing import TYPE_CHECKING, NoReturn

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


async def test_what_memory_has_no_room_for_is_there_once_for_all_who_look_at_it(
    tmp_path: Path,
) -> None:
    disk = DiskCache(tmp_path, 10_000_000)
    cache = TieredCache(MemoryCache(10), disk)
    value = bytes(range(256)) * 8192
    cache.put("a" * 64, value)
    first, second = await cache.get("a" * 64), await cache.get("a" * 64)
    assert first is second is not None
    part = memoryview(first)[100:]
    del first, second
    third = await cache.get("a" * 64)
    assert third is part.obj
    assert part == value[100:]
    assert cache.get_blocking("a" * 64) == value
    gone = weakref.ref(third)
    del part, third
    async with asyncio.timeout(10):
        while gone() is not None:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("memory_bytes", [0, 100_000])
async def test_the_beginning_of_a_value_is_told_without_reading_the_rest(
    memory_bytes: int, tmp_path: Path
) -> None:
    class Peeked(DiskCache):
        def get(self, key: str) -> bytes | None:
            raise AssertionError(f"the whole value of {key} was read")

    cache = TieredCache(MemoryCache(memory_bytes), Peeked(tmp_path, 1_000_000))
    cache.put("a" * 64, b"about" + bytes(50_000))
    assert await cache.peek("a" * 64, 5) == (b"about", 50_005)
    assert await cache.peek("b" * 64, 5) is None


def test_what_is_under_the_keys_of_a_group_goes_from_both_and_nothing_else(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "disk"
    cache = TieredCache(MemoryCache(100_000), DiskCache(folder, 1 << 30))
    keys = ["ann/faces/1/", "ann/matte/1/level=2", "ann/faces/older/", "anna/faces/1/", "ann", "b"]
    for key in keys:
        cache.put(key, key.encode())
    cache.put("ann/big", bytes(2_000_000))  # has no room in memory, and is looked at
    looked_at = cache.get_blocking("ann/big")
    cache.forget_all({"ann", "nobody"})
    again = TieredCache(MemoryCache(100_000), DiskCache(folder, 1 << 30))
    for each in (cache, again):
        assert [key for key in [*keys, "ann/big"] if each.get_blocking(key)] == keys[3:]
    assert looked_at == bytes(2_000_000)


def test_what_is_meant_is_purged_from_disk_and_memory(tmp_path: Path) -> None:
    cache = TieredCache(MemoryCache(10_000), DiskCache(tmp_path, 1_000_000))
    cache.put("one", b"cat one")
    cache.put("two", b"dog two")
    done = cache.purge(lambda beginning: beginning == b"cat", 3)
    assert (done.renditions, done.bytes) == (1, 4096)
    assert cache.get_blocking("one") is None
    assert cache.get_blocking("two") == b"dog two"
    assert TieredCache(MemoryCache(0), DiskCache(tmp_path, 1_000_000)).get_blocking("one") is None


def test_what_is_meant_leaves_memory_also_where_the_disk_does_not_let_it_go(tmp_path: Path) -> None:
    class Held(DiskCache):
        def purge(self, *_: object) -> NoReturn:
            raise OSError("read-only")

    cache = TieredCache(MemoryCache(10_000), Held(tmp_path, 1_000_000))
    cache.put("one", b"cat one")
    with pytest.raises(OSError, match="read-only"):
        cache.purge(lambda beginning: beginning == b"cat", 3)
    assert cache.memory.get("one") is None


@pytest.mark.parametrize("how", ["purge", "forget_all"])
async def test_what_is_read_from_disk_while_it_is_deleted_does_not_come_back(
    tmp_path: Path, how: str
) -> None:
    class Deleted(DiskCache):
        def get(self, key: str) -> bytes | None:
            value = super().get(key)
            if how == "purge":
                cache.purge(lambda _: True, 8)
            else:
                cache.forget_all({"a"})
            return value

    cache = TieredCache(MemoryCache(100_000), Deleted(tmp_path, 1_000_000))
    cache.disk.put("a/" + "b" * 64, b"before")
    assert await cache.get("a/" + "b" * 64) == b"before"
    assert cache.memory.get("a/" + "b" * 64) is None
    assert await cache.get("a/" + "b" * 64) is None
