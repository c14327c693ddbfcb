"""What a batch may read, and where it finds that: all of its user's, or what a server serves."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TextIO

from foveate.background import waited
from foveate.batches.lists import is_list, listed, row_count
from foveate.batches.row import Row, path_of, version_of
from foveate.batches.sources import check_no_list, check_sources, is_bucket_folder, rows_of
from foveate.batches.walk import in_folder, is_pattern, matching, root_of
from foveate.configuration.folder import named_folder
from foveate.errors import SourceNotFound
from foveate.pictures import is_left_out, is_picture
from foveate.storage.anywhere import Anywhere, read_file
from foveate.storage.bucket_folder import BucketFolder
from foveate.storage.keys import is_url, segments
from foveate.storage.router import Sources, open_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from foveate.app import App
    from foveate.settings import Limits, Origins
    from foveate.storage.source import ClosableOrigin
    from foveate.values import Facts

BUCKET: Final = "s3://"


class Reach(Protocol):
    """Sources that a batch may have. It is sent to the processes that work on rows."""

    guarded: ClassVar[bool]
    """Whether a stranger asks: he may name nobody, and hears of errors what HTTP tells."""

    def opens(
        self, origins: Origins, limits: Limits, probe: Callable[[bytes], Facts]
    ) -> ClosableOrigin:
        """Return what addresses are read from."""
        ...

    def check(self, sources: Sequence[str], origins: Origins) -> None:
        """Raise BadOption, or what its place says, for a source that nothing can come from."""
        ...

    def rows(
        self, sources: Sequence[str], out: str, origins: Origins, standard: TextIO | None
    ) -> Iterator[Row]:
        """Yield the rows of all sources, numbered from 1 on."""
        ...

    def read(self, app: App, key: str) -> bytes:
        """Return the bytes of a row. Blocks; raises a SourceError and its like."""
        ...


@dataclass(frozen=True, slots=True)
class Everywhere:
    """What whoever runs the program may read."""

    guarded: ClassVar[bool] = False

    def opens(
        self, origins: Origins, limits: Limits, probe: Callable[[bytes], Facts]
    ) -> ClosableOrigin:
        """Return what reads any address."""
        return Anywhere(origins, limits, probe)

    def check(self, sources: Sequence[str], origins: Origins) -> None:  # noqa: ARG002
        """Raise BadOption for what is not there."""
        check_sources(sources)

    def rows(
        self, sources: Sequence[str], out: str, origins: Origins, standard: TextIO | None
    ) -> Iterator[Row]:
        """Yield the rows of files, folders, lists, buckets and addresses."""
        return rows_of(sources, out, lambda each: BucketFolder(each, origins).told(), standard)

    def read(self, app: App, key: str) -> bytes:
        """Return the bytes of a file or of an address."""
        if "://" in key:
            return waited(app.origin.read(key)).data
        settings = app.settings
        return read_file(key, settings.limits.max_bytes, settings.origins.read_timeout_s)


@dataclass(frozen=True, slots=True)
class AtOrigin:
    """What a server serves: paths below its origin, and the addresses that it allows.

    Whoever asks may be a stranger: each row is read as an image URL would have it read.
    """

    guarded: ClassVar[bool] = True

    def opens(
        self, origins: Origins, limits: Limits, probe: Callable[[bytes], Facts]
    ) -> ClosableOrigin:
        """Return what reads what the settings allow."""
        return open_origin(origins, limits, probe)

    def check(self, sources: Sequence[str], origins: Origins) -> None:
        """Raise BadOption, BadUrl, OriginNotAllowed or SourceNotFound."""
        allowed = Sources(origins)
        if origins.folder.startswith(BUCKET):
            for source in sources:
                if not is_url(source):
                    check_no_list(source)
        for key in (_key(source, origins.folder) for source in sources):
            if is_url(key) or not origins.folder:
                allowed.check(key)
            elif (root := _folder(origins)) is not None:
                _check_existing(root, key)
            elif key:
                allowed.check(key)

    def rows(
        self,
        sources: Sequence[str],
        out: str,  # noqa: ARG002
        origins: Origins,
        standard: TextIO | None,  # noqa: ARG002
    ) -> Iterator[Row]:
        """Yield the rows of pictures, folders, patterns and lists below the origin."""
        number = 0
        for source in sources:
            for row in _rows(_key(source, origins.folder), origins):
                number += 1
                yield replace(row, number=number)

    def count(self, sources: Sequence[str], origins: Origins) -> int:
        """Return how many rows there are, without reading lists that say so."""
        return sum(_count(_key(source, origins.folder), origins) for source in sources)

    def read(self, app: App, key: str) -> bytes:
        """Return the bytes of a path below the origin, or of an address."""
        return waited(app.origin.read(key)).data


def _rows(key: str, origins: Origins) -> Iterable[Row]:
    root = _folder(origins)
    if is_url(key) or (root is None and not origins.folder.startswith(BUCKET)):
        return [Row(key=key, path=path_of(key))]
    return _in_bucket(key, origins) if root is None else _in_folder(root, key)


def _count(key: str, origins: Origins) -> int:
    root = None if is_url(key) else _folder(origins)
    said = None if root is None else row_count(f"{root}/{key}")
    return sum(1 for _ in _rows(key, origins)) if said is None else said


def _in_bucket(key: str, origins: Origins) -> Iterator[Row]:
    place = "/".join(filter(None, (origins.folder.rstrip("/"), key)))
    if not is_bucket_folder(place):
        yield Row(key=key, path=path_of(key))
        return
    for found in BucketFolder(place, origins).told():
        if found.problem:
            yield Row(key=found.key, path=found.path, problem=found.problem, missed=True)
        elif is_picture(found.path) and not any(map(is_left_out, found.path.split("/"))):
            own = "/".join(filter(None, (key, found.path)))
            yield Row(key=own, path=os.path.splitext(found.path)[0], version=found.version)  # noqa: PTH122


def _in_folder(root: str, key: str) -> Iterator[Row]:
    place = f"{root}/{key}".rstrip("/")
    if is_pattern(place):
        found: Iterable[Row] = matching(place, "")
    elif Path(place).is_dir():
        found = in_folder(place, "")
    elif is_list(place):
        found = listed(place)
    else:
        found = [Row(key=place, path=path_of(key), version=_version(place))]
    return (_at_origin(row, root) for row in found)


def _version(place: str) -> str:
    with suppress(OSError):
        return version_of(os.stat(place))  # noqa: PTH116
    return ""


def _at_origin(row: Row, root: str) -> Row:
    """Return a row with its file as a path below the origin, or with why it is none."""
    if is_url(row.key) or not row.key:
        return row
    if not f"{row.key}/".startswith(f"{root}/"):
        # A list may name anything; nothing else is told of it.
        wanted = "Expected a picture below the origin of the server, or an allowed address"
        return replace(row, problem=f"{wanted}, got {row.key[:200]!r}.")
    return replace(row, key=row.key[len(root) + 1 :])


def _key(source: str, folder: str) -> str:
    """Return a source as a path below the origin; empty is all of that.

    >>> _key("/cats/", "photos"), _key("s3://b/in/cats", "s3://b/in"), _key(".", "photos")
    ('cats', 'cats', '')
    """
    if is_url(source):
        return source
    prefix = f"{folder.rstrip('/')}/"
    if folder.startswith(BUCKET) and f"{source}/".startswith(prefix):
        source = source[len(prefix) :]
    key = source.strip("/")
    return "" if key == "." else key


def _folder(origins: Origins) -> str | None:
    """Return the real path of an origin that is a folder on this machine."""
    if not origins.folder or "://" in origins.folder:
        return None
    return os.path.realpath(named_folder("origins.folder", origins.folder))


def _check_existing(root: str, key: str) -> None:
    """Raise SourceNotFound where a path is hidden, leads out of the origin, or to nothing."""
    parts = segments(key) if key else []
    place = "/".join((root, *parts))
    real = os.path.realpath(root_of(place) if is_pattern(place) else place)
    hidden = any(part.startswith(".") for part in parts)
    if hidden or not f"{real}/".startswith(f"{root}/") or not Path(real).exists():
        sentence = f"Expected a picture, a folder or a list below the origin, got {key[:200]!r}."
        raise SourceNotFound(sentence, public=sentence)
