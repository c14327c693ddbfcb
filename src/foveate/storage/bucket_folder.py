"""The objects below one prefix of a bucket: listed page by page, read, and written whole."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from foveate.errors import BadOption, SourceError, SourceFailed, SourceNotFound, SourceTooLarge
from foveate.storage.odd_names import beyond, odd_start
from foveate.storage.s3 import open_bucket
from foveate.storage.s3_failures import as_source_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from threading import Event

    from obstore import Attributes, ObjectMeta

    from foveate.settings import Origins

PAGE: Final = 1000
"""Objects that are listed, or deleted, in one request: as many as S3 takes."""


class Found(NamedTuple):
    """One object, and what a listing says of it."""

    key: str
    """As an s3:// address."""
    path: str
    """Below the prefix."""
    version: str
    problem: str = ""
    """Why nothing can be had that begins with that name; of most objects nothing."""


class BucketFolder:
    """What is below s3://BUCKET/PREFIX. Its methods block, and raise a SourceError."""

    def __init__(self, address: str, origins: Origins) -> None:
        """Take an address. Raises BadOption for what is none."""
        scheme, _, rest = address.partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme.lower() != "s3" or not bucket:
            raise BadOption(f"Expected s3://BUCKET/PREFIX, got {address!r}.")
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self.place = "/".join(filter(None, (f"s3://{bucket}", self._prefix)))
        """Its address, without a slash behind it."""
        self._store = open_bucket(bucket, origins, self._prefix or None)
        self._named = address, origins

    def __reduce__(self) -> tuple[type[BucketFolder], tuple[str, Origins]]:
        """Let another process open it by itself: what is open cannot go there."""
        return BucketFolder, self._named

    def list(self, below: str = "", after: str = "") -> Iterator[Found]:
        """Yield all objects in the order of their names, a page in memory at a time."""
        place = self.place
        with as_source_errors(place):
            pages = obstore.list(self._store, below or None, offset=after or None)
            for page in _onward(pages, place):
                for found in page:
                    yield _found(place, found)

    def told(self, below: str = "", after: str = "") -> Iterator[Found]:
        """Yield all objects as `list` does, and those as problems that no client of ours can name.

        A single one of them fails the listing of its page: so this goes around it, by folders.
        """
        while True:
            try:
                for found in self.list(below, after):
                    yield found
                    after = found.path
            except SourceError as why:
                if (odd := odd_start(why.__cause__, self._prefix)) is None:
                    raise
            else:
                return
            if (level := self._level(below)) is not None:
                yield from self._by_folder(level, after)
                return
            yield self._unnamed(odd, below)
            after = beyond(odd)

    def _by_folder(self, level: Sequence[Found | str], after: str) -> Iterator[Found]:
        for each in level:
            if isinstance(each, Found):
                if each.path > after:
                    yield each
            elif f"{each}/" > after or after.startswith(f"{each}/"):
                yield from self.told(each, after)

    def _level(self, below: str) -> Sequence[Found | str] | None:
        """Return the objects and folders of a folder, in order; None where one has an odd name."""
        try:
            with as_source_errors(self.place):
                level = obstore.list_with_delimiter(self._store, below or None)
        except SourceError as why:
            if odd_start(why.__cause__, self._prefix) is None:
                raise
            return None
        there = {each["path"]: _found(self.place, each) for each in level["objects"]}
        folders = {f"{each}/": each for each in level["common_prefixes"] if each}
        both: dict[str, Found | str] = {**there, **folders}
        return [both[name] for name in sorted(both)]

    def _unnamed(self, start: str, below: str) -> Found:
        folder = "/".join(filter(None, (self.place, below)))
        wanted = "Expected names without empty parts, '.', '..' and control characters"
        most = f"as many as {PAGE - 1:,} before them in {folder}/"
        told = f"objects that begin so are left out, and maybe {most}"
        return Found(f"{self.place}/{start}", start, "", f"{wanted}, got {start!r}: {told}.")

    def get(self, name: str, max_bytes: int | None = None) -> bytes:
        """Return an object. Raises SourceNotFound, and SourceTooLarge before it is read."""
        with as_source_errors(name):
            found = obstore.get(self._store, name)
            if max_bytes is not None and found.meta["size"] > max_bytes:
                got = found.meta["size"]
                raise SourceTooLarge(f"{name}: expected at most {max_bytes} bytes, got {got}.")
            return bytes(found.bytes())

    def has(self, name: str) -> bool:
        """Return whether there is an object of that name."""
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        """Return how many bytes the object of that name has; None where there is none."""
        try:
            with as_source_errors(name):
                return obstore.head(self._store, name)["size"]
        except SourceNotFound:
            return None

    def put(self, name: str, file: Path | bytes, content_type: str) -> None:
        """Write a whole file, or bytes, as an object, or nothing."""
        attributes: Attributes = {"Content-Type": content_type}
        with as_source_errors(name):
            obstore.put(self._store, name, file, attributes=attributes)

    def create(self, name: str, file: Path | bytes, content_type: str) -> bool:
        """Return whether this wrote an object of that name, whole: not where one is already."""
        attributes: Attributes = {"Content-Type": content_type}
        try:
            with as_source_errors(name):
                obstore.put(self._store, name, file, attributes=attributes, mode="create")
        except SourceError as why:
            if isinstance(why.__cause__, AlreadyExistsError):
                return False
            raise
        return True

    def copy(self, name: str, to: str) -> None:
        """Give an object another name beside its own, over what has it, without reading it here."""
        with as_source_errors(name):
            obstore.copy(self._store, name, to)

    def link(self, name: str, within_s: float, method: Literal["GET", "HEAD"] = "GET") -> str:
        """Return an address at which anybody can ask so for an object, for so long."""
        with as_source_errors(name):
            return obstore.sign(self._store, method, name, timedelta(seconds=within_s))

    def remove(self, name: str) -> None:
        """Delete an object, where there is one."""
        with suppress(SourceNotFound), as_source_errors(name):
            obstore.delete(self._store, name)

    def clear(self, stop: Event) -> bool:
        """Delete all objects, page by page; return whether that was done before `stop` was set."""
        in_bulk = open_bucket(self._bucket, self._named[1], self._prefix or None, in_bulk=True)
        with as_source_errors(self._named[0]):
            for page in _onward(obstore.list(self._store, chunk_size=PAGE), self.place):
                if stop.is_set():
                    return False
                names = [found["path"] for found in page]
                try:
                    obstore.delete(in_bulk, names)
                except BaseError:  # not every service knows that request
                    obstore.delete(self._store, names)
        return True


def _onward(pages: Iterable[Sequence[ObjectMeta]], place: str) -> Iterator[Sequence[ObjectMeta]]:
    """Yield pages. Raises SourceFailed for a service that comes round to what it listed before."""
    count, mark, marked = 0, "", 1
    for page in pages:
        for found in page:
            if found["path"] == mark:
                got = f"got {mark} once more, as if a page were followed by itself"
                raise SourceFailed(f"{place}: expected each object once, {got}.")
            count += 1
            if count == marked:  # rarer and rarer: a round of any length holds a mark in the end
                mark, marked = found["path"], 2 * marked
        yield page


def _found(place: str, found: ObjectMeta) -> Found:
    stamp = f"{found['size']}-{found['last_modified'].timestamp()}"
    version = (found["e_tag"] or "").strip('"') or stamp
    return Found(f"{place}/{found['path']}", found["path"], version)
