"""What happened to long work, as a table of events has it: whoever writes there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from foveate.jobs.job import PROGRESS, Event, dumped

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

E = TypeVar("E", bound=Event)


class Events(Generic[E]):
    """The table `events` of a file, whose rows belong to what a column has the number of.

    Each of its methods is part of a transaction.
    """

    def __init__(self, column: str, kind: type[E]) -> None:
        self._column = column
        self._kind = kind

    def note(
        self,
        books: sqlite3.Connection,
        number: int,
        name: str,
        data: Mapping[str, Any],
        at: float,
    ) -> None:
        """Write the next event: of progress there is one, the last."""
        whose = f"FROM events WHERE {self._column} = ?"
        last = f"SELECT COALESCE(MAX(number), 0) {whose}"
        (before,) = books.execute(last, (number,)).fetchone()
        if name == PROGRESS:
            books.execute(f"DELETE {whose} AND name = ?", (number, PROGRESS))
        row = (number, before + 1, at, name, dumped(data))
        books.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)

    def after(self, books: sqlite3.Connection, number: int, last: int) -> list[E]:
        """Return what happened after that event, in order."""
        found = books.execute(
            f"SELECT number, at, name, data FROM events WHERE {self._column} = ? "  # noqa: S608
            "AND number > ? ORDER BY number",
            (number, last),
        )
        return [self._kind(each, at, name, json.loads(data)) for each, at, name, data in found]

    def forget(self, books: sqlite3.Connection, numbers: str, *values: object) -> None:
        """Forget what happened to those whose numbers SQL chooses."""
        gone = f"DELETE FROM events WHERE {self._column} IN ({numbers})"  # noqa: S608
        books.execute(gone, values)
