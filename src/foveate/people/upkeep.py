"""When a table is tidied and indexed: arithmetic on what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INDEX_FROM: Final = 5_000
"""Faces. Fewer are compared one by one, exactly; a hundred thousand take half a second so."""
GROWTH: Final = 2.0
"""An index is trained anew when there are so many times the faces that it was trained on."""
SEGMENTS: Final = 3
ROWS_A_SEGMENT: Final = 100_000
"""An index may have so many parts, and one more for so many faces, before it is trained anew: each
part has candidates of its own whose full vectors are read."""
IDLE_S: Final = 5.0
"""So long after the last change an index of several parts is made one, which is searched in half
the time."""
REST: Final = 10.0
"""Training for that reason takes no more than about a tenth of a writer's time."""
FRAGMENTS: Final = 48
"""Files of a few rows each; from some hundred on they are what a search waits for."""
KEEP_S: Final = 300.0
"""How long versions that were replaced stay, for readers of other processes who look at them."""
PARTITION: Final = 4096
"""Faces in a partition of the index."""
PROBED: Final = 0.7
"""Part of the partitions that a search looks into. Embeddings lie in no clumps: a quarter finds
94 % of the nearest ten, half 98 %, four fifths 99.6 %; and a million codes are read in 20 ms."""
LEAST_PROBED: Final = 40
REFINE: Final = 20
"""Candidates for each face asked for, whose full vectors are compared in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a table looks like."""

    rows: int
    fragments: int
    trained_on: int = 0
    """Rows that its index was trained on; 0 where it has none."""
    unindexed: int = 0
    """Rows that came after, and are compared one by one until they are brought into it."""
    segments: int = 0
    """Parts of the index: each time that new rows are brought into it, they become one more, and
    the file that they lie in stays apart from those of other parts."""


def wants_index(state: State, *, rested: bool = True, idle: bool = False) -> bool:
    """Return whether an index is to be trained now.

    Many parts alone are a reason only if whoever trains has `rested` since the last time; for who
    is `idle` beside, any two are.

    >>> wants_index(State(rows=4_999, fragments=1)), wants_index(State(rows=5_000, fragments=1))
    (False, True)
    """
    grown = state.rows >= GROWTH * state.trained_on
    most = 1 if idle else SEGMENTS + state.rows // ROWS_A_SEGMENT
    split = rested and state.segments > most
    return state.rows >= INDEX_FROM and (grown or split)


def wants_tidying(state: State) -> bool:
    """Return whether small files are to be joined, and new rows brought into the index."""
    behind = state.trained_on > 0 and state.unindexed >= INDEX_FROM
    return behind or state.fragments - state.segments >= FRAGMENTS


def partitions(rows: int) -> int:
    """Return how many partitions an index of so many faces has.

    >>> partitions(5_000), partitions(1_000_000)
    (1, 244)
    """
    return max(1, rows // PARTITION)


def probes(rows: int) -> int:
    """Return how many of them a search looks into.

    >>> probes(5_000), probes(1_000_000)
    (40, 171)
    """
    return max(LEAST_PROBED, round(PROBED * partitions(rows)))
