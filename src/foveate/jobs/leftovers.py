"""What is left of jobs that were deleted: the folders of their results, until these are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.jobs.due import IS_DUE, between
from foveate.jobs.tables import EVENTS, WEBHOOKS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from foveate.jobs.books import Books
    from foveate.jobs.job import Job


COLUMNS: Final = "SELECT job, id, key, out, place FROM leftovers"


class Leftover(NamedTuple):
    """A folder of results whose job is gone. No other job has it before that is, too."""

    job: int
    """The number of the job."""
    id: str
    key: str
    out: str
    place: str
    """Where it is, as its job had it."""


class Leftovers:
    """Those of a queue. Thread-safe; its methods block, and raise QueueUnusable."""

    def __init__(self, books: Books, clock: Callable[[], float]) -> None:
        self._books = books
        self._clock = clock

    def leave(self, books: sqlite3.Connection, where: str, value: object) -> None:
        """Forget jobs, and know what is left of them, in one transaction."""
        left = f"SELECT number, id, key, out, place FROM jobs WHERE {where}"  # noqa: S608
        books.execute(f"INSERT INTO leftovers (job, id, key, out, place) {left}", (value,))
        gone = "SELECT job FROM leftovers"
        WEBHOOKS.forget(books, gone)
        EVENTS.forget(books, gone)
        books.execute(f"DELETE FROM jobs WHERE number IN ({gone})")  # noqa: S608

    def due(self) -> list[Leftover]:
        """Return what is to be removed now, some of it."""
        found = f"{COLUMNS} WHERE {IS_DUE} ORDER BY next_at LIMIT 100"
        with self._books.reading() as books:
            return [Leftover(*row) for row in books.execute(found, between(self._clock()))]

    def has(self, job: Job) -> bool:
        """Return whether anything is left of a job that was deleted."""
        found = "SELECT 1 FROM leftovers WHERE job = ?"
        with self._books.reading() as books:
            return books.execute(found, (job.number,)).fetchone() is not None

    def removed(self, left: Leftover) -> None:
        """Note that it is gone."""
        with self._books.writing(durable=True) as books:
            books.execute("DELETE FROM leftovers WHERE job = ?", (left.job,))

    def put_off(self, left: Leftover, seconds: float) -> None:
        """Have it removed later: now it cannot be."""
        with self._books.writing() as books:
            until = self._clock() + seconds
            books.execute("UPDATE leftovers SET next_at = ? WHERE job = ?", (until, left.job))
