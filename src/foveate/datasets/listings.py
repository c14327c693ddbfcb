"""What datasets that are ready consist of, as their manifests say."""

from __future__ import annotations

import json
import os
import stat
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from foveate.errors import DatasetDamaged, SourceNotFound

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.datasets.shards.archive import Layout

MANIFEST: Final = "manifest.json"
REMEMBERED: Final = 32
"""Manifests, of those asked for last."""


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


class Listed(NamedTuple):
    """A dataset's manifest, and the files of it by name, the manifest first."""

    manifest: dict[str, Any]
    files: dict[str, Stored]

    @property
    def first_shard(self) -> str:
        """Return the file that whoever downloads all of it fetches once; empty if it has none."""
        return next((str(row["name"]) for row in self.manifest["shards"]), "")


@dataclass(slots=True)
class Listings:
    """What datasets consist of. Thread-safe; its methods block, and raise a SourceError."""

    shelf: Shelf
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
            while len(self._listed) > REMEMBERED:
                self._listed.popitem(last=False)
        return made

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

    def archive(self, dataset_id: str) -> Layout:
        """Return where in a zip of a dataset its files are. Raises DatasetDamaged."""
        from foveate.datasets.shards.archive import Entry, Layout  # noqa: PLC0415 - for who asks

        files = self.listed(dataset_id).files.values()
        self._check(dataset_id, *files)
        return Layout([Entry(each.name, each.bytes, each.crc32) for each in files])

    def _check(self, dataset_id: str, *files: Stored) -> None:
        """Raise DatasetDamaged unless all are there; a bucket says so itself."""
        folder = self.shelf.files.path(dataset_id)
        lacks = folder and next((each for each in files if not _is_whole(folder, each)), None)
        if lacks:
            told = f"{dataset_id}: expected {lacks.name} of {lacks.bytes} bytes, got another."
            raise DatasetDamaged(told, public=DatasetDamaged.summary)

    def forget(self, dataset_id: str) -> None:
        """Remember nothing of a dataset: it was deleted."""
        with self._lock:
            self._listed.pop(dataset_id, None)


def _is_whole(folder: Path, file: Stored) -> bool:
    """Return whether a file is in its folder, and no link that leads anywhere else."""
    place = os.path.join(os.path.realpath(folder), file.name)  # noqa: PTH118 - as `realpath`
    if os.path.realpath(place) != place:
        return False
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == file.bytes


def _listed(data: bytes) -> Listed:
    own = Stored(MANIFEST, len(data), sha256(data).hexdigest(), zlib.crc32(data))
    manifest = json.loads(data)
    words = Stored._fields
    rest = [Stored(*(row[word] for word in words)) for row in manifest["shards"]]
    rest += [Stored(*(row[word] for word in words)) for row in manifest["files"]]
    return Listed(manifest, {each.name: each for each in (own, *rest)})
