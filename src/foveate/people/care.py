"""What a table needs now and then: small files joined, an index, and nothing left of the erased."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from foveate.people.lance import lancedb
from foveate.people.schema import VECTOR
from foveate.people.upkeep import (
    BITS,
    KEEP_S,
    Index,
    State,
    indices,
    partitions,
    wants_index,
    wants_tidying,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MORE_AND_MORE: Final = ("1d", "60", "g")
"""Ids are hex digits by chance, so those below the first are a ninth of any file's, those below
the second three eighths, and those below the last are all."""


def index_of(listed: Iterable[Any]) -> Index:
    """Return the search index among those that a table lists; one of no faces for none."""
    return max(indices(each.name for each in listed), default=Index())


def tidy(table: Any, *, rested: bool = True, idle: bool = False) -> float:  # noqa: ANN401
    """Do what is due, and return the seconds that training an index took; 0 where none was."""
    found, parts = table.stats(), table.list_indices()
    # The codes of an index tell much of embeddings: where they are sealed, none are for it.
    plain = VECTOR in table.schema.names
    state = State(
        rows=int(found["num_rows"]) if plain else 0,
        fragments=int(found["fragment_stats"]["num_fragments"]),
        index=index_of(parts),
        unindexed=sum(part.num_unindexed_rows or 0 for part in parts),
        segments=sum(part.num_segments or 0 for part in parts),
    )
    training = wants_index(state, rested=rested, idle=idle)
    if wants_tidying(state) or (idle and training):
        table.optimize(cleanup_older_than=timedelta(seconds=KEEP_S))
    if not training:
        return 0.0
    start = time.monotonic()
    train(table, state)
    return time.monotonic() - start


def train(table: Any, state: State) -> None:  # noqa: ANN401
    """Index all rows anew, and let the index before go."""
    library = lancedb()
    before = [index.name for index in table.list_indices() if indices([index.name])]
    made = Index(state.rows, BITS)
    config = library.index.IvfRq(
        distance_type="cosine", num_partitions=partitions(state.rows), num_bits=BITS
    )
    table.create_index(VECTOR, config=config, name=made.name, replace=True)
    for name in before:
        if name != made.name:
            table.drop_index(name)


def scrub(table: Any, deletions: Path | None) -> None:  # noqa: ANN401
    """Leave no file in which a deleted row still lies.

    LanceDB marks rows as deleted, and writes a file without them only when a tenth of its rows
    are marked. So a ninth of all rows, and if need be more, are written anew, where nothing about
    them changes; that takes the old files along, and searches never miss the index. `deletions`
    is the folder of such marks, or None where it cannot be looked into.
    """
    for below in MORE_AND_MORE if deletions else MORE_AND_MORE[-1:]:
        table.update(where=f"id < '{below}'", values_sql={"quality": "quality"})
        forget_versions(table)
        if deletions is None or not (deletions.exists() and any(deletions.iterdir())):
            return


def forget_versions(table: Any) -> None:  # noqa: ANN401
    """Join files and remove all that the newest version does not use, whoever left it there."""
    table.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)
