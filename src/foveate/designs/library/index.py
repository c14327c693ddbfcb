"""What is known of each picture of a folder: a SQLite file, written picture by picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import DesignsUnusable
from foveate.jobs.books import Books

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FILE: Final = "pictures.sqlite3"
TABLES: Final = """
CREATE TABLE IF NOT EXISTS pictures (
    folder TEXT NOT NULL, name TEXT NOT NULL, mark TEXT NOT NULL, labels TEXT NOT NULL,
    words TEXT NOT NULL, texts TEXT NOT NULL, vectors BLOB NOT NULL, failed TEXT NOT NULL,
    PRIMARY KEY (folder, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vectors (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""
_ALL: Final = (
    "SELECT name, mark, labels, words, texts, vectors, failed FROM pictures WHERE folder = ? "
    "ORDER BY name"
)
_PUT: Final = (
    "INSERT OR REPLACE INTO pictures (folder, name, mark, labels, words, texts, vectors, failed) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one picture."""

    name: str
    """Its path in the folder, with slashes."""
    mark: str
    """What changes when the picture does, or what is written beside it, or who looks."""
    labels: Mapping[str, float]
    """Tags and things, and how sure each is."""
    words: tuple[str, ...] = ()
    """Words that are written of it, and the tags that they mean."""
    texts: tuple[str, ...] = ()
    """Captions."""
    vectors: NDArray[np.float16]
    """(texts, 384), or (0, 384) where sentences cannot be compared here."""
    failed: str = ""
    """Why it could not be looked at."""


class Index:
    """The pictures of all folders. Thread-safe, blocks, and raises DesignsUnusable."""

    def __init__(self, folder: Path) -> None:
        """Take the folder in which the file is."""
        self._books = Books(folder / FILE, TABLES, DesignsUnusable, ())

    def marks(self, folder: str) -> dict[str, str]:
        """Return the mark of each picture that is known."""
        with self._books.reading() as books:
            rows = books.execute("SELECT name, mark FROM pictures WHERE folder = ?", (folder,))
            return dict(rows.fetchall())

    def known(self, folder: str) -> list[Known]:
        """Return all that is known of a folder, in the order of names."""
        with self._books.reading() as books:
            rows = books.execute(_ALL, (folder,)).fetchall()
        return [_known(*row) for row in rows]

    def put(self, folder: str, known: Known) -> None:
        """Keep what is known of one picture: it is whole in the file, or not there."""
        with self._books.writing() as books:
            books.execute(_PUT, (folder, *_row(known)))

    def forget(self, folder: str, names: Iterable[str]) -> None:
        """Forget pictures that are gone."""
        with self._books.writing() as books:
            books.executemany(
                "DELETE FROM pictures WHERE folder = ? AND name = ?",
                [(folder, name) for name in names],
            )

    def vectors(self, name: str) -> bytes | None:
        """Return vectors that were made once for all folders."""
        with self._books.reading() as books:
            row = books.execute("SELECT data FROM vectors WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def put_vectors(self, name: str, data: bytes) -> None:
        """Keep vectors that every search needs."""
        with self._books.writing() as books:
            books.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (name, data))

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()


def _row(known: Known) -> tuple[sqlite3.Binary | str | bytes, ...]:
    lists = (dict(known.labels), known.words, known.texts)
    told = (json.dumps(each, ensure_ascii=False) for each in lists)
    return (known.name, known.mark, *told, known.vectors.tobytes(), known.failed)


def _known(  # noqa: PLR0913, PLR0917 - a row of the table
    name: str, mark: str, labels: str, words: str, texts: str, vectors: bytes, failed: str
) -> Known:
    said = np.frombuffer(vectors, np.float16)
    return Known(
        name=name,
        mark=mark,
        labels=json.loads(labels),
        words=tuple(json.loads(words)),
        texts=tuple(json.loads(texts)),
        vectors=said.reshape(-1, 384),
        failed=failed,
    )
