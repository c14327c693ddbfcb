"""What is known of one version of a table: its index, and what all its faces say alike.

LanceDB keeps a value once that all rows of a page have, and who takes ten rows of that page gets
it unpacked for each: of a million, in four milliseconds a column. Embeddings that were imported
have no digest and no metadata, and a quality of one. Once nobody writes it is found out which of
these hold for all faces; searches say them then without reading them.

All of this runs in LanceDB's one loop, so nothing needs a lock.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from foveate.people.care import index_of
from foveate.people.lance import arrow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.people.upkeep import Index

SETTLED_S: Final = 2.0
"""So long a version stays the newest, which is longer than while others write, before it is worth
reading through its columns."""
USUAL: Final[Mapping[str, Any]] = {"digest": "", "quality": 1.0, "metadata": "{}"}
OTHERWISE: Final[Mapping[str, str]] = {
    "digest": "digest <> '' OR digest IS NULL",
    "quality": "quality <> 1.0 OR quality IS NULL",
    "metadata": "metadata <> '{}' OR metadata IS NULL",
}


@dataclass(slots=True, eq=False)
class Known:
    """What is known of the version of a table that was seen last."""

    version: int
    index: Index
    since: float = field(default_factory=time.monotonic)
    alike: frozenset[str] = frozenset()
    """Columns in which every face has the usual value."""
    learning: asyncio.Task[None] | None = None


_KNOWN: Final[WeakKeyDictionary[Any, Known]] = WeakKeyDictionary()


async def known(table: Any, *, settled_s: float = SETTLED_S) -> Known:  # noqa: ANN401
    """Return what is known of a table as it is now; what is learned beside serves later."""
    version = await table.version()
    found = _KNOWN.get(table)
    if found is None or found.version != version:
        found = _KNOWN[table] = Known(version, index_of(await table.list_indices()))
    elif found.learning is None and time.monotonic() - found.since >= settled_s:
        found.learning = asyncio.create_task(_learn(table, found))
    return found


async def _learn(table: Any, found: Known) -> None:  # noqa: ANN401
    """Find out what is alike; where that fails, searches go on to read all."""
    with suppress(RuntimeError, OSError, ValueError):
        rows = {name: await table.count_rows(where) for name, where in OTHERWISE.items()}
        if await table.version() == found.version:
            found.alike = frozenset(name for name, others in rows.items() if not others)


def filled(rows: Any) -> Any:  # noqa: ANN401
    """Return rows with the usual value in those columns that were not read."""
    for name in USUAL.keys() - set(rows.schema.names):
        rows = rows.append_column(name, arrow().repeat(USUAL[name], len(rows)))
    return rows
