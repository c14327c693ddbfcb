"""Who follows what happens to long work, on one server: told as it happens, until it has ended."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from foveate.errors import BadRequest, QueueFull
from foveate.jobs.bell import Bell
from foveate.jobs.threads import Threads

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

LOOK_S: Final = 1.0
"""How often it is looked for what other servers did, of which nobody rings here."""
BEAT_S: Final = 15.0
"""After so long without news a follower is told that there is none."""
MOST: Final = 1000
EACH_S: Final = 0.0005
"""How long each follower waits for every one that there is, so that telling all of them takes no
more than its share of the server."""


class Numbered(Protocol):
    """Something that happened."""

    @property
    def number(self) -> int:
        """From 1 on, in order."""
        ...


E = TypeVar("E", bound=Numbered)


@dataclass(slots=True)
class Followers(Generic[E]):
    """Those who follow. Of one event loop."""

    events: Callable[[str, int], tuple[Sequence[E], bool]]
    """Returns what happened after a number, and whether it has ended. It blocks, and raises a
    BadRequest for what is not there any more."""
    bell: Bell = field(default_factory=Bell)
    _threads: Threads = field(default_factory=lambda: Threads("followers", 2))
    _many: int = 0
    _reading: dict[tuple[asyncio.Event, int], asyncio.Future[tuple[Sequence[E], bool]]] = field(
        default_factory=dict
    )
    ending: bool = False

    def dismiss(self) -> None:
        """Tell them no more."""
        self.ending = True
        self.bell.ring_all()

    def follow(self, name: str, after: int) -> AsyncGenerator[E | None]:
        """Return what happens to that after an event, until it ends; None is no news.

        Raises QueueFull where as many follow as may.
        """
        if self._many >= MOST:
            raise QueueFull
        return self._counted(name, after)

    async def _counted(self, name: str, after: int) -> AsyncGenerator[E | None]:
        if self._many >= MOST:  # others began since it was asked for
            yield None
            return
        self._many += 1
        try:
            async with aclosing(self._followed(name, after)) as events:
                async for event in events:
                    yield event
        finally:
            self._many -= 1

    async def _followed(self, name: str, after: int) -> AsyncGenerator[E | None]:
        silent_s = 0.0
        while not self.ending:
            rung = self.bell.next(name)
            try:
                events, ended = await self._read(rung, name, after)
            except BadRequest:
                return
            for event in events:
                yield event
                after = event.number
            if ended:
                return
            silent_s = 0.0 if events else silent_s + LOOK_S
            if silent_s >= BEAT_S:
                silent_s = 0.0
                yield None
            await asyncio.sleep(self._many * EACH_S)
            await self.rung(rung)

    async def _read(self, bell: asyncio.Event, name: str, after: int) -> tuple[Sequence[E], bool]:
        """Return what happened after that event, read once for all who ask at the same time.

        Only for those with the same bell: whatever a read that has begun misses rings it.
        """
        asked = (bell, after)
        if (reading := self._reading.get(asked)) is None:
            reading = asyncio.ensure_future(self._threads.run(self.events, name, after))
            self._reading[asked] = reading
            reading.add_done_callback(lambda _: self._reading.pop(asked))
        # Who goes away takes it from nobody else.
        return await asyncio.shield(reading)

    async def rung(self, bell: asyncio.Event) -> None:
        """Wait until it rings; another server may work on it, and nobody rings for that here."""
        with contextlib.suppress(TimeoutError):
            # Before 3.12 `wait_for` loses a cancellation that comes as the bell rings.
            async with asyncio.timeout(LOOK_S):
                await bell.wait()
