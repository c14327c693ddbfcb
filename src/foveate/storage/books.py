"""A file of SQLite: opened when it is first needed, written to by one at a time.

Who reads has a connection of his own, and waits for nobody who writes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foveate.errors import FoveateError

BUSY_S: Final = 5.0
"""How long who writes waits for others that do: those of this process, and of others."""
HURRIED_S: Final = 0.1
"""How long where somebody did in vain, until one gets through."""


@dataclass(slots=True)
class Connection:
    """A connection for one at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    open: sqlite3.Connection | None = None


class Books:
    """A SQLite file with tables. Thread-safe; what fails with it raises what is named.

    `later` are columns of text that tables got after they were first made.
    """

    def __init__(
        self,
        file: Path,
        tables: str,
        raises: type[FoveateError],
        later: Sequence[tuple[str, str]] = (),
        *,
        busy_s: float = BUSY_S,
    ) -> None:
        self._file = file
        self._tables = tables
        self._later = later
        self._raises = raises
        self._busy_s = busy_s
        self._reader, self._writer = Connection(), Connection()
        self._patient = True

    @property
    def exists(self) -> bool:
        """Return whether anything was ever written."""
        return self._writer.open is not None or self._file.exists()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Commit all of it or nothing; what is durable stays when the power goes, too."""
        until = time.monotonic() + self._busy_s
        with self._held(self._writer) as books:
            # How far something is may get lost with the power; that there is a job may not.
            books.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with books:
                self._begin(books, until - time.monotonic() if self._patient else HURRIED_S)
                yield books

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the file to read in, as it is at one moment."""
        with self._held(self._reader) as books, books:
            books.execute("BEGIN")
            yield books

    def _begin(self, books: sqlite3.Connection, wait_s: float) -> None:
        """Begin to write. Who comes after one that waited in vain does not wait as long again."""
        books.execute(f"PRAGMA busy_timeout = {max(0, int(wait_s * 1000))}")
        self._patient = False
        books.execute("BEGIN IMMEDIATE")
        self._patient = True

    @contextmanager
    def _held(self, one: Connection) -> Iterator[sqlite3.Connection]:
        if not one.lock.acquire(timeout=self._busy_s):
            raise self._raises(f"{self._file} cannot be used: too many wait for it.")
        try:
            one.open = one.open or self._connect()
            yield one.open
        except (sqlite3.Error, OSError) as why:
            raise self._raises(f"{self._file} cannot be used: {why}") from why
        finally:
            one.lock.release()

    def close(self) -> None:
        """Let go of the file."""
        for one in (self._reader, self._writer):
            with one.lock:
                if one.open is not None:
                    one.open.close()
                    one.open = None

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        books = sqlite3.connect(
            self._file, timeout=self._busy_s, isolation_level=None, check_same_thread=False
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
