"""Where finished files lie before they have names: a folder, or a bucket that many machines reach.

Whoever works writes them, and whoever commits places them or lets them go.
"""

from __future__ import annotations

import mimetypes
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from foveate.batches.template import HIDDEN
from foveate.batches.unwritten import unwritten
from foveate.errors import NotWritten, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.batches.away import Waiting
    from foveate.storage.bucket_folder import BucketFolder

Aside = Path | str
"""A file, or an object by its name in a bucket."""
ASIDE: Final = "aside"
"""The folder of files that are finished, or not yet, and have no name."""
APART: Final = "apart-"
"""What the name begins with of a folder that one call of `map_batches` has for itself."""
LEFT_S: Final = 24 * 3600.0
"""Where nothing came or went for so long, whoever had the folder was ended."""


class Asides(Protocol):
    """A place for finished files without names. Its methods block."""

    def write(self, row: str, data: bytes, name: str) -> Aside:
        """Keep a whole file for a row, that is to have this name. Raises NotWritten, DiskFull."""
        ...

    def drop(self, row: str) -> None:
        """Delete what is kept for a row, if anything is."""
        ...

    def kept(self) -> Iterator[tuple[str, Aside]]:
        """Yield what there is, by row."""
        ...

    def read(self, aside: Aside) -> bytes:
        """Return a file."""
        ...


class FolderAsides:
    """A folder: of this machine, or one that all machines of a cluster share."""

    def __init__(self, home: Path) -> None:
        self._folder = home / ASIDE

    def write(self, row: str, data: bytes, name: str) -> Path:  # noqa: ARG002 - renamed later
        """Write the file, whole under its name: who was believed dead may write it again."""
        file = self._folder / row
        part = self._folder / f"{row}.{os.getpid()}"
        try:
            part.write_bytes(data)
            part.replace(file)
        except OSError as why:
            raise unwritten(f"{len(data)} bytes", why) from why
        return file

    def drop(self, row: str) -> None:
        """Delete the file, if there is one."""
        (self._folder / row).unlink(missing_ok=True)

    def kept(self) -> Iterator[tuple[str, Path]]:
        """Yield all files, in order."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(self._folder.iterdir()):
            yield file.name, file

    def read(self, aside: Aside) -> bytes:
        """Return the file."""
        return Path(aside).read_bytes()


def sweep_apart(home: Path) -> None:
    """Delete what calls left that were ended, whatever machine they ran on.

    By its age: no lock tells of a machine beside this one on every disk that they share.
    """
    until = time.time() - LEFT_S
    for place in home.glob(f"{APART}*"):
        with suppress(OSError):  # another deletes it, too
            if max(each.stat().st_mtime for each in (place, *place.glob(ASIDE))) < until:
                shutil.rmtree(place)


class BucketAsides:
    """Objects beside those that have names: machines that share no folder write them.

    A bucket that is away is waited for; where that lasts, it raises DestinationAway.
    """

    def __init__(self, bucket: BucketFolder, waiting: Waiting) -> None:
        self._bucket = bucket
        self._waited = waiting

    def write(self, row: str, data: bytes, name: str) -> str:
        """Send an object, which is a copy within the bucket away from its name."""
        aside = f"{HIDDEN}/{ASIDE}/{row}"
        try:
            self._waited(lambda: self._bucket.put(aside, data, content_type_of(name)))
        except SourceError as why:
            raise NotWritten(f"Expected to write {len(data)} bytes, got {why}.") from why
        return aside

    def drop(self, row: str) -> None:
        """Delete the object, if there is one."""
        with suppress(SourceError):
            self._bucket.remove(f"{HIDDEN}/{ASIDE}/{row}")

    def kept(self) -> Iterator[tuple[str, str]]:
        """Yield all objects. Raises NotWritten where nobody may ask for them."""
        try:
            there = self._waited(lambda: list(self._bucket.list(f"{HIDDEN}/{ASIDE}")))
        except SourceError as why:
            raise NotWritten(str(why)) from why
        for found in there:
            yield found.path.rpartition("/")[2], found.path

    def read(self, aside: Aside) -> bytes:
        """Return the object."""
        return self._waited(lambda: self._bucket.get(str(aside)))


def content_type_of(name: str) -> str:
    """Return what a bucket is told of an object of that name."""
    kind, _ = mimetypes.guess_type(name)
    return kind or "application/octet-stream"
