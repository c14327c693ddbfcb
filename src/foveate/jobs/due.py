"""Of whose end somebody is to be told, as a table of webhooks has it: taken, tried, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

WAITING: Final = "waiting"
TOLD: Final = "told"
GIVEN_UP: Final = "given up"
FAR_S: Final = 2 * 3600.0
"""Nothing is ever put off for longer: what is due later was noted by a clock that was ahead."""
IS_DUE: Final = "(next_at <= ? OR next_at > ?)"


class Outcome(NamedTuple):
    """What came of telling."""

    state: str
    """waiting, told, or given up."""
    error: str = ""
    again_s: float = 0.0
    """In how many seconds it is due again, where it waits."""


def between(now: float) -> tuple[float, float]:
    """Return what `IS_DUE` compares with: what is due between these is not due yet."""
    return now, now + FAR_S


class Due:
    """The table `webhooks` of a file, in which the first of the keys has the number of what ends.

    Each of its methods is part of a transaction.
    """

    def __init__(self, *keys: str) -> None:
        self._keys = ", ".join(keys)
        self._same = " AND ".join(f"{key} = ?" for key in keys)
        self._number = keys[0]

    def take(
        self, books: sqlite3.Connection, now: float, lease_s: float
    ) -> tuple[Sequence[Any], int] | None:
        """Return the keys of a webhook that is due, and how often it was tried, with this time.

        What was tried least comes first: retries that nobody takes hold up no first try. Nobody
        else is given it for as long as the lease is, and afterwards whoever comes first.
        """
        found = books.execute(
            f"UPDATE webhooks SET tries = tries + 1, next_at = ? WHERE ({self._keys}) = "  # noqa: S608
            f"(SELECT {self._keys} FROM webhooks WHERE state = '{WAITING}' "
            f"AND {IS_DUE} ORDER BY tries, next_at LIMIT 1) RETURNING {self._keys}, tries",
            (now + lease_s, *between(now)),
        ).fetchall()
        return (found[0][:-1], found[0][-1]) if found else None

    def tried(
        self,
        books: sqlite3.Connection,
        keys: Sequence[Any],
        tries: int,
        came: Outcome,
        now: float,
    ) -> None:
        """Note what came of the try of that number: nothing, where a later one knows better."""
        books.execute(
            f"UPDATE webhooks SET state = ?, error = ?, next_at = ? WHERE {self._same} "  # noqa: S608
            f"AND tries = ? AND state = '{WAITING}'",
            (came.state, came.error, now + came.again_s, *keys, tries),
        )

    def end(self, books: sqlite3.Connection, number: int, now: float) -> None:
        """Have all be told from now on: it has ended."""
        books.execute(
            f"UPDATE webhooks SET next_at = ?, state = '{WAITING}', tries = 0 "  # noqa: S608
            f"WHERE {self._number} = ?",
            (now, number),
        )

    def forget(self, books: sqlite3.Connection, numbers: str, *values: object) -> None:
        """Tell nobody of those whose numbers SQL chooses."""
        gone = f"DELETE FROM webhooks WHERE {self._number} IN ({numbers})"  # noqa: S608
        books.execute(gone, values)
