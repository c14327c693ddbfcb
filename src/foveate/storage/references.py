"""Uploads that stages and later requests are handed by reference, and that expire.

A reference is 64 hex digits: an HMAC-SHA256 of what was uploaded, with a secret that lies beside
it. So the same bytes are uploaded once, whoever holds a reference knows nothing of where it leads,
and nobody can tell by its name whether something was uploaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.folder import named_folder
from foveate.errors import FoveateError, NotKept, SourceNotFound, SourceTooLarge
from foveate.storage.at_hand import read_at_hand
from foveate.storage.source import Source
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from obstore import ObjectMeta
    from obstore.store import LocalStore, S3Store

    from foveate.settings import Origins
    from foveate.settings import References as Settings
    from foveate.storage.freshness import Known
    from foveate.storage.source import ClosableOrigin
    from foveate.values import Facts

    Store = LocalStore | S3Store

log = logging.getLogger(__name__)

PATTERN: Final = re.compile(r"[0-9a-f]{64}")
HALF: Final = re.compile(r"[0-9a-f]{64}#[0-9]+")
"""How obstore calls a file of which not all is written yet."""
SCHEME: Final = "reference:"
"""Before a reference that stands where keys of sources do."""
SECRET: Final = "secret"  # noqa: S105 - the name of the object that holds it
SECRET_BYTES: Final = 32
STALE: Final = 0.5
"""Part of its time after which something that is uploaded again is kept anew."""
LOOK_EVERY: Final = 0.25
"""Part of that time between two looks for what has expired."""
LOOK_S: Final = (1.0, 60.0)
UNKNOWN: Final = "There is no such reference, or its time is over: upload the picture again."


@dataclass(frozen=True, slots=True)
class Reference:
    """What names an upload, and for how long."""

    name: str
    expires_s: float
    """Seconds from now."""


@dataclass(eq=False)
class References:
    """A folder or a bucket of uploads, for one event loop. Any number of processes share it."""

    settings: Settings
    origins: Origins
    beside: Path
    """Where caches lie, for where the settings name no place."""
    max_bytes: int
    """Of one of them."""
    clock: Callable[[], float] = time.time
    _folder: Path | None = field(default=None, init=False)
    """None for a bucket."""
    _opened: Store | None = field(default=None, init=False)
    _secret: bytes = field(default=b"", init=False)
    _used: int | None = field(default=None, init=False)
    """Bytes that are kept; None before the first look."""
    _next: asyncio.TimerHandle | None = field(default=None, init=False)
    _looking: asyncio.Task[None] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Find out where they lie. Raises BadSettings."""
        if not self.settings.folder:
            self._folder = self.beside / "references"
        elif not self.settings.folder.startswith("s3://"):
            self._folder = named_folder("references.folder", self.settings.folder)

    async def put(self, data: bytes) -> Reference:
        """Keep bytes for a while; those that are kept already are not uploaded again.

        Raises SourceTooLarge, and NotKept where there is no room or the store fails.
        """
        if len(data) > self.max_bytes:
            raise SourceTooLarge(f"Expected at most {self.max_bytes} bytes, got {len(data)}.")
        with _as_not_kept():
            name = await self._name(data)
            left_s = await self._left_s(name)
            if left_s < STALE * self.settings.ttl_s:
                await self._make_room(len(data))
                await self._store.put_async(name, data)
                self._used = (self._used or 0) + len(data)
                left_s = float(self.settings.ttl_s)
        self._look_later()
        return Reference(name, left_s)

    async def get(self, name: str) -> bytes:
        """Return what was kept under a reference.

        Raises SourceNotFound for what is no reference, or one whose time is over, and the
        SourceErrors of a bucket.
        """
        from foveate.storage.s3_failures import as_source_errors  # noqa: PLC0415 - as in `_open`

        if not PATTERN.fullmatch(name):
            raise _unknown(name)
        try:
            with as_source_errors(name):
                modified_s, data = await self._read(name)
                if self._remaining_s(modified_s) <= 0:
                    raise _unknown(name)
                return data
        except SourceNotFound as why:
            raise _unknown(name) from why

    async def _read(self, name: str) -> tuple[float, bytes]:
        """Return when something was kept, and it."""
        if self._folder is not None:
            # A third of what the way through the store takes, and none of its copies.
            path = self._folder / name
            try:
                return _read(path, read_at_hand)
            except BlockingIOError:
                return await asyncio.to_thread(_read, path, os.read)
        found = await self._store.get_async(name)
        return _modified_s(found.meta), bytes(await found.bytes_async())

    async def url(self, name: str) -> str | None:
        """Return an address in the bucket for a browser; None for a folder, which has none.

        Raises SourceNotFound for what is not there, and NotKept where the store fails.
        """
        from obstore import sign_async  # noqa: PLC0415

        if self._folder is not None:
            return None
        if not PATTERN.fullmatch(name):
            raise _unknown(name)
        with _as_not_kept():
            left_s = await self._left_s(name)
            if left_s < 1:
                raise _unknown(name)
            bucket: Any = self._store
            return str(await sign_async(bucket, "GET", name, timedelta(seconds=left_s)))

    async def sweep(self) -> None:
        """Remove what has expired, and count what is left."""
        kept, gone = 0, []
        async for found in self._store.list():
            for each in found:
                if not PATTERN.fullmatch(each["path"]):
                    continue
                if self._remaining_s(_modified_s(each)) > 0:
                    kept += each["size"]
                else:
                    gone.append(each["path"])
        for name in gone:
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                await self._store.delete_async(name)
        self._used = kept
        if self._folder is not None:
            await asyncio.to_thread(self._remove_halves, self._folder)

    def _remove_halves(self, folder: Path) -> None:
        """Remove uploads in whose middle a process ended; the store itself does not list them."""
        for path in folder.iterdir():
            if not HALF.fullmatch(path.name):
                continue
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime + self.settings.ttl_s <= self.clock():
                    path.unlink()

    def begin(self) -> None:
        """Look for what an earlier process left, if it left anything here, and go on looking."""
        if self._folder is None or self._folder.is_dir():
            self._look()

    async def aclose(self) -> None:
        """Look for nothing any more."""
        if self._next is not None:
            self._next.cancel()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    @property
    def _store(self) -> Store:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> Store:
        # Loaded with the first upload: whoever has none needs no client for buckets.
        from obstore.store import LocalStore  # noqa: PLC0415

        from foveate.storage.s3 import open_bucket  # noqa: PLC0415

        if self._folder is None:
            bucket, _, prefix = self.settings.folder.removeprefix("s3://").partition("/")
            return open_bucket(bucket, self.origins, prefix.strip("/") or None)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self._folder)

    async def _name(self, data: bytes) -> str:
        if not self._secret:
            self._secret = await self._shared_secret()
        return await asyncio.to_thread(_named, self._secret, data)

    async def _shared_secret(self) -> bytes:
        """Return the secret that all processes here name uploads with: the first one makes it."""
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415

        with contextlib.suppress(FileNotFoundError):
            return bytes(await (await self._store.get_async(SECRET)).bytes_async())
        with contextlib.suppress(AlreadyExistsError):
            await self._store.put_async(SECRET, secrets.token_bytes(SECRET_BYTES), mode="create")
        return bytes(await (await self._store.get_async(SECRET)).bytes_async())

    async def _left_s(self, name: str) -> float:
        """Return for how long something is kept yet; 0 where it is not."""
        try:
            found = await self._store.head_async(name)
            return max(0.0, self._remaining_s(_modified_s(found)))
        except FileNotFoundError:
            return 0.0

    def _remaining_s(self, modified_s: float) -> float:
        return modified_s + self.settings.ttl_s - self.clock()

    async def _make_room(self, size: int) -> None:
        limit = self.settings.max_bytes
        if self._used is None or self._used + size > limit:
            await self.sweep()
        if (self._used or 0) + size > limit:
            raise NotKept(f"{self._used} of {limit} bytes are kept already (references.max_bytes).")

    def _look_later(self) -> None:
        if self._next is None:
            after_s = min(max(self.settings.ttl_s * LOOK_EVERY, LOOK_S[0]), LOOK_S[1])
            self._next = asyncio.get_running_loop().call_later(after_s, self._look)

    def _look(self) -> None:
        self._next = None
        self._looking = asyncio.ensure_future(self._look_and_go_on())

    async def _look_and_go_on(self) -> None:
        try:
            with _as_not_kept():
                await self.sweep()
        except FoveateError as why:
            log.warning("Uploads that have expired could not be removed: %s", why)
        if self._used is None or self._used:
            self._look_later()


def _named(secret: bytes, data: bytes) -> str:
    return hmac.new(secret, hashlib.sha256(data).digest(), "sha256").hexdigest()


def _unknown(name: str) -> SourceNotFound:
    return SourceNotFound(f"No reference {name[:80]!r} is known.", public=UNKNOWN)


def _modified_s(found: ObjectMeta) -> float:
    return found["last_modified"].timestamp()


def _read(path: Path, read: Callable[[int, int], bytes]) -> tuple[float, bytes]:
    """Return when a file was written, and what `read` reads of its descriptor and size."""
    # Whole whenever it is there: stores write beside it, and rename.
    with path.open("rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        return found.st_mtime, read(file.fileno(), found.st_size)


@contextlib.contextmanager
def _as_not_kept() -> Iterator[None]:
    """Turn what stores raise into NotKept, which says nothing of where they are."""
    from obstore.exceptions import BaseError  # noqa: PLC0415

    try:
        yield
    except (BaseError, OSError) as why:
        raise NotKept(str(why).partition("\n\nDebug source:")[0]) from why


@dataclass(frozen=True, slots=True)
class WithReferences:
    """An origin that knows uploads too: `reference:NAME`. What is made of them is not kept."""

    origin: ClosableOrigin
    references: References
    probe: Callable[[bytes], Facts]

    async def version(self, key: str) -> str | None:
        """Return the version; that of an upload is known by reading it."""
        return None if key.startswith(SCHEME) else await self.origin.version(key)

    def version_now(self, key: str) -> str | None:
        """Return the version of a source read before, or None where that takes waiting."""
        return None if key.startswith(SCHEME) else self.origin.version_now(key)

    def last(self, key: str) -> Known | None:
        """Return what the origin said last about a source."""
        return None if key.startswith(SCHEME) else self.origin.last(key)

    def forget_bytes(self) -> None:
        """Hand nobody any more what was read before; uploads never change."""
        self.origin.forget_bytes()

    async def read(self, key: str) -> Source:
        """Return the source. Raises a SourceError or OriginNotAllowed."""
        if not key.startswith(SCHEME):
            return await self.origin.read(key)
        name = key.removeprefix(SCHEME)
        data = await self.references.get(name)
        return Source(data, lifetime=Lifetime(private=True), probe=self.probe, reference=name)

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        await self.references.aclose()
        await self.origin.aclose()
