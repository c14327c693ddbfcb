"""The files of datasets that are there, and what servers with one place tell each other of them."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from foveate.datasets.identity import ID, Identity
from foveate.datasets.places import ABOUTS, ASKED, GOING, PARTS, PINS, USES
from foveate.datasets.shards.names import MANIFEST
from foveate.datasets.spelling import dumped
from foveate.datasets.unwritten import wants_room
from foveate.durable import on_and_on
from foveate.errors import SourceError, SourceNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from foveate.storage.kept import Kept, KeptFiles

HOUR_S: Final = 3600.0
MOST_USED: Final = 10_000
"""So many datasets a process knows somebody to have asked for; beyond them it begins anew."""
STEP: Final = 1024 * 1024
WORDS: Final = ("name", "handler", "version", "pin", "raw_digest")
"""Of an identity, beside its configuration."""
FAILURE: Final = ("error", "message", "log")
"""Of why one could not be made."""
COUNTS: Final = ("bytes", "samples")
"""Of one that is there."""
MOST: Final = 2**63
"""Counts are below it, as books have them."""


@dataclass(slots=True)
class Shelf:
    """Datasets by id. Thread-safe, blocks, and raises a SourceError."""

    files: KeptFiles
    _used: dict[str, float] = field(default_factory=dict)

    def about(self, dataset_id: str) -> Mapping[str, Any] | None:
        """Return what a dataset is, with its `bytes` and `samples`; None where it is not there.

        Where what is noted of it cannot be read, its manifest says the same.
        """
        manifest = f"{dataset_id}/{MANIFEST}"
        if (found := self.files.find(manifest)) is None:
            return None
        return self._said(dataset_id, f"{ABOUTS}/{dataset_id}.json", _counted) or self._said(
            dataset_id, manifest, partial(_of_manifest, own=found.bytes)
        )

    def _said(
        self, dataset_id: str, name: str, read: Callable[[Any], Mapping[str, Any]]
    ) -> Mapping[str, Any] | None:
        """Return what a file says of that dataset; None where it says nothing, or of another."""
        met = (SourceNotFound, ValueError, KeyError, TypeError, AttributeError, RecursionError)
        with suppress(*met):
            said = read(json.loads(self.files.read(name)))
            if self.identity(said).id == dataset_id:
                return said
        return None

    def has(self, dataset_id: str) -> bool:
        """Return whether a dataset is there."""
        return self.files.find(f"{dataset_id}/{MANIFEST}") is not None

    def is_noted(self, dataset_id: str) -> bool:
        """Return whether it is noted what a dataset is: the last that goes before its files."""
        return self.files.find(f"{ABOUTS}/{dataset_id}.json") is not None

    def ids(self) -> set[str]:
        """Return which datasets are there."""
        return set(self._noted(ABOUTS))

    def half_made(self) -> dict[str, float]:
        """Return which were asked for and are not there, and when that, or a chunk, was noted."""
        chunks: dict[str, float] = {}
        for each in self.files.list(PARTS):
            name = each.name.removeprefix(f"{PARTS}/").partition("/")[0]
            chunks[name] = max(each.modified, chunks.get(name, 0.0))
        return {
            name: at for name, at in (self._noted(ASKED) | chunks).items() if ID.fullmatch(name)
        }

    def identity(self, about: Mapping[str, Any]) -> Identity:
        """Return the identity of a dataset of which that is told."""
        words = {word: about[word] for word in WORDS}
        return Identity(**words, config=dumped(about["config"]).encode())

    def ask(self, identity: Identity, failure: Mapping[str, str] | None = None) -> None:
        """Let all servers know of a dataset that is not there: asked for, or why it failed."""
        told = {word: getattr(identity, word) for word in WORDS}
        note = {**told, "config": json.loads(identity.config), "failure": failure}
        self.files.put(f"{ASKED}/{identity.id}.json", dumped(note).encode())

    def asked(self, dataset_id: str) -> Mapping[str, Any] | None:
        """Return what is known of a dataset that is not there, with its `failure`; or None."""
        return self._said(dataset_id, f"{ASKED}/{dataset_id}.json", _of_note)

    def is_asked(self, dataset_id: str) -> bool:
        """Return whether there is a note of one that is not there, be it one that can be read."""
        return self.files.find(f"{ASKED}/{dataset_id}.json") is not None

    def all_asked(self) -> set[str]:
        """Return which were asked for and are not there, or failed."""
        return set(self._noted(ASKED))

    def put(self, dataset_id: str, name: str, data: bytes) -> None:
        """Write a file of a dataset."""
        self.files.put(f"{dataset_id}/{name}", data)

    def bring(self, dataset_id: str, name: str, file: Path) -> None:
        """Give a dataset a file of this machine, which is there no more then."""
        self.files.bring(f"{dataset_id}/{name}", file)

    def settle(
        self, dataset_id: str, names: Iterable[str], halt: Callable[[], None] = on_and_on
    ) -> None:
        """Return once these files, which were brought, stay when the power goes.

        Before each of them `halt` is asked, which may raise.
        """
        self.files.settle([f"{dataset_id}/{name}" for name in names], halt)

    def sizes(self, dataset_id: str) -> dict[str, int]:
        """Return the bytes of each file that there is of a dataset, whole or half made."""
        below = f"{dataset_id}/"
        return {each.name.removeprefix(below): each.bytes for each in self.files.list(dataset_id)}

    def read(self, dataset_id: str, name: str) -> bytes:
        """Return a file of a dataset, whole. Raises SourceNotFound."""
        return self.files.read(f"{dataset_id}/{name}")

    def open(self, dataset_id: str, name: str) -> BinaryIO:
        """Return a file of a dataset, of which only what is read is fetched."""
        return self.files.open(f"{dataset_id}/{name}")

    def pieces(self, dataset_id: str, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` until before `stop`, some at a time."""
        for at in range(start, stop, STEP):
            yield self.files.range(f"{dataset_id}/{name}", at, min(stop, at + STEP))

    def finished(self, dataset_id: str) -> dict[str, bytes]:
        """Return what is noted of the chunks that are finished of one that is not there yet."""
        found = self.files.list(f"{PARTS}/{dataset_id}")
        return {_stem(each): self.files.read(each.name) for each in found}

    def count_finished(self, dataset_id: str) -> int:
        """Return how many chunks are finished."""
        return sum(1 for _ in self.files.list(f"{PARTS}/{dataset_id}"))

    def finish(self, dataset_id: str, stem: str, data: bytes) -> None:
        """Note that a chunk is finished."""
        self.files.put(f"{PARTS}/{dataset_id}/{stem}.json", data)

    def unfinish(self, dataset_id: str, stem: str) -> None:
        """Note that a chunk is not finished: it is made again."""
        self.files.remove(f"{PARTS}/{dataset_id}/{stem}.json")

    def complete(self, dataset_id: str, about: Mapping[str, Any], manifest: bytes) -> None:
        """Let a dataset be there, all of whose files are."""
        self.files.put(f"{ABOUTS}/{dataset_id}.json", dumped(about).encode())
        self._mark(dataset_id)
        self.files.put(f"{dataset_id}/{MANIFEST}", manifest)
        self.files.remove(f"{ASKED}/{dataset_id}.json")
        self.files.remove_all(f"{PARTS}/{dataset_id}")

    def hide(self, dataset_id: str) -> bytes:
        """Let a dataset be there no more; return its manifest, empty where it was not.

        Until it is shown again, or gone, it is one that goes, whoever is killed meanwhile.
        """
        self._doom(dataset_id)
        manifest = f"{dataset_id}/{MANIFEST}"
        with suppress(SourceNotFound):
            data = self.files.read(manifest)
            self.files.remove(manifest)
            return data
        return b""

    def show(self, dataset_id: str, manifest: bytes) -> None:
        """Let a dataset be there again, of which nothing but that was taken."""
        if manifest:
            self.files.put(f"{dataset_id}/{MANIFEST}", manifest)
        self.files.remove(f"{GOING}/{dataset_id}")

    def remove(self, dataset_id: str) -> None:
        """Delete a dataset, and what is half made of it; first of all it is there no more."""
        self._doom(dataset_id)
        self.files.remove(f"{dataset_id}/{MANIFEST}")
        self.files.remove(f"{ASKED}/{dataset_id}.json")
        for place in (PINS, USES):
            self.files.remove(f"{place}/{dataset_id}")
        self._used.pop(dataset_id, None)
        self._clear(dataset_id)

    def going(self) -> set[str]:
        """Return which are being deleted, or were by somebody who was killed."""
        return set(self._noted(GOING))

    def go_on(self, dataset_id: str) -> None:
        """Delete what is left of a dataset that somebody was killed at; for who has its claim.

        One that is there stays: nothing was deleted of it. Nor is that who asked for it since.
        """
        if self.files.find(f"{GOING}/{dataset_id}") is None:
            return
        if self.has(dataset_id):
            self.files.remove(f"{GOING}/{dataset_id}")
        elif (asked := self.asked(dataset_id)) is not None and not asked["failure"]:
            self._clear(dataset_id)
        else:
            self.remove(dataset_id)

    def _doom(self, dataset_id: str) -> None:
        try:
            self.files.put(f"{GOING}/{dataset_id}", b"")
        except SourceError as why:
            # On a full disk there is room for the note once that is gone.
            if not wants_room(why):
                raise

    def _clear(self, dataset_id: str) -> None:
        """Delete the files of a dataset, and what is noted of them, that it goes last of all."""
        self.files.remove(f"{ABOUTS}/{dataset_id}.json")
        for below in (f"{PARTS}/{dataset_id}", dataset_id):
            self.files.remove_all(below)
        self.files.remove(f"{GOING}/{dataset_id}")

    def pin(self, dataset_id: str, *, pinned: bool) -> None:
        """Let all servers keep it, or not."""
        if pinned:
            self.files.put(f"{PINS}/{dataset_id}", b"")
        else:
            self.files.remove(f"{PINS}/{dataset_id}")

    def pins(self) -> set[str]:
        """Return which are kept whatever there is room for."""
        return set(self._noted(PINS))

    def use(self, dataset_id: str) -> None:
        """Let all servers see that somebody asked for it, once in an hour."""
        if time.monotonic() - self._used.get(dataset_id, -HOUR_S) >= HOUR_S:
            self._mark(dataset_id)

    def uses(self) -> dict[str, float]:
        """Return when each was asked for, to the hour."""
        return self._noted(USES)

    def is_pinned(self, dataset_id: str) -> bool:
        """Return whether it is kept whatever there is room for."""
        return self.files.find(f"{PINS}/{dataset_id}") is not None

    def used(self, dataset_id: str) -> float:
        """Return when it was asked for, to the hour; 0 where nobody did."""
        found = self.files.find(f"{USES}/{dataset_id}")
        return found.modified if found else 0.0

    def _mark(self, dataset_id: str) -> None:
        if len(self._used) >= MOST_USED:
            self._used.clear()
        self._used[dataset_id] = time.monotonic()
        self.files.put(f"{USES}/{dataset_id}", b"")

    def _noted(self, place: str) -> dict[str, float]:
        found = ((_stem(each), each.modified) for each in self.files.list(place))
        return {name: at for name, at in found if ID.fullmatch(name)}


def _stem(kept: Kept) -> str:
    return kept.name.rpartition("/")[2].removesuffix(".json")


def _of_note(said: Mapping[str, Any]) -> Mapping[str, Any]:
    failure = said["failure"]
    return {**said, "failure": failure and {word: str(failure[word]) for word in FAILURE}}


def _of_manifest(said: Mapping[str, Any], own: int) -> Mapping[str, Any]:
    told = {
        **said["request"],
        "pin": said["handler_pin"],
        "raw_digest": said["raw"]["digest"],
        "samples": said["samples"],
        "bytes": own + said["bytes"] + sum(each["bytes"] for each in said["files"]),
    }
    return _counted(told)


def _counted(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said of a dataset that is there. Raises ValueError for counts that are none.

    A truth is no count, though it is a number to Python.
    """
    if not all(type(said[word]) is int and 0 <= said[word] < MOST for word in COUNTS):
        raise ValueError("Expected the bytes and samples of a dataset, got what is no number.")
    return said
