"""Whose queue it is: a path in a job means one picture at this origin, and another elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import QueueUnusable

if TYPE_CHECKING:
    import sqlite3

    from foveate.jobs.books import Books

ELSEWHERE: Final = (
    "Expected a queue for the origin of this server, got that of a server with another one, which "
    "runs or has left jobs: FOVEATE_JOBS__QUEUE_FOLDER and FOVEATE_JOBS__FOLDER give this one its "
    "own."
)


class Belonging:
    """The origin that the jobs of a queue are about. Thread-safe; its methods block."""

    def __init__(self, books: Books, origin: str) -> None:
        self._books = books
        self._origin = origin

    def note(self, books: sqlite3.Connection) -> None:
        """Have a new queue be about this origin. Raises QueueUnusable where it is about another."""
        books.execute("INSERT OR IGNORE INTO origins VALUES (1, ?)", (self._origin,))
        self._check(books)

    def check(self) -> None:
        """Raise QueueUnusable where a queue is about another origin."""
        with self._books.reading() as books:
            self._check(books)

    def _check(self, books: sqlite3.Connection) -> None:
        noted = books.execute("SELECT place FROM origins").fetchone()
        if noted not in {None, (self._origin,)}:
            told = f"{ELSEWHERE} This one serves {self._origin!r}, that one {noted[0]!r}."
            raise QueueUnusable(told, public=ELSEWHERE)

    def claim(self) -> None:
        """Have the queue be about this origin. Raises QueueUnusable while jobs of another wait.

        For the one server alone that works on the queue.
        """
        with self._books.writing(durable=True) as books:
            left = "SELECT 1 FROM jobs WHERE state IN ('queued', 'running') LIMIT 1"
            if books.execute(left).fetchone() is None:
                books.execute("DELETE FROM origins")
            self.note(books)
