"""Bells: rung for who waits, and for nobody else there."""

from __future__ import annotations

from foveate.jobs.bell import Bell


def test_a_bell_is_there_for_as_long_as_somebody_waits() -> None:
    bell = Bell()
    waits, too, other = bell.next("a"), bell.next("a"), bell.next("b")
    for _ in range(9):
        bell.next("ended long ago")
    assert len(bell._waiting) == 2  # noqa: SLF001 - what is in memory
    bell.ring("a")
    assert (waits.is_set(), too.is_set(), other.is_set()) == (True, True, False)
    assert not bell.next("a").is_set()
    bell.ring_all()
    assert other.is_set()
