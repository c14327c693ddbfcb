"""When a table is tidied and indexed: arithmetic on what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

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
PROBED: Final = 0.5
"""Part of the partitions that a search looks into. Embeddings lie in no clumps: of a million, two
fifths find 98.4 % of the nearest ten, half 99.2 %, seven tenths 99.7 % (with 40 candidates)."""
LEAST_PROBED: Final = 40
BITS: Final = 2
"""For each number of an embedding in the index. With two, the nearest ten of 100,000 faces are
among 30 candidates; with one, among 200, whose full vectors take a third of a search to read."""
REFINE: Final = 3
"""Candidates for each face asked for, whose full vectors are compared in the end."""
REFINE_ONE_BIT: Final = 20
LEAST_REFINED: Final = 30
"""Who asks for one face alone has as many candidates as who asks for ten."""
_NAME: Final = re.compile(r"(?:bits_(\d)_)?trained_on_(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Index:
    """A search index, as its name tells it; releases before said nothing of its one bit."""

    trained_on: int = 0
    """Faces; 0 where there is none."""
    bits: int = 1

    @property
    def name(self) -> str:
        """Return how it is called in its table.

        >>> Index(5_000, bits=2).name
        'bits_2_trained_on_5000'
        """
        return f"bits_{self.bits}_trained_on_{self.trained_on}"


def indices(names: Iterable[str]) -> list[Index]:
    """Return the search indices among those of these names.

    >>> indices(["trained_on_7", "bits_2_trained_on_9", "id_idx"])
    [Index(trained_on=7, bits=1), Index(trained_on=9, bits=2)]
    """
    found = filter(None, map(_NAME.fullmatch, names))
    return [Index(int(match[2]), int(match[1] or 1)) for match in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a table looks like."""

    rows: int
    fragments: int
    index: Index = Index()
    unindexed: int = 0
    """Rows that came after, and are compared one by one until they are brought into it."""
    segments: int = 0
    """Parts of the index: each time that new rows are brought into it, they become one more, and
    the file that they lie in stays apart from those of other parts."""


def wants_index(state: State, *, rested: bool = True, idle: bool = False) -> bool:
    """Return whether an index is to be trained now.

    Many parts alone are a reason only if whoever trains has `rested` since the last time; for who
    is `idle` beside, any two are, and so are fewer bits than there are now.

    >>> wants_index(State(rows=4_999, fragments=1)), wants_index(State(rows=5_000, fragments=1))
    (False, True)
    """
    grown = state.rows >= GROWTH * state.index.trained_on
    most = 1 if idle else SEGMENTS + state.rows // ROWS_A_SEGMENT
    slow = state.segments > most or (idle and state.index.bits < BITS)
    return state.rows >= INDEX_FROM and (grown or (rested and slow))


def wants_tidying(state: State) -> bool:
    """Return whether small files are to be joined, and new rows brought into the index."""
    behind = state.index.trained_on > 0 and state.unindexed >= INDEX_FROM
    return behind or state.fragments - state.segments >= FRAGMENTS


def refine(limit: int, bits: int) -> int:
    """Return how many candidates there are for each of so many faces asked for.

    >>> refine(1, 2), refine(10, 2), refine(100, 2), refine(10, 1)
    (30, 3, 3, 20)
    """
    return max(REFINE if bits > 1 else REFINE_ONE_BIT, -(-LEAST_REFINED // limit))


def partitions(rows: int) -> int:
    """Return how many partitions an index of so many faces has.

    >>> partitions(5_000), partitions(1_000_000)
    (1, 244)
    """
    return max(1, rows // PARTITION)


def probes(rows: int) -> int:
    """Return how many of them a search looks into.

    >>> probes(5_000), probes(1_000_000)
    (40, 122)
    """
    return max(LEAST_PROBED, round(PROBED * partitions(rows)))
