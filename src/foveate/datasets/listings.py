"""What datasets that are ready consist of, as their manifests say."""

from __future__ import annotations

import json
import os
import stat
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from foveate.datasets.shards.names import MANIFEST
from foveate.errors import DatasetDamaged, SourceNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from foveate.datasets.shards.archive import Layout

REMEMBERED: Final = 64 * 1024 * 1024
"""Bytes of manifests, of those asked for last: in memory they are some two times as many."""
CHECKED_S: Final = 60.0
"""How long files that were all there are taken to be, by who fetches an archive in parts."""


class Linked(Protocol):
    """Files by name, in a folder or a bucket."""

    def link(self, name: str, within_s: float) -> str | None:
        """Return an address at which anybody can get a file for so long; None for a folder."""
        ...

    def path(self, name: str) -> Path | None:
        """Return where a file is on this machine; None for a bucket."""
        ...


class Shelf(Protocol):
    """The files of datasets that are there."""

    @property
    def files(self) -> Linked:
        """Where they are."""
        ...

    def read(self, dataset_id: str, name: str) -> bytes:
        """Return a file of a dataset, whole. Raises SourceNotFound."""
        ...


class Stored(NamedTuple):
    """A file of a dataset."""

    name: str
    bytes: int
    sha256: str
    crc32: int


@dataclass(slots=True)
class Listed:
    """What a dataset's manifest says."""

    files: dict[str, Stored]
    """By name, the manifest first."""
    first_shard: str
    """The file that whoever downloads all of it fetches once; empty if it has none."""
    layout: Layout | None = None
    """Where they are in a zip, once somebody asked for one."""
    checked: float = -CHECKED_S
    """When all of them were there."""

    @property
    def weight(self) -> int:
        """Return the bytes of the manifest."""
        return self.files[MANIFEST].bytes


@dataclass(slots=True)
class Listings:
    """What datasets consist of. Thread-safe; its methods block, and raise a SourceError."""

    shelf: Shelf
    most: int = REMEMBERED
    _listed: OrderedDict[str, Listed] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def listed(self, dataset_id: str) -> Listed:
        """Return what a dataset consists of, its manifest first. Raises DatasetDamaged."""
        with self._lock:
            if (known := self._listed.get(dataset_id)) is not None:
                self._listed.move_to_end(dataset_id)
                return known
        try:
            made = _listed(self.shelf.read(dataset_id, MANIFEST))
        except (SourceNotFound, ValueError, KeyError, TypeError) as why:
            raise DatasetDamaged from why
        with self._lock:
            self._listed[dataset_id] = made
            while len(self._listed) > 1 and self._weight() > self.most:
                self._listed.popitem(last=False)
        return made

    def _weight(self) -> int:
        return sum(each.weight for each in self._listed.values())

    def page(self, dataset_id: str, limit: int, after: str) -> tuple[list[Stored], str | None]:
        """Return files of a dataset, and what is `after` for the next ones, if there are any.

        Raises DatasetDamaged, SourceNotFound.
        """
        files = self.listed(dataset_id).files
        if after and after not in files:
            raise SourceNotFound(public="The dataset has no such file.")
        start = list(files).index(after) + 1 if after else 0
        rows = list(islice(files.values(), start, start + limit))
        return rows, rows[-1].name if start + limit < len(files) else None

    def file(self, dataset_id: str, name: str) -> Stored:
        """Return a file of a dataset that is there whole. Raises SourceNotFound, DatasetDamaged."""
        found = self.listed(dataset_id).files.get(name)
        if found is None:
            raise SourceNotFound(public="The dataset has no such file.")
        self._check(dataset_id, found)
        return found

    def link(self, dataset_id: str, name: str, within_s: float) -> str | None:
        """Return where a bucket hands out a file; None where it is for us to do so."""
        return self.shelf.files.link(f"{dataset_id}/{name}", within_s)

    def archive(self, dataset_id: str, *, part: bool = False) -> Layout:
        """Return where in a zip of a dataset its files are. Raises DatasetDamaged.

        For who wants a `part`, after others, all of them need not be looked at each time.
        """
        from foveate.datasets.shards.archive import Entry, Layout  # noqa: PLC0415 - for who asks

        listed = self.listed(dataset_id)
        if not part or time.monotonic() - listed.checked >= CHECKED_S:
            self._check(dataset_id, *listed.files.values())
            listed.checked = time.monotonic()
        if listed.layout is None:
            entries = [Entry(each.name, each.bytes, each.crc32) for each in listed.files.values()]
            listed.layout = Layout(entries)
        return listed.layout

    def _check(self, dataset_id: str, *files: Stored) -> None:
        """Raise DatasetDamaged unless all are there; a bucket says so itself."""
        folder = self.shelf.files.path(dataset_id)
        lacks = folder and next(_lacking(folder, files), None)
        if lacks:
            told = f"{dataset_id}: expected {lacks.name} of {lacks.bytes} bytes, got another."
            raise DatasetDamaged(told, public=DatasetDamaged.summary)

    def forget(self, dataset_id: str) -> None:
        """Remember nothing of a dataset: it was deleted."""
        with self._lock:
            self._listed.pop(dataset_id, None)


def _lacking(folder: Path, files: Iterable[Stored]) -> Iterator[Stored]:
    """Yield those that are not in their folder whole, or are behind a link."""
    root = os.path.realpath(folder)
    own: dict[str, bool] = {}
    for each in files:
        place = os.path.join(root, each.name)  # noqa: PTH118 - as `realpath`
        parent = os.path.dirname(place)  # noqa: PTH120
        if parent not in own:
            own[parent] = os.path.realpath(parent) == parent
        if not (own[parent] and _is_whole(place, each.bytes)):
            yield each


def _is_whole(place: str, size: int) -> bool:
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == size


def _listed(data: bytes) -> Listed:
    own = Stored(MANIFEST, len(data), sha256(data).hexdigest(), zlib.crc32(data))
    manifest = json.loads(data)
    words = Stored._fields
    rest = [Stored(*(row[word] for word in words)) for row in manifest["shards"]]
    rest += [Stored(*(row[word] for word in words)) for row in manifest["files"]]
    first = next((str(row["name"]) for row in manifest["shards"]), "")
    return Listed({each.name: each for each in (own, *rest)}, first)
