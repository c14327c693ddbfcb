"""Books of which nothing is a loss: where they are broken, they are put aside and begun anew."""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.errors import DatasetsUnusable
from foveate.jobs.books import Books

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.storage.books import Connection

log = logging.getLogger("foveate.datasets")
BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class AnewBooks(Books):
    """A file of SQLite whose content others know, or can find out. Raises DatasetsUnusable."""

    def __init__(
        self, file: Path, tables: str, lost: str, later: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Take what is said of the loss where somebody reads the log."""
        super().__init__(file, tables, DatasetsUnusable, later)
        self._lost = lost

    def _connect(self) -> sqlite3.Connection:
        try:
            return super()._connect()
        except sqlite3.DatabaseError as why:
            if not self._is_of_broken(why):
                raise
            self._put_aside()
            return super()._connect()

    @contextmanager
    def _held(self, one: Connection) -> Iterator[sqlite3.Connection]:
        try:
            with super()._held(one) as books:
                yield books
        except DatasetsUnusable as why:
            if self._is_of_broken(why.__cause__):
                self.close()
                self._put_aside()  # who asks again finds them well
            raise

    def _is_of_broken(self, why: BaseException | None) -> bool:
        is_broken = getattr(why, "sqlite_errorcode", 0) & 0xFF in BROKEN
        return is_broken or (isinstance(why, sqlite3.Error) and self._file.is_dir())

    def _put_aside(self) -> None:
        if _is_well(self._file):
            return  # another process was here before
        log.warning("%s is broken: %s.", self._file, self._lost)
        aside = f"{self._file}.broken"
        if self._file.is_dir() or Path(aside).is_dir():
            aside += f"-{secrets.token_hex(4)}"  # no folder is given the name of another one
        with suppress(OSError):
            os.replace(self._file, aside)  # noqa: PTH105 - a folder, too
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)


def _is_well(file: Path) -> bool:
    """Return whether nothing of a file that is there is broken."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as books:
            return bool(books.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
