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


def test_what_is_stale_may_be_used_for_as_long_as_its_origin_says() -> None:
    clock = Clock()
    table = Freshness(60, clock=clock)
    table.note("key", Known("v1", Lifetime(stale_s=10, stale_on_error_s=30)))
    known = table.last("key")
    assert known is not None
    for seconds, usable, excused in ((65, True, True), (10, False, True), (20, False, False)):
        clock.now += seconds
        assert (table.is_usable(known), table.is_excused(known)) == (usable, excused)
        assert not table.is_fresh(known)


def test_what_is_put_off_is_believed_again_and_gets_no_older_for_that() -> None:
    clock = Clock()
    table = Freshness(60, clock=clock)
    table.note("key", Known("v1", Lifetime(stale_on_error_s=30), status=304))
    clock.now += 70
    known = table.last("key")
    assert known is not None
    table.put_off("key", known, 5)
    known = table.last("key")
    assert known is not None
    assert table.is_fresh(known)
    assert known.status == 0
    clock.now += 25
    assert not table.is_fresh(known)
    assert not table.is_excused(known), "its time was over 35 s ago"


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [
        (Lifetime(stale_s=2), 2),
        (Lifetime(stale_on_error_s=3), 3),
        (Lifetime(stale_s=2, stale_on_error_s=3), 3),
        (Lifetime(stale_s=60), 5),
    ],
)
def test_what_is_put_off_is_believed_no_longer_than_its_origin_allows(
    lifetime: Lifetime, seconds: float
) -> None:
    clock = Clock()
    table = Freshness(60, clock=clock)
    table.note("key", Known("v1", lifetime))
    clock.now += 60
    table.put_off("key", known_in(table), 5)
    clock.now += seconds - 0.1
    assert table.is_fresh(known_in(table))
    clock.now += 0.1
    assert not table.is_fresh(known_in(table))


def known_in(table: Freshness) -> Known:
    known = table.last("key")
    assert known is not None
    return known
