"""A file of SQLite: opened when it is first needed, one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from foveate.errors import QueueUnusable
from foveate.jobs.tables import LATER, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foveate.errors import FoveateError

BUSY_S: Final = 5.0


class Books:
    """A SQLite file with our tables. Thread-safe; what fails with it raises what is named."""

    def __init__(
        self,
        file: Path,
        tables: str = TABLES,
        raises: type[FoveateError] = QueueUnusable,
        later: Sequence[tuple[str, str]] = LATER,
    ) -> None:
        self._file = file
        self._tables = tables
        self._later = later
        self._raises = raises
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Return whether anything was ever written."""
        return self._open is not None or self._file.exists()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Commit all of it or nothing; what is durable stays when the power goes, too."""
        with self.reading() as books:
            # How far something is may get lost with the power; that there is a job may not.
            books.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with books:
                books.execute("BEGIN IMMEDIATE")
                yield books

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the file to read in."""
        with self._lock:
            try:
                self._open = self._open or self._connect()
                yield self._open
            except (sqlite3.Error, OSError) as why:
                raise self._raises(f"{self._file} cannot be used: {why}") from why

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        books = sqlite3.connect(
            self._file, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        books.executescript(f"PRAGMA journal_mode = WAL; {self._tables}")
        if _lacking(books, self._later):
            self._add_later(books)
        return books

    def _add_later(self, books: sqlite3.Connection) -> None:
        with books:
            books.execute("BEGIN IMMEDIATE")
            for table, column in _lacking(books, self._later):  # another process may have been here
                books.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


def _lacking(books: sqlite3.Connection, later: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return which of those columns are not there."""
    there = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"
    return [each for each in later if books.execute(there, each).fetchone() is None]
