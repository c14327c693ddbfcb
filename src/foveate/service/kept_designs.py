"""Designs that are kept: one SQLite file with every version, for any number of processes."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from foveate.design.xml import reading, writing
from foveate.errors import DesignConflict, DesignsUnusable, UnknownDesign
from foveate.http_dates import stamp
from foveate.storage.books import Books

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foveate.design.scene.model import Scene

FILE: Final = "designs.sqlite3"
ID_BYTES: Final = 8
TABLES: Final = """
CREATE TABLE IF NOT EXISTS designs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    version INTEGER NOT NULL, digest TEXT NOT NULL, created REAL NOT NULL, changed REAL NOT NULL,
    by TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS gone (id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    design INTEGER, version INTEGER, digest TEXT NOT NULL, at REAL NOT NULL, by TEXT NOT NULL,
    xml TEXT NOT NULL, PRIMARY KEY (design, version)
) WITHOUT ROWID;
"""
LATER: Final = (("designs", "made_of"),)
_NAMES: Final = "number, id, name, version, digest, created, changed, by, made_of"
_COLUMNS: Final = f"SELECT {_NAMES} FROM designs"  # noqa: S608 - ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a design without opening it."""

    number: int
    id: str
    name: str
    version: int
    """The newest, counted from 1, and on where one of that id was deleted."""
    digest: str
    created: float
    changed: float
    by: str
    """The name of the key that changed it last."""
    made_of: str = ""
    """The id of the design that it is in another size; empty for one of its own."""

    def to_json(self) -> dict[str, Any]:
        """Return it as objects."""
        times = {"created": stamp(self.created), "changed": stamp(self.changed)}
        told = {"id": self.id, "name": self.name, "version": self.version, "digest": self.digest}
        return {**told, **times, "by": self.by}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a design."""

    version: int
    digest: str
    at: float
    by: str

    def to_json(self) -> dict[str, Any]:
        """Return it as objects."""
        told = {"version": self.version, "digest": self.digest}
        return {**told, "at": stamp(self.at), "by": self.by}


class Store:
    """The designs of a machine. Thread-safe, blocks, and raises DesignsUnusable.

    What it returns of a change is on the disk.
    """

    def __init__(
        self, folder: Path, *, most: int, versions: int, clock: Callable[[], float] = time.time
    ) -> None:
        """Take where they are, and how many designs, and versions of each, there may be."""
        self._books = Books(folder / FILE, TABLES, DesignsUnusable, LATER)
        self._most = most
        self._versions = versions
        self._clock = clock

    def add(self, scene: Scene, by: str, id_: str = "", made_of: str = "") -> Kept:
        """Keep a new design, by an id of its own where none is given.

        Its versions are counted on from those of one that was deleted: who has an ETag of that one
        has none of this. Raises DesignConflict where there is one by that id, or are as many as may
        be, and DesignTooLarge for one that could not be read back.
        """
        with self._books.writing(durable=True) as books:
            return self._add(books, scene, by, id_ or secrets.token_hex(ID_BYTES), made_of)

    def keep_sizes(self, made_of: str, sizes: Sequence[tuple[str, Scene]], by: str) -> list[Kept]:
        """Keep other sizes of a design by their ids, all or none: new ones, or versions of such.

        Raises DesignConflict where an id is of another design, or there are as many as may be, and
        DesignTooLarge for one that could not be read back.
        """
        with self._books.writing(durable=True) as books:
            return [self._keep_size(books, made_of, *size, by) for size in sizes]

    def put(self, id_: str, scene: Scene, by: str, version: int) -> Kept:
        """Keep a new version of a design, made of that one: where it is equal, there is no new one.

        Raises UnknownDesign, DesignConflict where somebody else was faster, and DesignTooLarge for
        one that could not be read back.
        """
        with self._books.writing(durable=True) as books:
            found = self._of(books, id_)
            if found.version != version:
                raise DesignConflict(
                    f"Expected version {found.version} of the design {id_}, got changes of version "
                    f"{version}."
                )
            return self._put(books, found, scene, by)

    def delete(self, id_: str) -> None:
        """Forget a design with all its versions. Raises UnknownDesign."""
        with self._books.writing(durable=True) as books:
            found = self._of(books, id_)
            books.execute("INSERT OR REPLACE INTO gone VALUES (?, ?)", (id_, found.version))
            books.execute("DELETE FROM versions WHERE design = ?", (found.number,))
            books.execute("DELETE FROM designs WHERE number = ?", (found.number,))

    def of(self, id_: str) -> Kept:
        """Return what is known of a design. Raises UnknownDesign."""
        with self._books.reading() as books:
            return self._of(books, id_)

    def scene(self, id_: str, version: int | None = None) -> tuple[Kept, Scene]:
        """Return a design in its newest version or that one. Raises UnknownDesign."""
        with self._books.reading() as books:
            found = self._of(books, id_)
            wanted = found.version if version is None else version
            row = books.execute(
                "SELECT xml FROM versions WHERE design = ? AND version = ?", (found.number, wanted)
            ).fetchone()
        if row is None:
            raise UnknownDesign(f"Expected a version of {id_} that is kept, got {wanted}.")
        return found, reading.loads(row[0])

    def digest(self, id_: str, version: int | None = None) -> str:
        """Return the digest of a design in its newest version or that one. Raises UnknownDesign."""
        with self._books.reading() as books:
            found = self._of(books, id_)
            if version is None or version == found.version:
                return found.digest
            row = books.execute(
                "SELECT digest FROM versions WHERE design = ? AND version = ?",
                (found.number, version),
            ).fetchone()
        if row is None:
            raise UnknownDesign(f"Expected a version of {id_} that is kept, got {version}.")
        return str(row[0])

    def by_digest(self, id_: str, digest: str) -> Scene:
        """Return the version of a design that has that digest. Raises UnknownDesign."""
        with self._books.reading() as books:
            found = self._of(books, id_)
            row = books.execute(
                "SELECT xml FROM versions WHERE design = ? AND digest = ? LIMIT 1",
                (found.number, digest),
            ).fetchone()
        if row is None:
            raise UnknownDesign(f"Expected a version of {id_} that is kept, got {digest:.12}.")
        return reading.loads(row[0])

    def versions(self, id_: str) -> list[Version]:
        """Return the versions of a design that are kept, the newest first. Raises UnknownDesign."""
        with self._books.reading() as books:
            found = self._of(books, id_)
            rows = books.execute(
                "SELECT version, digest, at, by FROM versions WHERE design = ? "
                "ORDER BY version DESC",
                (found.number,),
            ).fetchall()
        names = ("version", "digest", "at", "by")
        return [Version(**dict(zip(names, row, strict=True))) for row in rows]

    def page(self, search: str, limit: int, after: int) -> list[Kept]:
        """Return designs, the newest first, with a text in their id or name.

        They are of numbers below `after`, where that is not 0.
        """
        with self._books.reading() as books:
            # SQLite's own LOWER knows the letters of ASCII alone.
            books.create_function("FOLDED", 1, folded, deterministic=True)
            rows = books.execute(
                f"{_COLUMNS} WHERE (?1 = 0 OR number < ?1) AND "
                "(INSTR(id, ?2) OR INSTR(FOLDED(name), ?2)) ORDER BY number DESC LIMIT ?3",
                (after, folded(search), limit),
            ).fetchall()
        return list(map(_kept, rows))

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()

    def _keep_size(
        self, books: sqlite3.Connection, made_of: str, name: str, scene: Scene, by: str
    ) -> Kept:
        try:
            found = self._of(books, name)
        except UnknownDesign:
            return self._add(books, scene, by, name, made_of)
        if found.made_of != made_of:
            raise DesignConflict(
                f"Expected {name} to be free, or {made_of} in that size, got another design: "
                "delete that one, or keep this one by an id of its own."
            )
        return self._put(books, found, scene, by)

    def _add(
        self, books: sqlite3.Connection, scene: Scene, by: str, name: str, made_of: str
    ) -> Kept:
        self._check_new(books, name)
        books.execute(
            "INSERT INTO designs (id, name, version, digest, created, changed, by, made_of) "
            "VALUES (?1, ?2, COALESCE((SELECT version FROM gone WHERE id = ?1), 0), '', "
            "?3, ?3, ?4, ?5)",
            (name, scene.name, self._clock(), by, made_of),
        )
        return self._put(books, self._of(books, name), scene, by)

    def _check_new(self, books: sqlite3.Connection, name: str) -> None:
        if books.execute("SELECT 1 FROM designs WHERE id = ?", (name,)).fetchone():
            raise DesignConflict(f"Expected an id that is free, got {name}.")
        (count,) = books.execute("SELECT COUNT(*) FROM designs").fetchone()
        if count >= self._most:
            raise DesignConflict(f"Expected at most {self._most} designs: delete one.")

    def _put(self, books: sqlite3.Connection, found: Kept, scene: Scene, by: str) -> Kept:
        text = writing.bounded(scene)
        digest, version, now = writing.digest_of(text), found.version + 1, self._clock()
        if digest == found.digest:
            return found
        books.execute(
            "INSERT INTO versions (design, version, digest, at, by, xml) VALUES (?, ?, ?, ?, ?, ?)",
            (found.number, version, digest, now, by, text),
        )
        books.execute(
            "UPDATE designs SET name = ?, version = ?, digest = ?, changed = ?, by = ? "
            "WHERE number = ?",
            (scene.name, version, digest, now, by, found.number),
        )
        oldest = version - self._versions
        books.execute(
            "DELETE FROM versions WHERE design = ? AND version <= ?", (found.number, oldest)
        )
        return self._of(books, found.id)

    def _of(self, books: sqlite3.Connection, id_: str) -> Kept:
        row = books.execute(f"{_COLUMNS} WHERE id = ?", (id_,)).fetchone()
        if row is None:
            raise UnknownDesign
        return _kept(row)


def folded(text: str) -> str:
    """Return a text as it is searched: large and small letters are one, however they are spelled.

    >>> folded("\u00dcBER") == folded("u\u0308ber")
    True
    """
    return normalize("NFKC", normalize("NFKC", text).casefold())


def _kept(row: tuple[Any, ...]) -> Kept:
    return Kept(**dict(zip(_NAMES.split(", "), row, strict=True)))
