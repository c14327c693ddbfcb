"""Where a batch writes: whole files or none, first under names of its own."""

from __future__ import annotations

import errno
import logging
import os
from concurrent.futures import ThreadPoolExecutor, wait
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from foveate.batches.asides import BucketAsides, FolderAsides, content_type_of
from foveate.batches.away import Waiting
from foveate.batches.template import HIDDEN, folders_of
from foveate.durable import give_name
from foveate.errors import BadOption, DestinationAway, NameTaken, NotWritten, SourceError
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.batches.asides import Aside, Asides
    from foveate.settings import Origins

log = logging.getLogger("foveate.batches")
AT_ONCE: Final = 16
"""Objects that are on their way to a bucket."""


class Placing(NamedTuple):
    """A finished file, and the name that it is to have."""

    aside: Aside
    name: str


class Destination(Protocol):
    """A place for what is made. Its methods block."""

    home: Path
    """A local folder for what the batch needs itself."""
    asides: Asides
    """Where workers leave what is finished."""
    left: Sequence[Asides]
    """Where an earlier run may have left some."""

    def place(self, placings: Sequence[Placing]) -> list[str]:
        """Bring files to their names; return for each why not, or an empty text."""
        ...

    def claim(self, placing: Placing) -> None:
        """Bring a file to a name that nothing has. Raises NameTaken and NotWritten.

        Of any number of programs that do so at once one has the name, and the others are told.
        """
        ...

    def taken(self, names: Sequence[str]) -> set[str]:
        """Return under which of these names something is already."""
        ...

    def in_the_way(self, name: str) -> Iterator[str]:
        """Yield the files that keep a name that is taken from being had, by their names."""
        ...

    def seems_taken(self, name: str) -> bool:
        """Return whether something is there still that was found to be there."""
        ...

    def holds(self, name: str, size: int) -> bool:
        """Return whether what was placed there seems to be there still."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return what is there, or None."""
        ...

    def remove(self, name: str) -> None:
        """Delete what is there, if anything is; log where that is refused."""
        ...


class FolderDestination:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.home = folder / HIDDEN
        self.asides: Asides = FolderAsides(self.home)
        self.left: Sequence[Asides] = (self.asides,)

    def place(self, placings: Sequence[Placing]) -> list[str]:
        """Rename files to their names, which takes no room."""
        return [self._place(*each) for each in placings]

    def _place(self, aside: Aside, name: str) -> str:
        aside, target = Path(aside), self._folder / name
        try:
            _rename(aside, target)
        except OSError as why:
            return f"Expected to write {name}, got {why.strerror}."
        return ""

    def claim(self, placing: Placing) -> None:
        """Link a file to its name, which replaces nothing."""
        aside, target = Path(placing.aside), self._folder / placing.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            give_name(aside, target)
        except (FileExistsError, NotADirectoryError) as why:
            raise _taken(placing.name) from why
        except OSError as why:
            raise NotWritten(f"Expected to write {placing.name}, got {why.strerror}.") from why

    def taken(self, names: Sequence[str]) -> set[str]:
        """Return where files are, folders, or a file where a folder is to be."""
        return set(filter(self._is_taken, names))

    def _is_taken(self, name: str) -> bool:
        try:
            os.lstat(self._folder / name)
        except OSError as why:
            return why.errno == errno.ENOTDIR
        return True

    def seems_taken(self, name: str) -> bool:
        """Return whether something is there."""
        return self._is_taken(name)

    def in_the_way(self, name: str) -> Iterator[str]:
        """Yield the file of that name, one where a folder is to be, or all in a folder so named."""
        target = self._folder / name
        if _is_folder(target):
            for file in _files_in(target):
                yield file.relative_to(self._folder).as_posix()
            return
        files = (each for each in folders_of(name) if not (self._folder / each).is_dir())
        yield next(files, name)

    def holds(self, name: str, size: int) -> bool:
        """Return whether a file of that size is there: a loss of power may leave a shorter one."""
        try:
            return os.stat(self._folder / name).st_size == size  # noqa: PTH116
        except OSError:
            return False

    def read(self, name: str) -> bytes | None:
        """Return the file, or None."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def remove(self, name: str) -> None:
        """Delete the file, if there is one."""
        try:
            (self._folder / name).unlink(missing_ok=True)
        except NotADirectoryError:  # nothing can be there
            return
        except OSError as why:
            _left(name, str(why.strerror))


class BucketDestination:
    """A prefix of a bucket. What is placed there is believed to stay: nobody asks for each.

    All of it waits for a bucket that is away, and raises DestinationAway where that lasts.
    """

    def __init__(
        self,
        bucket: BucketFolder,
        home: Path,
        *,
        shared: bool,
        waiting: Waiting | None = None,
    ) -> None:
        """Keep what has no name yet in the bucket as well, where other machines write it."""
        self._bucket = bucket
        self._waited = waiting or Waiting(bucket.place)
        here, there = FolderAsides(home), BucketAsides(bucket, self._waited)
        self.asides: Asides = there if shared else here
        self.left: Sequence[Asides] = (here, there)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="foveate-put")
        self.home = home

    def place(self, placings: Sequence[Placing]) -> list[str]:
        """Bring files to their names, some at a time."""
        placed = [self._pool.submit(self._place, each) for each in placings]
        wait(placed)  # also where one raises: nothing is on its way when others go on
        return [each.result() for each in placed]

    def _place(self, placing: Placing) -> str:
        aside, name = placing
        try:
            if isinstance(aside, Path):
                self._waited(lambda: self._bucket.put(name, aside, content_type_of(name)))
                aside.unlink()
            else:
                self._waited(lambda: self._bucket.copy(aside, name))
                self.remove(aside)
        except SourceError as why:
            return f"Expected to write {name}, got {why}."
        return ""

    def claim(self, placing: Placing) -> None:
        """Write a file as an object, where there is none of that name."""
        aside, name = placing
        try:
            whole = aside if isinstance(aside, Path) else self.asides.read(aside)
            # Asked before as well: there are stores that write over it, whatever they are told.
            made = not self._has(name) and self._waited(
                lambda: self._bucket.create(name, whole, content_type_of(name))
            )
        except SourceError as why:
            raise NotWritten(f"Expected to write {name}, got {why}.") from why
        if not made:
            raise _taken(name)

    def taken(self, names: Sequence[str]) -> set[str]:
        """Return of which names there are objects, some asked for at a time. Raises NotWritten."""
        try:
            there = list(self._pool.map(self._has, names))
        except SourceError as why:
            raise NotWritten(str(why)) from why
        return {name for name, has in zip(names, there, strict=True) if has}

    def _has(self, name: str) -> bool:
        return self._waited(lambda: self._bucket.has(name))

    def seems_taken(self, name: str) -> bool:  # noqa: ARG002 - a request for each is too dear
        """Return True."""
        return True

    def in_the_way(self, name: str) -> Iterator[str]:
        """Yield the object: names in a bucket have no folders."""
        yield name

    def holds(self, name: str, size: int) -> bool:  # noqa: ARG002 - a request for each is too dear
        """Return True."""
        return True

    def read(self, name: str) -> bytes | None:
        """Return the object, or None."""
        try:
            return self._waited(lambda: self._bucket.get(name))
        except SourceError:
            return None

    def remove(self, name: str) -> None:
        """Delete the object."""
        try:
            self._waited(lambda: self._bucket.remove(name))
        except (SourceError, DestinationAway) as why:
            _left(name, str(why))


def _left(name: str, why: str) -> None:
    """Say that what nobody has any more is there still: no reason to end, rows are committed."""
    log.warning("expected to delete %r, got %s: it is left there", name, why)


def _rename(aside: Path, target: Path) -> None:
    try:
        aside.replace(target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        if not _is_folder(target):
            raise
        for folder, _, _ in os.walk(target, topdown=False):
            Path(folder).rmdir()  # files that were in it went before it; of others it says so
    else:
        return
    aside.replace(target)


def _is_folder(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink()


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield all that is in a folder and no folder itself."""
    for inner, folders, names in os.walk(folder):
        place = Path(inner)
        yield from (place / name for name in names)
        yield from (place / name for name in folders if (place / name).is_symlink())


def _taken(name: str) -> NameTaken:
    return NameTaken(f"Expected a name that nothing has, got {name}, which is there already.")


def open_destination(
    out: str, origins: Origins, state: Path, *, shared: bool = False
) -> Destination:
    """Return where that leads; `state` is where what is known of buckets lies. Raises BadOption.

    `shared` is whether other machines write there too.
    """
    if "://" in out:
        name = sha256(out.rstrip("/").encode("utf-8", "surrogatepass")).hexdigest()[:16]
        home = state / "batches" / name
        return BucketDestination(BucketFolder(out, origins), home, shared=shared)
    folder = Path(out).expanduser()
    if folder.exists() and not folder.is_dir():
        raise BadOption(f"Expected a folder to write into, got the file {out}.")
    return FolderDestination(folder)
