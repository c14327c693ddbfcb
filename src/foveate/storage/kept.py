"""Files of many servers below one folder or prefix of a bucket: each is there whole, or not."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import obstore
from obstore.store import LocalStore

from foveate.durable import on_and_on, sync_files, write_whole
from foveate.errors import (
    BucketRefused,
    DatasetsAway,
    SourceError,
    SourceNotFound,
    SourceRefused,
)
from foveate.storage.bucket_folder import PAGE
from foveate.storage.ranged import ranged
from foveate.storage.s3 import open_bucket
from foveate.storage.s3_failures import as_source_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.settings import Origins


REFUSED: Final = frozenset(
    getattr(errno, name)
    for name in ("EACCES", "EEXIST", "EISDIR", "ELOOP", "ENAMETOOLONG", "ENOTDIR", "EPERM")
    if hasattr(errno, name)
)
"""What a folder says of one file that it will not take, while it may take others."""


class Kept(NamedTuple):
    """A file, and what a listing says of it."""

    name: str
    bytes: int
    modified: float
    """Seconds since 1970."""


class KeptFiles:
    """What is below a folder or s3://BUCKET/PREFIX. Thread-safe, blocks, and raises DatasetsAway.

    Names are ours: nothing is checked of them here.
    """

    def __init__(self, place: str, origins: Origins) -> None:
        self.place = place.rstrip("/")
        self._origins = origins
        self._opened: Any = None

    def __reduce__(self) -> tuple[type[KeptFiles], tuple[str, Origins]]:
        """Let another process open them by itself: what is open cannot go there."""
        return KeptFiles, (self.place, self._origins)

    @property
    def is_bucket(self) -> bool:
        """Return whether it is on no disk of ours."""
        return "://" in self.place

    def put(self, name: str, data: bytes) -> None:
        """Write a file over what has its name. It stays when the power goes."""
        if self.is_bucket:
            with _reached(name):
                obstore.put(self._store, name, data)
            return
        with _written(name):
            write_whole(Path(self.place, name), data)

    def bring(self, name: str, file: Path) -> None:
        """Give a file of this machine that name; afterwards it is there no more.

        That it stays when the power goes is for `settle`.
        """
        if self.is_bucket:
            with _reached(name):
                obstore.put(self._store, name, file)
            file.unlink()
            return
        to = Path(self.place, name)
        with _written(name):
            to.parent.mkdir(parents=True, exist_ok=True)
            try:
                file.replace(to)
            except OSError as why:
                if why.errno != errno.EXDEV:
                    raise
                _copied(file, to)

    def settle(self, names: Sequence[str], halt: Callable[[], None] = on_and_on) -> None:
        """Return once these, which were brought, stay when the power goes.

        Before each of them `halt` is asked, which may raise.
        """
        if not self.is_bucket:
            with _written(self.place):
                sync_files([Path(self.place, name) for name in names], Path(self.place), halt)

    def read(self, name: str) -> bytes:
        """Return a file, whole. Raises SourceNotFound."""
        with _reached(name):
            return bytes(obstore.get(self._store, name).bytes())

    def open(self, name: str) -> BinaryIO:
        """Return a file, of which only what is read is fetched. Raises SourceNotFound."""
        if (found := self.find(name)) is None:
            raise SourceNotFound(f"There is no {name}.")
        return ranged(found.bytes, partial(self.range, name))

    def range(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of a file from one place to before another. Raises SourceNotFound."""
        with _reached(name):
            return bytes(obstore.get_range(self._store, name, start=start, end=end))

    def find(self, name: str) -> Kept | None:
        """Return what there is of that name."""
        try:
            with _reached(name):
                found = obstore.head(self._store, name)
        except SourceNotFound:
            return None
        return Kept(name, found["size"], found["last_modified"].timestamp())

    def list(self, below: str) -> Iterator[Kept]:
        """Yield the files below a name, by name."""
        rows: list[Kept] = []
        with _reached(below):
            for page in obstore.list(self._store, below):
                rows += (
                    Kept(each["path"], each["size"], each["last_modified"].timestamp())
                    for each in page
                )
        yield from sorted(rows)

    def remove(self, name: str) -> None:
        """Delete a file, where there is one."""
        with suppress(SourceNotFound), _reached(name):
            obstore.delete(self._store, name)

    def remove_all(self, below: str) -> None:
        """Delete all files below a name."""
        if self.is_bucket:
            with _reached(below):
                for page in obstore.list(self._store, below, chunk_size=PAGE):
                    obstore.delete(self._store, [each["path"] for each in page])
            return
        shutil.rmtree(Path(self.place, below), ignore_errors=True)
        for each in self.list(below):  # which says why it stays
            self.remove(each.name)

    def path(self, name: str) -> Path | None:
        """Return where a file is on this machine; None for a bucket."""
        return None if self.is_bucket else Path(self.place, name)

    def link(self, name: str, within_s: float) -> str | None:
        """Return an address at which anybody can get a file for so long; None for a folder."""
        if not self.is_bucket:
            return None
        with _reached(name):
            return obstore.sign(self._store, "GET", name, timedelta(seconds=within_s))

    @property
    def _store(self) -> Any:  # noqa: ANN401 - a LocalStore or an S3Store
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> Any:  # noqa: ANN401
        if self.is_bucket:
            bucket, _, prefix = self.place.partition("://")[2].partition("/")
            return open_bucket(bucket, self._origins, prefix or None)
        os.makedirs(self.place, mode=0o700, exist_ok=True)  # noqa: PTH103 - as `place` is a text
        return LocalStore(Path(self.place))


def _copied(file: Path, to: Path) -> None:
    """Bring a file to another disk, whole or not at all."""
    near = to.with_name(f"{to.name}#{os.getpid()}")
    shutil.move(file, near)
    near.replace(to)


@contextmanager
def _written(name: str) -> Iterator[None]:
    """Say of what a folder cannot take which error that is: of some there may be room later."""
    try:
        yield
    except OSError as why:
        said = f"{name}: {why.strerror} (os error {why.errno})"
        refused = (why.strerror or "") if why.errno in REFUSED else ""
        raise DatasetsAway(said, refused=refused) from why


@contextmanager
def _reached(name: str) -> Iterator[None]:
    """Say of whatever goes wrong, but of what is not there, that it is here, and no origin's."""
    try:
        with as_source_errors(name):
            yield
    except SourceNotFound:
        raise
    except SourceError as why:
        # What keys may not, they may once somebody saw to that.
        for_good = isinstance(why, SourceRefused) and not isinstance(why, BucketRefused)
        raise DatasetsAway(str(why), refused=_words(why) if for_good else "") from why


def _words(why: SourceError) -> str:
    """Return what a bucket said, without the name of what it was asked for."""
    return str(why).rpartition(": ")[2]
