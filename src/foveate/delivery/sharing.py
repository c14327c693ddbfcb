"""Renditions that are made once for many machines: looked for, waited for, or made and sent."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from foveate.errors import NotKept, TimedOut
from foveate.metrics import CACHE, HIT, MISS
from foveate.storage.shared import RENEW_S, Claim, Watch, claim

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from foveate.metrics import Metrics
    from foveate.storage.shared import SharedStore

T = TypeVar("T")

SHARED: Final = "shared"
LOOK_S: Final = (0.05, 0.5)
"""How long whoever waits for another machine waits between two looks: at first, and at most."""
MOST_SENT: Final = 16
"""Renditions on their way to the store; whoever makes one more waits until it is there."""


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """How one rendition is made, and what it is as bytes."""

    make: Callable[[], Awaitable[T]]
    read: Callable[[bytes], T | None]
    """Returns what others made; None for what cannot be read."""
    pack: Callable[[T], bytes]
    """Returns nothing for what is not for others."""


@dataclass(frozen=True, slots=True)
class Sent(Generic[T]):
    """What was made here, and is for others."""

    work: Work[T]
    made: T
    purges: int
    """How many there were when it was begun."""


@dataclass(frozen=True, slots=True)
class Theirs(Generic[T]):
    """What another machine made."""

    made: T


@dataclass(eq=False)
class Sharing:
    """Makes each rendition once for all servers that share a store, as long as that answers."""

    store: SharedStore
    metrics: Metrics
    purges: Callable[[], int]
    """How many purges there were: what was made before one is not for others."""
    timeout_s: float
    """How long to wait for another machine."""
    renew_s: float = RENEW_S
    _sending: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def once(self, key: str, work: Work[T]) -> T:
        """Return what some machine made, or is making now; else make it, for all."""
        if (known := await self._look(key, work)) is not None:
            return known
        claimed = await self._claimed(key, work)
        if isinstance(claimed, Theirs):
            return claimed.made
        purges, keeping = self.purges(), asyncio.ensure_future(claimed.keep(self.renew_s))
        try:
            made = await work.make()
        except BaseException:
            self._begin(claimed.end(keeping))
            raise
        # Kept until it is there: sending may take longer than a claim holds.
        await self._later(self._send(claimed, keeping, Sent(work, made, purges)))
        return made

    async def stop(self, timeout_s: float) -> None:
        """Wait until all is sent, for so long."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=timeout_s)

    async def _look(self, key: str, work: Work[T]) -> T | None:
        try:
            data = await self.store.get(key)
        except NotKept:
            self.metrics.count(CACHE, SHARED, "away")
            return None
        found = await _read(work, data)
        self.metrics.count(CACHE, SHARED, MISS if found is None else HIT)
        return found

    async def _claimed(self, key: str, work: Work[T]) -> Claim | Theirs[T]:
        """Return the right to make it, or what another machine made until that was ours.

        Raises TimedOut where another one is at it for longer than anything may take.
        """
        watch, (wait_s, most_s), until = Watch(), LOOK_S, time.monotonic() + self.timeout_s
        while True:
            ours: Claim | None = None
            try:
                ours = await self._claim(key, watch)
                # Also where it is ours: another one may have let go of it just now, having made it.
                found = await _read(work, await self.store.get(key))
            except NotKept:
                return ours or Claim(self.store, key)
            except BaseException:
                if ours is not None:
                    self._begin(ours.let_go())
                raise
            if found is not None:
                await self._later((ours or Claim(self.store, key)).let_go())
                return Theirs(found)
            if ours is not None:
                return ours
            if time.monotonic() > until:
                raise TimedOut(f"another server has not made it after {self.timeout_s} s")
            await asyncio.sleep(wait_s)
            wait_s = min(most_s, 1.5 * wait_s)

    async def _claim(self, key: str, watch: Watch) -> Claim | None:
        """Return the right to make it, if it is free. Who leaves meanwhile lets go of it."""
        asking = asyncio.ensure_future(claim(self.store, key, watch))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            self._begin(_let_go(asking))
            raise

    async def _send(self, claimed: Claim, keeping: asyncio.Future[None], sent: Sent[T]) -> None:
        try:
            with suppress(NotKept):
                packed = await asyncio.to_thread(sent.work.pack, sent.made)
                if packed and sent.purges == self.purges():
                    await self.store.put(claimed.key, packed)
                    if sent.purges != self.purges():
                        await self.store.forget(claimed.key)
        finally:
            await claimed.end(keeping)

    async def _later(self, sending: Coroutine[None, None, None]) -> None:
        """Do it while others are worked for, unless there is much of that already."""
        task = self._begin(sending)
        if len(self._sending) > MOST_SENT:
            await asyncio.wait((task,))

    def _begin(self, sending: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return task


async def _let_go(asking: asyncio.Future[Claim | None]) -> None:
    with suppress(NotKept):
        ours = await asking
        if ours is not None:
            await ours.let_go()


async def _read(work: Work[T], data: bytes | None) -> T | None:
    # In a thread, because it is kept on the disk here too.
    return None if data is None else await asyncio.to_thread(work.read, data)
