from __future__ import annotations

import pytest

from foveate.storage.handed import AT_ONCE_S, MAX_BYTES, MAX_SOURCES, Handed
from foveate.storage.source import Source


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_source_is_handed_to_one() -> None:
    handed, source = Handed(), Source(b"cat", "v1")
    handed.put("a", source)
    assert handed.take("b", "v1", holds=True) is None
    assert handed.take("a", "v1", holds=True) is source
    assert handed.take("a", "v1", holds=True) is None


def test_another_version_is_handed_to_nobody() -> None:
    handed = Handed()
    handed.put("a", Source(b"cat", "v1"))
    assert handed.take("a", "v2", holds=True) is None
    assert len(handed) == 0


@pytest.mark.parametrize(
    ("after_s", "holds", "is_there"),
    [(0, False, True), (AT_ONCE_S, False, False), (AT_ONCE_S, True, True)],
)
def test_what_holds_no_more_is_handed_at_once_only(
    after_s: float, *, holds: bool, is_there: bool
) -> None:
    clock = Clock()
    handed, source = Handed(clock=clock), Source(b"cat", "v1")
    handed.put("a", source)
    clock.now += after_s
    assert handed.take("a", "v1", holds=holds) is (source if is_there else None)


def test_few_are_kept_and_the_latest_of_each() -> None:
    handed = Handed()
    for n in range(MAX_SOURCES + 1):
        handed.put(str(n), Source(b"cat", "v1"))
        handed.put(str(n), Source(b"dog", "v2"))
    assert len(handed) == MAX_SOURCES
    assert handed.take("0", "v2", holds=True) is None
    assert handed.take("1", "v1", holds=True) is None
    assert handed.take("2", "v2", holds=True) is not None


def test_few_bytes_are_kept() -> None:
    handed, half = Handed(), Source(bytes(MAX_BYTES // 2), "v1")
    for key in "abc":
        handed.put(key, half)
    assert [key for key in "abc" if handed.take(key, "v1", holds=True)] == ["b", "c"]
    handed.put("d", Source(bytes(MAX_BYTES + 1), "v1"))
    assert len(handed) == 0
