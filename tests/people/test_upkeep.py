"""When a table is tidied and indexed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.people.upkeep import (
    BITS,
    FRAGMENTS,
    INDEX_FROM,
    SEGMENTS,
    Index,
    State,
    partitions,
    probes,
    wants_index,
    wants_tidying,
)


@pytest.mark.parametrize(
    ("rows", "trained_on", "expected"),
    [
        (INDEX_FROM - 1, 0, False),
        (INDEX_FROM, 0, True),
        (INDEX_FROM + 1, INDEX_FROM, False),
        (2 * INDEX_FROM, INDEX_FROM, True),
        (100, INDEX_FROM, False),
    ],
)
def test_an_index_is_trained_on_enough_and_again_on_twice_as_many(
    rows: int, trained_on: int, expected: bool
) -> None:
    assert wants_index(State(rows=rows, fragments=1, index=Index(trained_on, BITS))) is expected


def test_an_index_of_many_parts_is_trained_anew_by_whoever_has_rested() -> None:
    split = State(rows=100_000, fragments=60, index=Index(90_000, BITS), segments=SEGMENTS + 5)
    assert wants_index(split)
    assert not wants_index(split, rested=False)
    assert not wants_index(State(rows=100_000, fragments=60, index=Index(90_000, BITS), segments=3))


def test_an_index_of_two_parts_is_made_one_when_nobody_writes() -> None:
    state = State(rows=100_000, fragments=2, index=Index(90_000, BITS), segments=2)
    assert not wants_index(state)
    assert wants_index(state, idle=True)
    assert not wants_index(state, rested=False, idle=True)
    assert not wants_index(
        State(rows=100_000, fragments=1, index=Index(90_000, BITS), segments=1), idle=True
    )


def test_an_index_of_fewer_bits_is_trained_anew_when_nobody_writes() -> None:
    state = State(rows=100_000, fragments=1, index=Index(90_000, BITS - 1), segments=1)
    assert not wants_index(state)
    assert wants_index(state, idle=True)
    assert not wants_index(state, rested=False, idle=True)


def test_files_that_belong_to_parts_of_the_index_do_not_count_as_small() -> None:
    assert not wants_tidying(State(rows=9_000, fragments=FRAGMENTS + 9, segments=10))
    assert wants_tidying(State(rows=9_000, fragments=FRAGMENTS + 10, segments=10))


def test_rows_are_brought_into_the_index_before_they_slow_a_search() -> None:
    state = State(rows=9_000, fragments=3, index=Index(5_000, BITS), unindexed=INDEX_FROM)
    assert wants_tidying(state)
    assert not wants_tidying(State(rows=9_000, fragments=3, unindexed=INDEX_FROM))
    assert not wants_tidying(replace(state, unindexed=900))


def test_many_small_files_are_joined() -> None:
    assert not wants_tidying(State(rows=9, fragments=FRAGMENTS - 1))
    assert wants_tidying(State(rows=9, fragments=FRAGMENTS))


def test_a_search_looks_into_a_part_of_the_index() -> None:
    assert probes(1_000) >= partitions(1_000)
    assert 0.4 < probes(1_000_000) / partitions(1_000_000) < 0.9
