"""Where raw data lies: a folder or a bucket, of which nothing is read but what is in it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from foveate.batches.walk import in_folder
from foveate.datasets.unchanged import MOMENTARY
from foveate.errors import (
    BadRaw,
    SourceError,
    SourceNotFound,
    SourceTooLarge,
    SourceUnreachable,
)
from foveate.pictures import is_left_out, is_picture
from foveate.storage.bucket_folder import BucketFolder
from foveate.storage.files import FolderOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.settings import Settings

MOST_TEXT: Final = 512 * 1024 * 1024
"""Bytes of a file with annotations; those of COCO's largest split are 450 MB."""


class Found(NamedTuple):
    """A picture, and what changes when it does."""

    name: str
    version: str


class Place(Protocol):
    """The files below a place. Its methods block, and raise a SourceError."""

    def pictures(self) -> Iterator[Found]:
        """Yield the pictures, in no order; hidden ones are none."""
        ...

    def names(self, below: str, ending: str) -> list[str]:
        """Return the files below a folder of it with that ending, by name; hidden ones are none."""
        ...

    def read(self, name: str) -> bytes:
        """Return a picture; nothing of one that is too large, and of what nobody may read.

        So it is left out where it stands, as one that is broken is.
        """
        ...

    def text(self, name: str) -> bytes:
        """Return a file with annotations, which may have more bytes than a picture."""
        ...


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder of this machine."""

    root: Path
    max_bytes: int
    _origin: FolderOrigin = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_origin", FolderOrigin(self.root, self.max_bytes))

    def pictures(self) -> Iterator[Found]:
        """Yield the pictures below the folder."""
        root = str(self.root.absolute())
        for row in in_folder(root, ""):
            if row.problem:
                self._check()
                raise BadRaw(f"{row.key[len(root) :]}: {row.problem}")
            yield Found(row.key[len(root) :].lstrip("/"), row.version)
        # What went with the folder meanwhile would be missing unseen.
        self._check()

    def names(self, below: str, ending: str) -> list[str]:
        """Return the files below a folder of it with that ending."""
        top, found = self.root.absolute(), list[str]()
        for folder, folders, files in os.walk(top / below, onerror=_refuse):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            inner = Path(folder).relative_to(top).as_posix()
            here = "" if inner == "." else f"{inner}/"
            _refuse_links(folder, folders, here)
            found += (f"{here}{each}" for each in files if _is_meant(each, ending))
        self._check()
        return sorted(found)

    def read(self, name: str) -> bytes:
        """Return a picture; nothing of a link out of the folder, and of what is no file."""
        try:
            return self._origin.read_here(name)
        except SourceTooLarge:
            return b""
        except SourceNotFound:
            if os.path.lexists(self.root / name):
                return b""
            self._check()
            raise

    def text(self, name: str) -> bytes:
        """Return a file with annotations."""
        try:
            return FolderOrigin(self.root, MOST_TEXT).read_here(name)
        except SourceNotFound:
            self._check()
            raise

    def _check(self) -> None:
        """Raise SourceUnreachable where the folder itself is away: nothing is known of its files.

        So it is with a disk that is not mounted yet.
        """
        if not self.root.is_dir():
            sentence = _no_folder(self.root)
            raise SourceUnreachable(sentence, public=sentence)


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """What is below a prefix of a bucket."""

    bucket: BucketFolder
    max_bytes: int

    def pictures(self) -> Iterator[Found]:
        """Yield the pictures below the prefix."""
        for each in self.bucket.list():
            left_out = any(map(is_left_out, each.path.split("/")))
            if is_picture(each.path) and not left_out:
                yield Found(each.path, each.version)

    def names(self, below: str, ending: str) -> list[str]:
        """Return the objects below a prefix of it with that ending."""
        paths = (each.path for each in self.bucket.list(below))
        return sorted(
            path
            for path in paths
            if all(_is_meant(p, "") for p in path.split("/")) and path.lower().endswith(ending)
        )

    def read(self, name: str) -> bytes:
        """Return a picture."""
        try:
            return self.bucket.get(name, self.max_bytes)
        except SourceTooLarge:
            return b""

    def text(self, name: str) -> bytes:
        """Return a file with annotations."""
        return self.bucket.get(name, MOST_TEXT)


def _refuse(why: OSError) -> None:
    """Raise BadRaw for a folder that cannot be read; one that is not there has nothing in it."""
    if not isinstance(why, FileNotFoundError):
        wanted = f"Expected a folder that can be read at {why.filename}"
        raise BadRaw(f"{wanted}, got: {why.strerror}.") from why


def _refuse_links(folder: str, folders: Sequence[str], here: str) -> None:
    """Raise BadRaw for a folder that is a link: what it leads to would not be seen."""
    for each in folders:
        if os.path.islink(os.path.join(folder, each)):  # noqa: PTH114, PTH118 - as os.walk says it
            raise BadRaw(f"Expected a folder at {here}{each}, got a link, which is not followed.")


def _is_meant(name: str, ending: str) -> bool:
    return name.lower().endswith(ending) and not name.startswith(".")


def open_place(place: str, settings: Settings) -> Place:
    """Return what is at a place. Raises BadRaw for what can be none."""
    most = settings.limits.max_bytes
    if "://" in place:
        return BucketPlace(BucketFolder(place, settings.origins), most)
    return FolderPlace(Path(place).expanduser(), most)


def check_place(place: str) -> None:
    """Raise BadRaw for what is no folder now, where somebody names it for the first time."""
    if "://" not in place and not Path(place).expanduser().is_dir():
        raise BadRaw(_no_folder(place))


def _no_folder(place: str | Path) -> str:
    return f"Expected a folder or s3://BUCKET/PREFIX, got {place}: no folder is there."


@contextmanager
def as_file(place: Place, name: str) -> Iterator[Path]:
    """Give a file with annotations on this machine, by a name that ends as it did."""
    with tempfile.TemporaryDirectory(prefix="foveate-") as folder:
        file = Path(folder, f"annotations{Path(name).suffix.lower()}")
        file.write_bytes(annotation(place, name))
        yield file


def annotation(place: Place, name: str) -> bytes:
    """Return a file with annotations. Raises BadRaw where there is none, and what is MOMENTARY."""
    try:
        return place.text(name)
    except MOMENTARY:
        raise
    except SourceError as why:
        got = "no such file" if isinstance(why, SourceNotFound) else f"none: {why.public}"
        raise BadRaw(f"Expected annotations in {name}, got {got.removesuffix('.')}.") from why
