"""Where the results of a job are, in a folder or a bucket."""

from __future__ import annotations

import mimetypes
import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.batches.destination import open_destination
from foveate.batches.manifest import FILE
from foveate.batches.template import TABLES, checked_name
from foveate.configuration.folder import state_folder
from foveate.errors import BadOption, QueueUnusable, SourceNotFound
from foveate.jobs.folders import folder_of, results_place
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event

    from foveate.jobs.job import Job
    from foveate.jobs.leftovers import Leftover
    from foveate.settings import Settings

MOST: Final = 1000
"""Results on a page."""
NONE: Final = "There is no such result."


class Result(NamedTuple):
    """A file that a job made."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the results of one job are. Its methods block."""

    out: str
    settings: Settings
    noted: bool = False
    """Whether they were made there, whatever the settings say now."""

    def results(self, after: str, limit: int) -> list[Result]:
        """Return what was made, by name, after that one; tables come last."""
        made = list(self._made(after, limit))
        if len(made) == limit:
            return made
        tables = TABLES[TABLES.index(after) + 1 :] if after in TABLES else TABLES
        made += [found for table in tables if (found := self._table(table)) is not None]
        return made[:limit]

    def _made(self, after: str, limit: int) -> Iterator[Result]:
        file = self._home / FILE
        if after in TABLES or not file.exists():
            return
        books = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = books.execute(
                "SELECT name, MAX(outputs.bytes) FROM outputs JOIN rows ON rows.id = outputs.id "
                "AND rows.asked = outputs.asked WHERE status = 'done' AND name > ? "
                "GROUP BY name ORDER BY name LIMIT ?",
                (after, limit),
            )
            yield from (Result(*row) for row in found)
        except sqlite3.Error as why:
            raise QueueUnusable(f"Expected the results of a job in {file}, got {why}.") from why
        finally:
            books.close()

    def _table(self, name: str) -> Result | None:
        if self._is_bucket:
            size = self._bucket.size(name)
            return None if size is None else Result(name, size)
        file = Path(self.out) / name
        return Result(name, file.stat().st_size) if file.is_file() else None

    def file(self, name: str) -> Path:
        """Return a result as a file on this machine. Raises SourceNotFound."""
        file = Path(self.out, *_checked(name).split("/"))
        if not self._has(file):
            raise SourceNotFound(public=NONE)
        return file

    def _has(self, file: Path) -> bool:
        try:
            real = os.path.realpath(file)
            return real.startswith(f"{os.path.realpath(self.out)}/") and Path(real).is_file()
        except (OSError, ValueError):  # a name that no file can have
            return False

    def address(self, name: str, ttl_s: int, method: str = "GET") -> str | None:
        """Return where a bucket has a result: an address signed for GET or HEAD. None for a folder.

        Raises SourceNotFound.
        """
        if not self._is_bucket:
            return None
        if not self._bucket.has(_checked(name)):
            raise SourceNotFound(public=NONE)
        return self._bucket.link(name, ttl_s, "HEAD" if method == "HEAD" else "GET")

    def delete(self, stop: Event) -> bool:
        """Delete all of it; return whether that was done before `stop` was set. Raises OSError."""
        if not self._is_bucket:
            if self.noted:
                _check_there(Path(self.out).parent)
            return _removed(Path(self.out), stop)
        if not self._bucket.clear(stop):
            return False
        if (home := self._home).exists():
            shutil.rmtree(home)
        return True

    def prepare(self) -> None:
        """Have the folder of a key there: where there is none, its disk is away."""
        if not self._is_bucket:
            with suppress(OSError):  # who writes there says why he cannot
                Path(self.out).parent.mkdir(parents=True, exist_ok=True)

    @property
    def _is_bucket(self) -> bool:
        return "://" in self.out

    @property
    def _bucket(self) -> BucketFolder:
        return BucketFolder(self.out, self.settings.origins)

    @property
    def _home(self) -> Path:
        return open_destination(self.out, self.settings.origins, state_folder("batches")).home


def place_of(job: Job | Leftover, settings: Settings) -> Place:
    """Return where the results of a job are, or will be. Raises BadSettings."""
    if job.place:
        return Place(job.place, settings, noted=True)
    return Place("/".join((results_place(settings), folder_of(job.key), job.out)), settings)


def _checked(name: str) -> str:
    """Return a name that a result may have. Raises SourceNotFound."""
    try:
        return name if name in TABLES else checked_name(name)
    except BadOption as why:
        raise SourceNotFound(public=NONE) from why


def _check_there(folder: Path) -> None:
    """Raise OSError where it is not: its disk may be away, with what is to be removed."""
    if not folder.is_dir():
        away = "is its disk away? Where it was removed by hand, make the folder anew"
        raise OSError(f"Expected results in {folder}, got no such folder: {away}.")


def _removed(folder: Path, stop: Event) -> bool:
    """Delete a folder as shutil.rmtree does; return whether that was done before `stop` was set."""
    if not folder.is_dir():
        return True
    if folder.is_symlink():
        raise OSError(f"Expected a folder of results at {folder}, got a link.")
    for where, folders, files in os.walk(folder, topdown=False, onerror=_raise):
        links = [name for name in folders if os.path.islink(f"{where}/{name}")]  # noqa: PTH114
        for name in (*files, *links):
            if stop.is_set():
                return False
            os.unlink(f"{where}/{name}")  # noqa: PTH108 - a Path for each of a million takes long
        os.rmdir(where)  # noqa: PTH106
    return True


def _raise(why: OSError) -> None:
    raise why


def content_type(name: str) -> str:
    """Return of which type a result is."""
    if name in TABLES:
        return "application/x-ndjson" if name.endswith(".jsonl") else "application/octet-stream"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
