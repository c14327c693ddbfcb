"""What the manifest has of pictures that are equal to one at hand, asked by workers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from foveate.batches.manifest import FILE, connected, loaded, outputs_of
from foveate.batches.records import Equal

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


class Equals:
    """Reads a manifest, for any number of threads, in whatever process."""

    def __init__(self, home: Path | None) -> None:
        """Take where the manifest is; None knows nothing of any picture."""
        self._file = home and home / FILE
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []

    def __call__(self, digest: str, asked: bytes) -> Equal | None:
        """Return what was made of an equal picture for the same that is asked, or None."""
        if self._file is None:
            return None
        books = self._reader(self._file)
        found = books.execute(
            "SELECT id, width, height, known FROM rows "
            "WHERE digest = ? AND asked = ? AND status = 'done' LIMIT 1",
            (digest, asked),
        ).fetchone()
        if found is None:
            return None
        row_id, width, height, known = found
        return Equal(width, height, tuple(outputs_of(books, row_id, asked)), loaded(known))

    def close(self) -> None:
        """Let go of the file."""
        for books in self._opened:
            books.close()

    def _reader(self, file: Path) -> sqlite3.Connection:
        if not hasattr(self._own, "books"):
            self._own.books = connected(file)
            self._opened.append(self._own.books)
        books: sqlite3.Connection = self._own.books
        return books
