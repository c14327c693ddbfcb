"""What was done of a batch, in one SQLite file: it says what is left after any end of a process.

A picture is done from the moment in which its row is committed; files that are still aside then
are placed by whoever opens the manifest next.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from foveate.batches.made import Output, Status
from foveate.batches.names import Names
from foveate.batches.records import Before, Record, Rival
from foveate.batches.row import stored
from foveate.batches.template import claim_of
from foveate.batches.unwritten import NO_MANIFEST, damaged, primary_code, unwritten, writing
from foveate.errors import BadOption, FoveateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.batches.made import Made
    from foveate.batches.row import Row

FILE: Final = "manifest.sqlite3"
BUSY_S: Final = 5.0
FEW: Final = 1000
"""Rows that were passed over, and are noted together."""
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS rows (
    id BLOB PRIMARY KEY, number INTEGER, run INTEGER, worked INTEGER, source TEXT, version TEXT,
    asked BLOB, status TEXT, digest TEXT, bytes INTEGER, width INTEGER, height INTEGER, error TEXT,
    message TEXT, seconds REAL, known BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_by_content ON rows (digest, asked);
CREATE TABLE IF NOT EXISTS outputs (
    id BLOB, claim TEXT, asked BLOB, rendition INTEGER, name TEXT, ext TEXT, digest BLOB,
    bytes INTEGER, width INTEGER, height INTEGER, PRIMARY KEY (id, claim)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outputs_by_claim ON outputs (claim);
CREATE TABLE IF NOT EXISTS wishes (
    id BLOB, rendition INTEGER, name TEXT, digest BLOB, PRIMARY KEY (id, rendition)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY);
"""
FIELDS: Final = "rendition, name, ext, digest, bytes, width, height"


class Manifest:
    """The manifest of one batch, opened by one process, for one thread."""

    def __init__(self, home: Path) -> None:
        self._file = home / FILE
        self._passed: dict[bytes, tuple[int, int]] = {}
        """Where in which run rows were met that are not yet noted."""
        self._whys: dict[bytes, str] = {}
        """Why rows of these failed, as it is now."""
        self._books = connected(self._file)
        with writing(self._file):
            self._books.executescript(SCHEMA)
        self.names = Names(self._books, self._passed)
        self.first = 0
        """The first run since it was opened, or 0: a batch that watches its sources has many."""
        self.run = 0

    def begin(self) -> None:
        """Begin another run, with whose number is noted what it meets. Raises as `writing`."""
        with self.writing():
            (self.run,) = self._books.execute(
                "INSERT INTO runs DEFAULT VALUES RETURNING run"
            ).fetchone()
        self.first = self.first or self.run

    def before(self, row_id: bytes) -> Before | None:
        """Return what is known of a row, or None."""
        found = self._books.execute(
            "SELECT asked, version, status, number, run, worked, error FROM rows WHERE id = ?",
            (row_id,),
        ).fetchone()
        if found is None:
            return None
        asked, version, status, number, run, worked, error = found
        number, run = self._passed.get(row_id, (number, run))
        made = self.outputs(row_id, asked)
        return Before(asked, version, Status(status), number, run, worked, error, made)

    def outputs(self, row_id: bytes, asked: bytes) -> list[Output]:
        """Return what was made of a row that asked for this."""
        return outputs_of(self._books, row_id, asked)

    def pass_over(self, row: Row, why: str = "") -> None:
        """Note that a row was met in this run, at this place, and why it failed if that is new."""
        self._passed[row.id] = row.number, self.run
        if why:
            self._whys[row.id] = why
        if len(self._passed) >= FEW:
            self._flush()

    def goes_before(self, rival: Rival, row: Row) -> bool:
        """Return whether another row has its name in this run, and stands before that one."""
        return bool(rival.live) and rival.run == self.run and rival.number < row.number

    def _flush(self) -> None:
        with self.writing():
            pass

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Commit all that is written inside, or nothing. Raises NotWritten, DiskFull."""
        with writing(self._file), self._books:
            self._books.execute("BEGIN IMMEDIATE")
            passed = [
                (*met, self._whys.get(row_id), row_id) for row_id, met in self._passed.items()
            ]
            self._passed.clear()
            self._whys.clear()
            self._books.executemany(
                "UPDATE rows SET number = ?, run = ?, message = ifnull(?, message) WHERE id = ?",
                passed,
            )
            yield

    def write(self, made: Made) -> list[str]:
        """Write what became of a row, and return the names that it had for the same and has not.

        To be called within `writing`.
        """
        before = self.outputs(made.row.id, made.asked)
        self._write_row(made)
        if made.status is Status.DONE:
            self._books.execute(
                "DELETE FROM outputs WHERE id = ? AND asked = ?", (made.row.id, made.asked)
            )
        self._write_outputs(made)
        if made.status is not Status.DONE:
            return []
        kept = {output.name for output in made.outputs}
        return [each.name for each in before if each.name not in kept]

    def _write_row(self, made: Made) -> None:
        row = made.row
        self._books.execute(
            f"INSERT OR REPLACE INTO rows VALUES ({', '.join('?' * 16)})",  # noqa: S608
            (
                *(row.id, row.number, self.run, self.run, stored(row.key), row.version),
                made.asked,
                *(made.status, made.digest, made.bytes, made.width, made.height),
                *(made.error, stored(made.message), made.seconds, _dumped(made.known)),
            ),
        )
        self._books.execute("DELETE FROM wishes WHERE id = ?", (row.id,))

    def _write_outputs(self, made: Made) -> None:
        self._books.executemany(
            f"INSERT OR REPLACE INTO outputs VALUES ({', '.join('?' * 10)})",  # noqa: S608
            [
                (
                    *(made.row.id, claim_of(each.name), made.asked, each.rendition, each.name),
                    *(each.ext, each.digest, each.bytes, each.width, each.height),
                )
                for each in made.outputs
            ],
        )

    def fail(self, row_id: bytes, error: str, message: str) -> list[str]:
        """Take a row back that was done, and return the names that it had. Within `writing`."""
        self._books.execute(
            "INSERT OR REPLACE INTO wishes SELECT id, rendition, name, digest FROM outputs "
            "WHERE id = ? AND asked = (SELECT asked FROM rows WHERE id = ?)",
            (row_id, row_id),
        )
        self._books.execute(
            "UPDATE rows SET status = 'failed', error = ?, message = ?, known = NULL, worked = ? "
            "WHERE id = ?",
            (error, stored(message), self.run, row_id),
        )
        names = self._books.execute("SELECT name FROM outputs WHERE id = ?", (row_id,)).fetchall()
        self._books.execute("DELETE FROM outputs WHERE id = ?", (row_id,))
        return [name for (name,) in names]

    def committed(self, row_id: bytes, rendition: int) -> Output | None:
        """Return what was made of a row that is done, or None."""
        found = self._books.execute(
            "SELECT asked FROM rows WHERE id = ? AND status = 'done'", (row_id,)
        ).fetchone()
        outputs = self.outputs(row_id, found[0]) if found else []
        return next((each for each in outputs if each.rendition == rendition), None)

    def told(self) -> Iterator[Record]:
        """Yield what became of all rows of this run, in their order."""
        self._flush()
        rows, outputs = connected(self._file), connected(self._file)
        try:
            found = rows.execute(
                "SELECT id, asked, number, source, status, digest, bytes, width, height, error, "
                "message, known FROM rows WHERE run = ? ORDER BY number",
                (self.run,),
            )
            for row_id, asked, *facts, known in found:
                made = outputs_of(outputs, row_id, asked)
                yield Record._make([*facts, loaded(known), made])
        finally:
            rows.close()
            outputs.close()

    def close(self) -> None:
        """Write what is left to be written, and let go of the file."""
        try:
            self._flush()
        finally:
            self._books.close()


@contextmanager
def open_manifest(home: Path) -> Iterator[Manifest]:
    """Give the manifest of a batch, and close it; what ends the batch is told before what that met.

    Raises BadOption where it cannot be read in its middle, which could be before.
    """
    manifest = Manifest(home)
    try:
        yield manifest
    except BaseException as why:
        with suppress(FoveateError):
            manifest.close()
        if isinstance(why, sqlite3.Error):
            raise damaged(home / FILE, why) from why
        raise
    manifest.close()


def connected(file: Path) -> sqlite3.Connection:
    """Return an open manifest. Raises BadOption for what is none, NotWritten, DiskFull."""
    with writing(file):  # also where nobody may ask what it is
        is_folder = file.is_dir()
    if is_folder:
        raise BadOption(f"Expected a manifest at {file}, got a folder.")
    try:
        books = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        # Whoever is killed has what was committed; a loss of power may take the last of it.
        books.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    except sqlite3.Error as why:
        if primary_code(why) not in NO_MANIFEST:
            raise unwritten(f"to {file}", why, file) from why
        raise damaged(file, why) from why
    return books


def outputs_of(books: sqlite3.Connection, row_id: bytes, asked: bytes) -> list[Output]:
    """Return what was made of a row that asked for this, in the order of renditions."""
    found = books.execute(
        f"SELECT {FIELDS} FROM outputs WHERE id = ? AND asked = ? ORDER BY rendition",  # noqa: S608
        (row_id, asked),
    )
    return [
        Output(
            rendition=number,
            name=name,
            ext=ext,
            digest=digest,
            bytes=size,
            width=width,
            height=height,
        )
        for number, name, ext, digest, size, width, height in found
    ]


def _dumped(known: str) -> bytes | None:
    return zlib.compress(known.encode(), 1) if known else None


def loaded(known: bytes | None) -> str:
    """Return what is known of a picture, as it was written."""
    return zlib.decompress(known).decode() if known else ""
