"""Names of one batch: who has them, who wished for them, and of which the files are to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.batches.records import Rival, Wish
from foveate.batches.template import claim_of, folders_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

AFTER_SLASH: Final = chr(ord("/") + 1)
"""What is below a folder lies in order between its name with a slash and with this."""


class Names:
    """What a manifest says of names. What it writes is to be written within its `writing`."""

    def __init__(self, books: sqlite3.Connection, met: Mapping[bytes, tuple[int, int]]) -> None:
        """Take a manifest that is open, and where in which run rows were met since it was told."""
        self._books = books
        self._met = met

    def rivals(self, claim: str, row_id: bytes) -> Iterator[Rival]:
        """Yield the other rows that have a name, or one that is a folder of it, or is in it."""
        whole = [claim, *folders_of(claim)]
        found = self._books.execute(
            "SELECT rows.id, number, run, worked, source, name, outputs.digest, "  # noqa: S608
            "status = 'done' AND outputs.asked = rows.asked FROM outputs "
            "JOIN rows ON rows.id = outputs.id "
            f"WHERE (claim IN ({', '.join('?' * len(whole))}) OR (claim > ? AND claim < ?)) "
            "AND outputs.id != ?",
            (*whole, f"{claim}/", f"{claim}{AFTER_SLASH}", row_id),
        )
        for other, number, run, *rest in found:
            yield Rival(other, *self._met.get(other, (number, run)), *rest)

    def owns(self, claim: str) -> bool:
        """Return whether this batch ever made something of that name."""
        found = self._books.execute("SELECT 1 FROM outputs WHERE claim = ? LIMIT 1", (claim,))
        return found.fetchone() is not None

    def has(self, name: str) -> bool:
        """Return whether something of this batch is called just that."""
        found = self._books.execute(
            "SELECT 1 FROM outputs WHERE claim = ? AND name = ? LIMIT 1", (claim_of(name), name)
        )
        return found.fetchone() is not None

    def wish(self, row_id: bytes, wishes: Iterable[Wish]) -> None:
        """Note which names a row would have had."""
        self._books.executemany(
            "INSERT OR REPLACE INTO wishes VALUES (?, ?, ?, ?)",
            [(row_id, *each) for each in wishes],
        )

    def wishes(self, row_id: bytes) -> list[Wish]:
        """Return which names a row would have had that somebody else had."""
        found = self._books.execute(
            "SELECT rendition, name, digest FROM wishes WHERE id = ? ORDER BY rendition", (row_id,)
        )
        return [Wish(*each) for each in found]

    def give_up(self, names: Iterable[str]) -> None:
        """Note that files are to go, whenever this process ends."""
        self._books.executemany(
            "INSERT OR IGNORE INTO gone VALUES (?)", [(name,) for name in names]
        )

    def given_up(self) -> list[str]:
        """Return which files are to go."""
        return [name for (name,) in self._books.execute("SELECT name FROM gone")]

    def are_gone(self) -> None:
        """Note that no file is to go any more."""
        self._books.execute("DELETE FROM gone")

    def forget(self, row_id: bytes, claim: str) -> None:
        """Let a row have a name no more."""
        self._books.execute("DELETE FROM outputs WHERE id = ? AND claim = ?", (row_id, claim))
