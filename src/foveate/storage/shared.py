"""Renditions in one place for many machines, and claims by which no two make the same one at once.

A claim is an object that only one can create. Its maker renews it while it works. One that nobody
renewed for a while was left by a machine that is gone: whoever waits creates the next one, of the
same name and one more. So any store serves that creates what is not there and refuses what is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import NotKept
from foveate.storage.disk import HEADER_BYTES, sealed, unsealed
from foveate.values import Purged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from obstore import ObjectMeta

    from foveate.settings import Origins

log = logging.getLogger(__name__)

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of a rendition: larger ones are made by each, whoever wrote them."""
LEASE_S: Final = 5.0
"""A claim that was not renewed while somebody watched it for so long is nobody's any more."""
RENEW_S: Final = 1.5
STALE_S: Final = 60.0
"""One that is older by our clock needs no watching: no two clocks are so far apart."""
MOST_CLAIMS: Final = 8
"""Left by so many who are gone, one after the other, whoever comes makes it without a claim, unless
only one may.
"""
PATIENCE_S: Final = 2.0
"""A store that takes longer for a word is as good as away."""
SEND_S: Final = 10.0
"""One that takes longer for the bytes of a rendition, or for a page of a list, is so too."""
AWAY_S: Final = (1.0, 30.0)
"""For how long a store that is away is left alone: at first, and at most."""
READERS: Final = 16
"""How many objects are read at once for a purge."""


@dataclass(eq=False)
class SharedStore:
    """A folder or a bucket that many servers share, for one event loop.

    Its methods raise NotKept, at once as long as it does not answer: everybody does without.
    """

    place: str
    """A folder, or s3://BUCKET/PREFIX."""
    origins: Origins
    clock: Callable[[], float] = time.monotonic
    patience_s: float = PATIENCE_S
    called: str = "shared cache"
    """What the log calls it."""
    _opened: Any = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _again_at: float = field(default=0.0, init=False)

    async def get(self, key: str) -> bytes | None:
        """Return what was put there, whole, or None."""
        with suppress(FileNotFoundError):
            async with self._asked() as store:
                found = await store.get_async(_rendition(key))
            if found.meta["size"] <= MOST_BYTES + HEADER_BYTES:
                # Its bytes may take as long as they took on their way there.
                async with self._asked(SEND_S):
                    data = bytes(await found.bytes_async())
                return await asyncio.to_thread(unsealed, data)
        return None

    async def put(self, key: str, value: bytes) -> None:
        """Keep it for all, unless it is too large for that."""
        if len(value) <= MOST_BYTES:
            data = await asyncio.to_thread(sealed, value)
            async with self._asked(SEND_S) as store:
                await store.put_async(_rendition(key), data)

    async def forget(self, key: str) -> None:
        """Delete what was put there."""
        await self._delete(_rendition(key))

    async def purge(self, meant: Callable[[bytes], bool], size: int) -> Purged:
        """Delete what is meant by its first `size` bytes; each object is looked at for that."""
        sizes: list[int] = []
        places = asyncio.Semaphore(READERS)

        async def look(found: ObjectMeta) -> None:
            async with places:
                if meant(await self._beginning(found, size)):
                    await self._delete(found["path"])
                    sizes.append(found["size"])

        async for page in self._listed("renditions"):
            await asyncio.gather(*map(look, page))
        return Purged(len(sizes), sum(sizes))

    async def create(self, name: str) -> bool:
        """Return whether we, and nobody else, created this claim now."""
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415 - see `_open`

        with suppress(AlreadyExistsError):
            async with self._asked() as store:
                await store.put_async(name, _mark(), mode="create")
            return True
        return False

    async def renew(self, name: str) -> None:
        """Let whoever watches this claim see that we are here."""
        async with self._asked() as store:
            await store.put_async(name, _mark())

    async def seen(self, name: str) -> tuple[str, float] | None:
        """Return what each renewal of a claim changes, and its age by our clock; None if gone."""
        with suppress(FileNotFoundError):
            async with self._asked() as store:
                found = await store.head_async(name)
            modified_s = found["last_modified"].timestamp()
            return f"{found['e_tag']} {modified_s}", time.time() - modified_s
        return None

    async def drop(self, names: Iterable[str]) -> None:
        """Delete claims."""
        for name in names:
            await self._delete(name)

    async def _delete(self, path: str) -> None:
        with suppress(FileNotFoundError):
            async with self._asked() as store:
                await store.delete_async(path)

    async def _beginning(self, found: ObjectMeta, size: int) -> bytes:
        end = min(found["size"], HEADER_BYTES + size)
        with suppress(FileNotFoundError):
            async with self._asked() as store:
                read = await store.get_range_async(found["path"], start=0, end=end)
            return bytes(read)[HEADER_BYTES:]
        return b""

    async def _listed(self, prefix: str) -> AsyncIterator[list[ObjectMeta]]:
        async with self._asked(SEND_S) as store:
            pages = store.list(prefix)
        while True:
            async with self._asked(SEND_S):
                page = await anext(pages, None)
            if page is None:
                return
            yield page

    @asynccontextmanager
    async def _asked(self, patience_s: float = 0.0) -> AsyncIterator[Any]:
        """Yield the store. Raises NotKept for what it fails with, and what it says of objects."""
        from obstore.exceptions import AlreadyExistsError, BaseError  # noqa: PLC0415

        if self.clock() < self._again_at:
            raise NotKept(f"{self.place} did not answer before")
        try:
            async with asyncio.timeout(patience_s or self.patience_s):
                yield self._store()
        except (FileNotFoundError, AlreadyExistsError):
            self._answered()
            raise
        except (BaseError, OSError) as why:  # a TimeoutError is an OSError
            self._failed(why)
            raise NotKept(f"{self.place}: {why}".partition("\n\nDebug source:")[0]) from why
        self._answered()

    def _answered(self) -> None:
        if self._failures:
            log.info("The %s in %s answers again.", self.called, self.place)
        self._failures, self._again_at = 0, 0.0

    def _failed(self, why: Exception) -> None:
        if not self._failures:
            told = (str(why) or type(why).__name__).partition("\n\nDebug source:")[0]
            log.warning("The %s in %s fails, and is tried again: %s", self.called, self.place, told)
        first, most = AWAY_S
        self._again_at = self.clock() + min(most, first * 2 ** min(self._failures, 10))
        self._failures += 1

    def _store(self) -> Any:  # noqa: ANN401 - a LocalStore or an S3Store
        if self._opened is None:
            self._opened = _open(self.place, self.origins)
        return self._opened


@dataclass(slots=True)
class Watch:
    """What somebody who waits has seen of the claims for one key."""

    seen: dict[int, tuple[str, float]] = field(default_factory=dict)
    """What each was marked with when it was looked at last, and since when."""

    def since(self, number: int, mark: str, now: float) -> float:
        """Return since when a claim is as it is now."""
        if self.seen.get(number, ("",))[0] != mark:
            self.seen[number] = mark, now
        return self.seen[number][1]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make a rendition; without a number there is nothing to let go of."""

    store: SharedStore
    key: str
    number: int | None = None

    async def keep(self, every_s: float = RENEW_S) -> None:
        """Renew it again and again, until this is cancelled; return once it is another's."""
        while True:
            await asyncio.sleep(every_s)
            with suppress(NotKept):
                if await self.is_lost():
                    return
                if self.number is not None:
                    await self.store.renew(claim_name(self.key, self.number))

    async def is_lost(self) -> bool:
        """Return whether somebody took it over, as it was not renewed for long. Raises NotKept."""
        if self.number is None:
            return False
        # Whoever took it over has the next one, and has deleted ours if he is done already.
        if await self.store.seen(claim_name(self.key, self.number)) is None:
            return True
        return await self.store.seen(claim_name(self.key, self.number + 1)) is not None

    async def let_go(self) -> None:
        """Let others make it, if it was not made."""
        if self.number is not None:
            with suppress(NotKept):
                await self.store.drop(claim_name(self.key, each) for each in range(self.number + 1))

    async def end(self, keeping: asyncio.Future[None]) -> None:
        """Let go of it, if it is not another's, and renew it no more: that would make it anew."""
        keeping.cancel()
        await asyncio.wait((keeping,))
        if keeping.cancelled():
            await self.let_go()


async def claim(store: SharedStore, key: str, watch: Watch, *, sole: bool = False) -> Claim | None:
    """Return the right to make a rendition; None while somebody else is at it, who is `watch`ed.

    A `sole` one has a number, however many are gone: two who make a dataset at once would destroy
    each other's work. Raises NotKept.
    """
    for number in count() if sole else range(MOST_CLAIMS):
        if await store.create(claim_name(key, number)):
            return await _begun(Claim(store, key, number))
        seen = await store.seen(claim_name(key, number))
        if seen is None:
            return None
        (mark, age_s), now = seen, store.clock()
        if age_s <= STALE_S and now - watch.since(number, mark, now) <= LEASE_S:
            return None
    return Claim(store, key)


async def _begun(held: Claim) -> Claim | None:
    """Return a new claim, but not one that follows claims which somebody let go of meanwhile.

    Whoever comes then begins with the first one.
    """
    if held.number and await held.store.seen(claim_name(held.key, held.number - 1)) is None:
        await held.store.drop([claim_name(held.key, held.number)])
        return None
    return held


async def is_claimed(store: SharedStore, key: str) -> bool:
    """Return whether somebody has a claim, or left one. Raises NotKept."""
    # Who takes over lets the first one stand, and deletes it before his own.
    return await store.seen(claim_name(key, 0)) is not None


def claim_name(key: str, number: int) -> str:
    """Return the name of a claim."""
    return f"claims/{key}-{number}"


def _rendition(key: str) -> str:
    return f"renditions/{key[:2]}/{key}"


def _mark() -> bytes:
    return f"{os.getpid()} {time.time_ns()}".encode()


def _open(place: str, origins: Origins) -> Any:  # noqa: ANN401
    # Loaded when it is needed: whoever shares nothing needs no client for buckets.
    from obstore.store import LocalStore  # noqa: PLC0415

    from foveate.storage.s3 import open_bucket  # noqa: PLC0415

    if place.startswith("s3://"):
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        return open_bucket(bucket, origins, prefix.strip("/") or None)
    Path(place).mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(Path(place))
