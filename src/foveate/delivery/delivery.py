"""The one way to a rendition, and to any other work on pictures, for every door.

Within one event loop: cache, single-flight, admission, leases of sources, deadline, worker.
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.delivery import stored
from foveate.delivery.admission import Admission
from foveate.delivery.ask import rendition_key
from foveate.delivery.hot import Hot
from foveate.delivery.leases import Leases
from foveate.delivery.sharing import Sharing
from foveate.delivery.sharing import Work as Shared
from foveate.errors import TimedOut
from foveate.metrics import CACHE, HIT, MISS, RENDITIONS
from foveate.options.options_class import options_class
from foveate.options.table import check_supported
from foveate.storage.flight import SingleFlight
from foveate.trace import FETCH
from foveate.values import Purged, strictest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence

    from foveate.delivery.admission import Admitted
    from foveate.delivery.ask import Ask
    from foveate.delivery.core import DeliveryCore
    from foveate.delivery.leases import Keys, Versions
    from foveate.delivery.purge import Which
    from foveate.enrolled import Named
    from foveate.metrics import Metrics
    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition
    from foveate.service.work import Work
    from foveate.storage.source import Source
    from foveate.trace import Trace
    from foveate.values import Blob, Lifetime

    Wait = Callable[[Coroutine[object, object, "Delivered"]], Awaitable["Delivered"]]

T = TypeVar("T")
OK: Final = 200
INDEX_READERS: Final = 4
"""How many at once read the face index for renditions that name people."""


async def _patiently(work: Coroutine[object, object, Delivered]) -> Delivered:
    return await work


@dataclass(frozen=True, slots=True)
class Delivered:
    """A rendition, from the cache or made now."""

    key: str
    about: stored.About
    data: Blob
    """Shared with all who are sent the same; the beginning of it where only `about` was asked."""
    length: int
    """Of the whole rendition."""
    trace: Trace | None = None
    """What making it took; None for a hit."""
    kept: bool = False
    """Whether what was made now is kept for those who ask next."""
    on_disk: bool = False
    """Whether it is kept on disk, too."""
    asked: int | None = None
    """The status with which the origin said that this hit still holds, if it had to be asked."""


class Delivery:
    """Delivers renditions and other work, for one event loop."""

    def __init__(
        self,
        core: DeliveryCore,
        metrics: Metrics,
        *,
        worker_begins: Callable[[], None] | None = None,
        shares: bool = False,
    ) -> None:
        """Take where metrics go; `shares` is for servers, which live until all is sent."""
        settings = core.settings
        self.admission = Admission(
            settings.load,
            timeout_s=settings.limits.timeout_s,
            metrics=metrics,
            memory=core,
            worker_begins=worker_begins,
        )
        self.hot = Hot(settings.caching.recompress_hits)
        """What is asked for again and again."""
        self.when_purged: list[Callable[[], None]] = []
        """What lets go of all that others know of renditions."""
        self._timeout_s = settings.limits.timeout_s
        self._core = core
        self._metrics = metrics
        self._leases = Leases(core.origin, settings)
        self._sharing = (
            Sharing(core.shared, metrics, lambda: self._leases.purges, settings.limits.timeout_s)
            if shares and core.shared
            else None
        )
        self._flight = SingleFlight()
        self._reads = SingleFlight()
        self._index_reads = SingleFlight()
        self._index_places = asyncio.Semaphore(INDEX_READERS)
        self._index_readers = ThreadPoolExecutor(INDEX_READERS, "foveate-index")

    async def rendition(
        self,
        ask: Ask,
        wait: Wait = _patiently,
        *,
        trace: Trace | None = None,
        about_only: bool = False,
    ) -> Delivered:
        """Return what is asked for: from the cache, or made once for all who ask at this time.

        `wait` awaits what takes long, and may end it. What is done for this very request, and not
        by another one that asked before, is written to `trace`. With `about_only`, the bytes of
        what the cache has are not read. Raises any FoveateError.
        """
        check_supported(ask.options)
        ask = await self.settled(ask)
        if not ask.keepable:
            return await wait(self._make_from_hand(ask, trace))
        if self._may_have_to_ask(ask.keys):
            return await wait(self._deliver(ask, _patiently, trace, about_only=about_only))
        return await self._deliver(ask, wait, trace, about_only=about_only)

    async def admitted_rendition(self, admitted: Admitted, ask: Ask) -> Delivered:
        """Return what a request that was let in before asks for, made now and not kept."""
        check_supported(ask.options)
        ask = await self.settled(ask)
        async with self._sources(admitted, ask.names) as sources:
            return await self._work(admitted, ask, sources)

    async def settled(self, ask: Ask) -> Ask:
        """Return what is asked for with its designs read and filled in, as they are now.

        Raises UnknownDesign, BadOption, BadDesign, UnsupportedOption, DesignsUnusable.
        """
        if not ask.unsettled:
            return ask
        settle = partial(self._core.designs.settled, ask.options, photo=ask.photo)
        return replace(ask, options=await asyncio.to_thread(settle))

    async def purge(self, which: Which) -> Purged:
        """Delete the renditions that are meant, and return how many there were.

        Nothing is kept or shared from then on that was read before: a rendition that is being made
        is answered to those who wait for it already, and to nobody else. Raises OSError where the
        disk does not let them go, and NotKept where the shared store does not.
        """
        self._leases.purge()
        self._flight, self._reads = SingleFlight(), SingleFlight()
        self._core.forget_pixels()
        done = await asyncio.to_thread(self._core.renditions.purge, which, stored.ABOUT_BYTES)
        if self._core.shared is not None:
            shared = await self._core.shared.purge(which, stored.ABOUT_BYTES)
            done = Purged(*map(sum, zip(done, shared, strict=True)))
        self.forget_heads()
        return done

    def forget_heads(self) -> None:
        """Let all that others know of renditions be asked for anew."""
        for forget in self.when_purged:
            forget()

    @contextlib.asynccontextmanager
    async def made_of(
        self, admitted: Admitted, key: str, ask: Ask
    ) -> AsyncIterator[Sequence[Source]]:
        """Yield what a kept rendition was made of; nothing where another would be made by now."""
        versions, generation = await self._versions(ask.keys), await self._generation(ask.options)
        if None in versions or rendition_key(ask, versions, generation) != key:
            yield ()
            return
        async with self._sources(admitted, ask.keys, versions) as sources:
            read = tuple(source.version for source in sources)
            yield sources if read == versions else ()

    async def run(
        self,
        admitted: Admitted,
        names: Sequence[str | Source],
        prepare: Callable[..., Work[T]],
        *,
        span: str,
    ) -> T:
        """Return what a verb makes of sources, which `prepare` is given in the order of `names`."""
        async with self._sources(admitted, names) as sources:
            return await admitted.make(partial(prepare, *sources), span=span)

    def _may_have_to_ask(self, keys: Keys) -> bool:
        """Tell whether the versions may take a word from elsewhere, for which one has to wait."""
        origin, remote = self._core.origin, filter(self._leases.origin_of, keys)
        return any(origin.version_now(key) is None for key in remote)

    async def _deliver(
        self, ask: Ask, wait: Wait, trace: Trace | None, *, about_only: bool
    ) -> Delivered:
        before = tuple(map(self._core.origin.last, ask.keys))
        versions = await self._versions(ask.keys)
        after = tuple(map(self._core.origin.last, ask.keys))
        generation = await self._generation(ask.options)
        key = rendition_key(ask, versions, generation)
        look = self._described if about_only else self._cached
        if self.admission.full and key not in self._flight:
            # Before anything is begun: a crowd that is sent away must cost next to nothing.
            self._refuse_unless_held(key)
        found = await look(key) if None not in versions else None
        if found is None:
            make = partial(self._make, ask, versions, generation, key, trace)
            once = make if None in versions else partial(self._once, key, make)
            made = await wait(self._flight.run(key, once))
            if made.kept:
                self.hot.kept(made.key, ask)
            return made
        self.hot.kept(key, ask)
        self.hot.asked(key)
        told = [known for known in after if known is not None]
        if len(told) == len(after):
            found = _kept_for(found, [known.lifetime for known in told])
        asked = [known.status for known in told if known.status and known not in before]
        return replace(found, asked=min(asked, default=None))

    def _refuse_unless_held(self, key: str) -> None:
        """Raise QueueFull for a rendition that has to be made."""
        if not self._core.renditions.holds(key):
            self.admission.refuse_when_full()

    async def _versions(self, keys: Keys) -> Versions:
        """Return what is known of the sources without reading them. Raises TimedOut."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return tuple([await self._core.origin.version(key) for key in keys])
        except TimeoutError as why:
            raise TimedOut(f"versions not known after {self._timeout_s} s") from why

    async def _generation(self, options: TransformOptions) -> str:
        """Return what decides over a rendition beside its sources: the face index, if it is asked.

        What is made after that may know of later changes; it is looked for no longer after these.
        """
        generation, named = self._core.generation(options), options.subjects()
        if not named:
            return generation
        try:
            async with asyncio.timeout(self._timeout_s):
                key = repr(named)
                read = partial(self._revision, key, named)
                return f"{generation} {await self._index_reads.run(key, read)}"
        except TimeoutError as why:
            raise TimedOut(f"face index not read after {self._timeout_s} s") from why

    async def _revision(self, key: str, named: Sequence[Named]) -> str:
        """Return what the index says, once for all who ask before that is begun."""
        # Without a place, a crowd would wait here for what is refused behind.
        with self.admission.place():
            async with self._index_places:
                self._index_reads.begin(key)
                read = partial(copy_context().run, self._core.revision, named)
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._index_readers, read)

    async def _make_from_hand(self, ask: Ask, trace: Trace | None) -> Delivered:
        async with self.admission.admit(trace) as admitted:
            return await self.admitted_rendition(admitted, ask)

    async def _cached(self, key: str) -> Delivered | None:
        # What is large is read once for all who ask for it at this time.
        renditions = self._core.renditions
        blob = renditions.memory.get(key)
        if blob is None:
            blob = await self._reads.run(key, partial(renditions.get, key))
        return self._found(key, blob)

    async def _described(self, key: str) -> Delivered | None:
        beginning, length = await self._core.renditions.peek(key, stored.ABOUT_BYTES) or (b"", 0)
        return self._found(key, beginning or None, missing=length - len(beginning))

    def _found(self, key: str, blob: Blob | None, *, missing: int = 0) -> Delivered | None:
        whole = stored.unpack(blob) if blob is not None else None
        self._metrics.count(CACHE, RENDITIONS, HIT if whole else MISS)
        if whole is None:
            return None
        about, data = whole
        return Delivered(key, about, data, len(data) + missing)

    async def _make(
        self, ask: Ask, versions: Versions, generation: str, missed: str, trace: Trace | None
    ) -> Delivered:
        """Fetch and render what the cache has not."""
        async with (
            self.admission.admit(trace) as admitted,
            self._sources(admitted, ask.keys, versions) as sources,
        ):
            read = tuple(source.version for source in sources)
            key = missed if read == versions else rendition_key(ask, read, generation)
            private = any(source.lifetime.private for source in sources)
            # Only now is the version known of a source that does not tell it without reading.
            if key != missed and not private and (found := await self._cached(key)):
                found = _kept_for(found, [source.lifetime for source in sources])
                return replace(found, asked=OK)
            work = partial(self._work, admitted, ask, sources, key, keep=not private)
            return await (work() if key == missed or private else self._once(key, work))

    async def _once(self, key: str, make: Callable[[], Awaitable[Delivered]]) -> Delivered:
        """Return what is made for all servers once, if they share anything."""
        if self._sharing is None:
            return await make()
        purges = self._leases.purges

        def read(packed: bytes) -> Delivered | None:
            found = stored.unpack(packed)
            if found is None:
                return None
            if purges == self._leases.purges:
                self._core.renditions.put(key, packed)
            return Delivered(key, *found, len(found[1]))

        return await self._sharing.once(key, Shared(make, read, _packed))

    async def stop(self, timeout_s: float) -> None:
        """Send what others are to have of it, within that time."""
        if self._sharing is not None:
            await self._sharing.stop(timeout_s)

    @contextlib.asynccontextmanager
    async def _sources(
        self,
        admitted: Admitted,
        names: Sequence[str | Source],
        versions: Versions = (),
    ) -> AsyncIterator[Sequence[Source]]:
        """Yield the sources of those names, in their order; those with a key are leased."""
        keys = tuple(name for name in names if isinstance(name, str))
        async with contextlib.AsyncExitStack() as stack:
            leased: Sequence[Source] = ()
            if keys:
                with admitted.trace.waiting(FETCH) as span:
                    known = versions or (None,) * len(keys)
                    lease = self._leases.lease(keys, known, span, admitted.waits)
                    leased = await stack.enter_async_context(lease)
            fetched = iter(leased)
            yield [next(fetched) if isinstance(name, str) else name for name in names]

    async def _work(
        self,
        admitted: Admitted,
        ask: Ask,
        sources: Sequence[Source],
        key: str = "",
        *,
        keep: bool = False,
    ) -> Delivered:
        """Render, and `keep` what was made under its key."""
        others = dict(zip(ask.options.extra_sources(), sources[1:], strict=True))

        def finish(rendition: Rendition) -> tuple[stored.About, bytes, bool | None]:
            kind = options_class(ask.options)
            about = stored.describe(rendition, sources, ask.keys if keep else (), kind)
            may_be_kept = keep and not about.lifetime.private
            packed = stored.pack(about, rendition.data) if may_be_kept else b""
            return about, rendition.data, self.keep(key, packed, sources) if packed else None

        def prepare() -> Work[tuple[stored.About, bytes, bool | None]]:
            return self._core.renderer.prepare(sources[0], ask.options, others).then(finish)

        about, data, on_disk = await admitted.make(prepare, span="render")
        kept = on_disk is not None
        return Delivered(
            key, about, data, len(data), admitted.trace, kept=kept, on_disk=bool(on_disk)
        )

    def keep(self, key: str, packed: bytes, sources: Sequence[Source]) -> bool | None:
        """Keep a rendition unless there was a purge since its sources were read. In any thread.

        Return whether a disk has it; None where nobody has.
        """
        renditions, size = self._core.renditions, stored.ABOUT_BYTES
        if self._purged_since(sources):
            return None
        on_disk = renditions.put(key, packed)
        if self._purged_since(sources):
            # One that began in this very moment may have looked before it lay there.
            renditions.purge(lambda beginning: beginning == packed[:size], size)
            return None
        return on_disk

    def _purged_since(self, sources: Sequence[Source]) -> bool:
        return any(source.purges != self._leases.purges for source in sources)


def _packed(made: Delivered) -> bytes:
    return stored.pack(made.about, bytes(made.data)) if made.kept else b""


def _kept_for(found: Delivered, lifetimes: Sequence[Lifetime]) -> Delivered:
    """Return a hit with what origins say now about keeping it, which is not what they said then."""
    return replace(found, about=replace(found.about, lifetime=strictest(lifetimes)))
