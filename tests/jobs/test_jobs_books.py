"""A file of SQLite that others write to, too: who reads waits for nobody, who writes not long."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from foveate.errors import QueueUnusable
from foveate.jobs.books import Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TURN = "INSERT OR REPLACE INTO turns VALUES ('shop', 1)"
TURNS = "SELECT COUNT(*) FROM turns"


def opened(folder: Path, busy_s: float) -> Books:
    books = Books(folder / "jobs.sqlite3", busy_s=busy_s)
    write(books)
    return books


def write(books: Books) -> None:
    with books.writing() as written:
        written.execute(TURN)


def read(books: Books) -> int:
    with books.reading() as found:
        (many,) = found.execute(TURNS).fetchone()
    return int(many)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have somebody else write for as long as this lasts."""
    with closing(sqlite3.connect(folder / "jobs.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_who_reads_waits_for_nobody_who_writes(tmp_path: Path) -> None:
    books = opened(tmp_path, 20.0)
    with held(tmp_path):
        waiting = threading.Thread(target=write, args=(books,))
        waiting.start()
        assert read(books) == read(Books(tmp_path / "jobs.sqlite3")) == 1
        assert waiting.is_alive()
    waiting.join()


def test_who_comes_after_one_that_waited_in_vain_does_not_wait_as_long(tmp_path: Path) -> None:
    books, began = opened(tmp_path, 1.0), time.monotonic()
    with held(tmp_path), ThreadPoolExecutor(2) as writers:
        for came in [writers.submit(write, books) for _ in range(8)]:
            with pytest.raises(QueueUnusable):
                came.result()
    assert time.monotonic() - began < 4.0
    write(books)


def test_what_is_written_is_read_at_once_and_what_is_read_is_of_one_moment(tmp_path: Path) -> None:
    books = opened(tmp_path, 1.0)
    with books.reading() as found:
        before = found.execute(TURNS).fetchone()
        with books.writing() as written:
            written.execute("INSERT INTO turns VALUES ('other', 2)")
        assert found.execute(TURNS).fetchone() == before
    assert read(books) == 2
