"""When a table is tidied and indexed."""

from __future__ import annotations

import pytest

from foveate.people.upkeep import (
    FRAGMENTS,
    INDEX_FROM,
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
    assert wants_index(State(rows=rows, fragments=1, trained_on=trained_on)) is expected


def test_many_small_files_are_joined() -> None:
    assert not wants_tidying(State(rows=9, fragments=FRAGMENTS - 1))
    assert wants_tidying(State(rows=9, fragments=FRAGMENTS))


def test_a_search_looks_into_a_part_of_the_index() -> None:
    assert probes(100) >= partitions(100)
    assert 0.15 < probes(1_000_000) / partitions(1_000_000) < 0.25
