"""What pictures of raw data hold, remembered as long as nothing of theirs changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from sys import maxsize
from typing import TYPE_CHECKING, Final

from foveate.cores import cores
from foveate.datasets.anew import AnewBooks
from foveate.datasets.raw.raw import UNREAD, Picture
from foveate.datasets.unchanged import MOMENTARY
from foveate.errors import BadRaw, ImageError, SourceError
from foveate.geometry.box import Size
from foveate.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from foveate.datasets.raw.places import Found, Place

FILE: Final = "raw.sqlite3"
FEW: Final = 200
LOST: Final = "pictures of raw data are read anew"
NO_BOUND: Final = Limits(max_bytes=maxsize, max_pixels=maxsize, max_side=maxsize)
"""A size is that of the bytes, whatever may be done with them later: no pixel is decoded for it."""
TABLES: Final = """
CREATE TABLE IF NOT EXISTS pictures (
    place TEXT, name TEXT, version TEXT NOT NULL, digest TEXT NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, PRIMARY KEY (place, name)
) WITHOUT ROWID;
"""


class Memo:
    """The digests and sizes of pictures. Thread-safe, and blocks."""

    def __init__(self, folder: Path) -> None:
        self._books = AnewBooks(folder / FILE, TABLES, LOST)

    def pictures(self, address: str, place: Place, found: Sequence[Found]) -> Iterator[Picture]:
        """Yield what those pictures hold, in their order; only what changed is read.

        They are all that are there: others are forgotten. Raises BadRaw for one that cannot be had.
        """
        with ThreadPoolExecutor(cores(), thread_name_prefix="raw") as readers:
            for start in range(0, len(found), FEW):
                few = found[start : start + FEW]
                known = self._known(address, few)
                fresh = [each for each in few if each.name not in known]
                read = dict(readers.map(lambda each: (each.name, self._read(place, each)), fresh))
                self._write(address, fresh, read)
                yield from ((known | read)[each.name] for each in few)
        self._keep(address, {each.name for each in found})

    def forget(self, address: str) -> None:
        """Remember nothing of what is there."""
        self._keep(address, frozenset())

    def doubt(self, address: str, name: str) -> None:
        """Remember nothing of one picture: it is another one, whatever its file tells."""
        with self._books.writing() as books:
            books.execute("DELETE FROM pictures WHERE place = ? AND name = ?", (address, name))

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()

    def _keep(self, address: str, names: AbstractSet[str]) -> None:
        with self._books.reading() as books:
            rows = books.execute("SELECT name FROM pictures WHERE place = ?", (address,))
            gone = [(address, name) for (name,) in rows if name not in names]
        if gone:
            with self._books.writing() as books:
                books.executemany("DELETE FROM pictures WHERE place = ? AND name = ?", gone)

    def _known(self, address: str, found: Sequence[Found]) -> dict[str, Picture]:
        versions = {each.name: each.version for each in found}
        marks = ", ".join("?" * len(found))
        with self._books.reading() as books:
            rows = books.execute(
                "SELECT name, version, digest, width, height FROM pictures "  # noqa: S608
                f"WHERE place = ? AND name IN ({marks})",
                (address, *versions),
            ).fetchall()
        return {
            name: Picture(name=name, digest=digest, size=Size(width, height) if width else None)
            for name, version, digest, width, height in rows
            # What was not read may be another time, without a change of its own.
            if versions[name] == version and digest != UNREAD
        }

    def _read(self, place: Place, found: Found) -> Picture:
        try:
            data = place.read(found.name)
        except MOMENTARY:
            raise
        except SourceError as why:
            raise BadRaw(f"Expected a picture at {found.name!r}, got none: {why.public}") from why
        return Picture(name=found.name, digest=sha256(data).hexdigest(), size=self._size(data))

    def _size(self, data: bytes) -> Size | None:
        # Imported with the first picture: who lists datasets needs no decoder.
        from foveate.imaging.probe import probe  # noqa: PLC0415

        try:
            return probe(data, NO_BOUND).size
        except (ImageError, SourceError):
            return None  # whoever works on it says what is wrong

    def _write(self, address: str, found: Sequence[Found], read: dict[str, Picture]) -> None:
        rows = []
        for each in found:
            size = read[each.name].size or Size(0, 0)
            digest = read[each.name].digest
            rows.append((address, each.name, each.version, digest, size.width, size.height))
        if rows:
            with self._books.writing() as books:
                marks = ", ".join("?" * len(rows[0]))
                books.executemany(f"INSERT OR REPLACE INTO pictures VALUES ({marks})", rows)  # noqa: S608
