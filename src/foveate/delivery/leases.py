"""Sources in memory: fetched once for all who work with them, and never too many at once."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakValueDictionary

from foveate.delivery.admission import worker_count
from foveate.delivery.slots import BoundedSemaphore
from foveate.errors import SourceTooLarge
from foveate.storage.flight import SingleFlight
from foveate.storage.keys import is_remote
from foveate.storage.policy import canonical, origin_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from foveate.settings import Settings
    from foveate.storage.source import Source, VersionedOrigin
    from foveate.trace import Span

Keys: TypeAlias = tuple[str, ...]
Versions: TypeAlias = tuple[str | None, ...]

OF_REMOTE: Final = 0.75
OF_ORIGIN: Final = 0.5
OF_SEVERAL: Final = 0.25
"""Parts of all places that sources on their way may take: all that come from elsewhere, those of
one origin, and those of pictures that are made of several origins."""


@dataclass(eq=False, slots=True)
class Lease:
    """Sources in memory or on their way, and how many work with them."""

    name: tuple[Keys, Versions]
    ready: asyncio.Task[tuple[Source, ...]] = field(init=False)
    """Has a place in memory once it is done, unless it failed."""
    begun: float = math.inf
    """When it had its places, by time.monotonic(), and was read."""
    holders: int = 0
    charged: bool = False
    """Whether somebody is charged for what was read."""


class Leases:
    """Lends sources to those who work with them, within one event loop.

    An origin that answers slowly keeps nobody waiting but those who ask for its pictures, and
    all origins together leave places for the pictures that are here.
    """

    def __init__(self, origin: VersionedOrigin, settings: Settings) -> None:
        self._origin = origin
        self._folder = settings.origins.folder
        self._max_bytes = settings.limits.max_bytes
        self._places = settings.load.fetches + worker_count(settings.load)
        self._queue = settings.load.queue
        self._memory = BoundedSemaphore(self._places, self._queue)
        self._remote = BoundedSemaphore(int(self._places * OF_REMOTE), self._queue)
        self._several = BoundedSemaphore(int(self._places * OF_SEVERAL), self._queue // 2)
        self._origins: WeakValueDictionary[str, BoundedSemaphore] = WeakValueDictionary()
        self._leases: dict[tuple[Keys, Versions], Lease] = {}
        self._flight = SingleFlight()
        self.purges = 0
        """After how many of them is read what is read now."""

    def purge(self) -> None:
        """Let nobody who comes from now on share what was read, or began to be, before this."""
        self.purges += 1
        self._origin.forget_bytes()
        self._leases.clear()
        self._flight = SingleFlight()

    @contextlib.asynccontextmanager
    async def lease(
        self,
        keys: Keys,
        versions: Versions,
        span: Span | None = None,
        waits: Callable[[float], None] = lambda _: None,
    ) -> AsyncIterator[tuple[Source, ...]]:
        """Yield the sources of `keys`, together at most as large as one may be.

        `versions` is what is known of them without reading: whoever knows the same shares what is
        in memory, whoever knows nothing only what is on its way. What was read is written to the
        `span` of the first of them alone; `waits` is told for how many seconds there was no
        place for it. Raises QueueFull, a SourceError or OriginNotAllowed.
        """
        keys = tuple(map(canonical, keys))
        lease = self._leases.get((keys, versions)) or self._start((keys, versions))
        lease.holders += 1
        came = time.monotonic()
        try:
            try:
                # asyncio.wait, as a bare await would cancel the future together with one waiter.
                await asyncio.wait((lease.ready,))
            finally:
                waits(max(0.0, min(lease.begun, time.monotonic()) - came))
            sources = lease.ready.result()
            if span is not None and not lease.charged:
                lease.charged = True
                span.bytes = sum(len(source.data) for source in sources)
            yield sources
        finally:
            lease.holders -= 1
            if not lease.holders:
                self._forget(lease)
                if not lease.ready.cancel() and lease.ready.exception() is None:
                    self._memory.release()

    def _start(self, name: tuple[Keys, Versions]) -> Lease:
        lease = Lease(name)
        lease.ready = asyncio.ensure_future(self._read(lease))
        self._leases[name] = lease
        lease.ready.add_done_callback(lambda _: self._finish(lease))
        return lease

    def _finish(self, lease: Lease) -> None:
        """Share with those who come later and know the versions by then."""
        if not self._forget(lease):
            return  # there was a purge meanwhile, or nobody waits any more
        if not lease.ready.cancelled() and not lease.ready.exception() and lease.holders:
            versions = tuple(source.version for source in lease.ready.result())
            lease.name = (lease.name[0], versions)
            self._leases.setdefault(lease.name, lease)

    def _forget(self, lease: Lease) -> bool:
        """Let nobody come to it any more, and return whether anybody could until now."""
        known = self._leases.get(lease.name) is lease
        if known:
            del self._leases[lease.name]
        return known

    async def _read(self, lease: Lease) -> tuple[Source, ...]:
        """Return the sources, and keep their place in memory if there is no error."""
        keys, _ = lease.name
        async with contextlib.AsyncExitStack() as way:
            for semaphore in self._semaphores(keys):
                await way.enter_async_context(semaphore)
            await self._memory.acquire()
            lease.begun = time.monotonic()
            try:
                return await read_all(self._read_once, keys, self._max_bytes)
            except BaseException:
                self._memory.release()
                raise

    def _semaphores(self, keys: Keys) -> Sequence[BoundedSemaphore]:
        """Return what to pass before memory: nothing for what comes from a folder.

        In one order for all, so that no two wait for each other.
        """
        origins = sorted(set(filter(None, map(self.origin_of, keys))))
        if not origins:
            return ()
        # While one of several origins hangs, a place with each of the others is held.
        several = (self._several,) if len(origins) > 1 else ()
        return (*several, *map(self._gate, origins), self._remote)

    def _gate(self, origin: str) -> BoundedSemaphore:
        semaphore = self._origins.get(origin)
        if semaphore is None:
            semaphore = BoundedSemaphore(int(self._places * OF_ORIGIN), self._queue // 2)
            self._origins[origin] = semaphore
        return semaphore

    def origin_of(self, key: str) -> str:
        """Return what has to be asked for a source, in one spelling; nothing for what is here."""
        if is_remote(key):
            return origin_of(key) or key
        return self._folder if is_remote(self._folder) else ""

    async def _read_once(self, key: str) -> Source:
        read, purges = partial(self._origin.read, key), self.purges
        # What is here is read in less than it takes to find out who else does.
        source = await (self._flight.run(key, read) if self.origin_of(key) else read())
        return replace(source, key=key, purges=purges)


async def read_all(
    read: Callable[[str], Awaitable[Source]], keys: Sequence[str], max_bytes: int
) -> tuple[Source, ...]:
    """Return the sources of `keys`. Raises SourceTooLarge when they are beyond it together."""
    sources: list[Source] = []
    for key in keys:
        sources.append(await read(key))
        if sum(len(source.data) for source in sources) > max_bytes:
            raise SourceTooLarge("the sources of one picture are larger than limits.max_bytes")
    return tuple(sources)
