"""A file of SQLite: opened when it is first needed, one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from foveate.errors import QueueUnusable
from foveate.jobs.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.errors import FoveateError

BUSY_S: Final = 5.0


class Books:
    """A SQLite file with our tables. Thread-safe; what fails with it raises what is named."""

    def __init__(
        self, file: Path, tables: str = TABLES, raises: type[FoveateError] = QueueUnusable
    ) -> None:
        self._file = file
        self._tables = tables
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
        return books
