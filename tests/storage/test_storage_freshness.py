from __future__ import annotations

import pytest

from foveate.storage.freshness import Freshness, Known
from foveate.values import Lifetime


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [
        (Lifetime(None), 100),
        (Lifetime(10), 100),
        (Lifetime(1000), 1000),
        (Lifetime(10, must_revalidate=True), 10),
        (Lifetime(None, must_revalidate=True), 0),
        (Lifetime(0, must_revalidate=True), 0),
    ],
)
def test_the_floor_holds_unless_the_origin_insists(lifetime: Lifetime, seconds: float) -> None:
    assert lifetime.seconds(100) == seconds


def test_a_version_is_believed_until_its_time_is_over() -> None:
    clock = Clock()
    table = Freshness(60, clock=clock)
    table.note("key", Known("v1", Lifetime()))
    clock.now += 59
    known = table.last("key")
    assert known is not None
    assert (known.version, table.is_fresh(known)) == ("v1", True)
    clock.now += 1
    assert not table.is_fresh(known)
    table.note("key", known)
    renewed = table.last("key")
    assert renewed is not None
    assert table.is_fresh(renewed)


def test_nothing_is_known_of_what_is_private() -> None:
    table = Freshness(60)
    table.note("key", Known("v1", Lifetime()))
    table.note("key", Known("v1", Lifetime(0, must_revalidate=True, private=True)))
    assert table.last("key") is None


def test_forgetting() -> None:
    table = Freshness(60)
    table.note("key", Known("v1", Lifetime()))
    table.forget("key")
    table.forget("key")
    assert table.last("key") is None


def test_the_table_is_bounded_and_keeps_what_is_asked_for() -> None:
    table = Freshness(60, max_entries=3)
    for key in "abc":
        table.note(key, Known(key, Lifetime()))
    assert table.last("a") is not None
    table.note("d", Known("d", Lifetime()))
    assert len(table) == 3
    assert [key for key in "abcd" if table.last(key)] == ["a", "c", "d"]
