from __future__ import annotations

import sys
import threading
from array import array

from foveate.storage.memory import OVERHEAD, MemoryCache


def room_for(entries: int, value: int) -> int:
    return entries * (OVERHEAD + 1 + value)


def test_what_was_put_is_found() -> None:
    cache = MemoryCache(10_000)
    cache.put("a", b"one")
    assert cache.get("a") == b"one"
    assert cache.get("b") is None


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache = MemoryCache(room_for(2, 100))
    cache.put("a", bytes(100))
    cache.put("b", bytes(100))
    cache.get("a")
    cache.put("c", bytes(100))
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


def test_the_bound_counts_keys_and_values() -> None:
    cache = MemoryCache(room_for(1, 100))
    cache.put("a" * 102, b"")
    assert cache.used_bytes == 0
    cache.put("a", bytes(100))
    assert cache.used_bytes == room_for(1, 100)
    cache.put("b" * 50, bytes(20))
    assert cache.used_bytes == OVERHEAD + 70


def test_too_large_a_value_is_not_kept_and_its_old_value_is_gone() -> None:
    cache = MemoryCache(room_for(2, 100))
    cache.put("a", b"old")
    cache.put("b", b"kept")
    cache.put("a", bytes(1000))
    assert cache.get("a") is None
    assert cache.get("b") == b"kept"


def test_putting_again_replaces_and_does_not_count_twice() -> None:
    cache = MemoryCache(10_000)
    for size in (10, 500, 3):
        cache.put("a", bytes(size))
    assert cache.used_bytes == OVERHEAD + 1 + 3


def test_many_threads_do_not_break_the_bound() -> None:
    cache = MemoryCache(room_for(20, 100))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work(offset: int) -> None:
        for step in range(500):
            key = chr(60 + (step * 7 + offset) % 50)
            cache.put(key, key.encode() * (step % 150))
            value = cache.get(key)
            assert value is None or set(value) <= {ord(key)}

    failed: list[BaseException] = []

    def guarded(offset: int) -> None:
        try:
            work(offset)
        except BaseException as why:  # noqa: BLE001 - handed to the test's own thread
            failed.append(why)

    threads = [threading.Thread(target=guarded, args=(offset,)) for offset in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert failed == []
    assert cache.used_bytes == sum(
        OVERHEAD + 1 + len(value)
        for key in map(chr, range(60, 110))
        if (value := cache.get(key)) is not None
    )
    assert cache.used_bytes <= room_for(20, 100)


def test_values_may_be_anything_that_tells_its_size_and_the_bound_stays_exact() -> None:
    cache: MemoryCache[array] = MemoryCache(
        room_for(2, 800), lambda values: values.itemsize * len(values)
    )
    for key in "abc":
        cache.put(key, array("d", range(100)))
    assert cache.used_bytes == room_for(2, 800)
    assert cache.get("a") is None
    kept = cache.get("c")
    assert kept is not None
    assert kept[99] == 99.0
    kept.extend(range(1000))  # what grows later was counted as it came, and is given back as that
    cache.put("d", array("d"))
    assert cache.used_bytes == room_for(1, 800) + OVERHEAD + 1
