"""Originals in memory: fetched once for all who work with them, and never too many at once."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakValueDictionary

from foveate.errors import SourceTooLarge
from foveate.server.asked import REMOTE
from foveate.server.load import worker_count
from foveate.server.slots import Gate
from foveate.storage.flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from foveate.ports import Original, Source
    from foveate.settings import Settings

Keys: TypeAlias = tuple[str, ...]
Versions: TypeAlias = tuple[str | None, ...]

HOST: Final = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
OF_REMOTE: Final = 0.75
OF_ORIGIN: Final = 0.5
"""Parts of all places that originals on their way from elsewhere, or from one origin, may take."""


@dataclass(eq=False, slots=True)
class Held:
    """Originals in memory or on their way, and how many work with them."""

    name: tuple[Keys, Versions]
    ready: asyncio.Future[tuple[Original, ...]]
    keeper: asyncio.Task[None]
    """Holds their place in memory until it is cancelled."""
    holders: int = 0


class Originals:
    """Hands out originals to those who work with them, within one event loop.

    An origin that answers slowly keeps nobody waiting but those who ask for its pictures, and
    all origins together leave places for the pictures that are here.
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source = source
        self._folder = settings.origins.folder
        self._max_bytes = settings.limits.max_bytes
        self._places = settings.load.fetches + worker_count(settings.load)
        self._queue = settings.load.queue
        self._memory = Gate(self._places, self._queue)
        self._remote = Gate(int(self._places * OF_REMOTE), self._queue)
        self._origins: WeakValueDictionary[str, Gate] = WeakValueDictionary()
        self._held: dict[tuple[Keys, Versions], Held] = {}
        self._flight = SingleFlight()

    @contextlib.asynccontextmanager
    async def hold(self, keys: Keys, versions: Versions) -> AsyncIterator[tuple[Original, ...]]:
        """Yield the originals of `keys`, together at most as large as one may be.

        `versions` is what is known of them without reading: whoever knows the same shares what is
        in memory, whoever knows nothing only what is on its way. Raises QueueFull, a SourceError
        or OriginNotAllowed.
        """
        held = self._held.get((keys, versions)) or self._depart((keys, versions))
        held.holders += 1
        try:
            # asyncio.wait, because a bare await would cancel the future together with one waiter.
            await asyncio.wait((held.ready,))
            yield held.ready.result()
        finally:
            held.holders -= 1
            if not held.holders:
                self._forget(held)
                held.keeper.cancel()

    def _depart(self, name: tuple[Keys, Versions]) -> Held:
        ready: asyncio.Future[tuple[Original, ...]] = asyncio.get_running_loop().create_future()
        held = Held(name, ready, asyncio.ensure_future(self._keep(name[0], ready)))
        self._held[name] = held
        ready.add_done_callback(lambda _: self._land(held))
        return held

    def _land(self, held: Held) -> None:
        """Share with those who come later and know the versions by then."""
        self._forget(held)
        if held.ready.exception() is None and held.holders:
            versions = tuple(original.version for original in held.ready.result())
            held.name = (held.name[0], versions)
            self._held.setdefault(held.name, held)

    def _forget(self, held: Held) -> None:
        if self._held.get(held.name) is held:
            del self._held[held.name]

    async def _keep(self, keys: Keys, ready: asyncio.Future[tuple[Original, ...]]) -> None:
        try:
            async with contextlib.AsyncExitStack() as way:
                for gate in self._gates(keys):
                    await way.enter_async_context(gate)
                async with self._memory:
                    originals = await read_all(self._read_once, keys, self._max_bytes)
                    await way.aclose()
                    ready.set_result(originals)
                    await asyncio.Event().wait()
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits for it
            ready.set_exception(error)

    def _gates(self, keys: Keys) -> Sequence[Gate]:
        """Return what to pass before memory: nothing for what comes from a folder."""
        origin = next(filter(None, map(self._origin_of, keys)), "")
        if not origin:
            return ()
        gate = self._origins.get(origin)
        if gate is None:
            gate = Gate(int(self._places * OF_ORIGIN), self._queue // 2)
            self._origins[origin] = gate
        return gate, self._remote

    def _origin_of(self, key: str) -> str:
        host = HOST.match(key)
        if host:
            return host[1].lower()
        return self._folder if self._folder.startswith(REMOTE) else ""

    async def _read_once(self, key: str) -> Original:
        return await self._flight.run(key, partial(self._source.read, key))


async def read_all(
    read: Callable[[str], Awaitable[Original]], keys: Sequence[str], max_bytes: int
) -> tuple[Original, ...]:
    """Return the originals of `keys`. Raises SourceTooLarge when they are beyond it together."""
    originals: list[Original] = []
    for key in keys:
        originals.append(await read(key))
        if sum(len(original.data) for original in originals) > max_bytes:
            raise SourceTooLarge("the originals of one picture are larger than limits.max_bytes")
    return tuple(originals)
