"""Who removes what jobs leave: at once where somebody deletes one, else after its days."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.errors import FoveateError
from foveate.jobs.loop import Loop
from foveate.jobs.quotas import DAY_S
from foveate.jobs.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.jobs.bell import Bell
    from foveate.jobs.leftovers import Leftover
    from foveate.jobs.queue import Queue
    from foveate.settings import Settings

log = logging.getLogger("foveate.jobs")
LOOK_S: Final = 1.0
EXPIRE_S: Final = 600.0
"""How often it is looked for jobs that were kept for long enough."""
AGAIN_S: Final = 600.0
"""After how long it is tried again to remove what could not be."""


@dataclass(slots=True)
class Tidier:
    """Removes the results of jobs that are gone, one after the other, where this server leads.

    Nobody else removes any: what two do at once might be another job's by then.
    """

    queue: Queue
    settings: Settings
    bell: Bell
    leads: Callable[[], bool]
    loop: Loop = field(init=False)
    _expired: float | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: Threads = field(default_factory=lambda: Threads("tidier-books", 1))
    _removing: Threads = field(default_factory=lambda: Threads("tidier", 1))
    """A million files take minutes."""

    def __post_init__(self) -> None:
        self.loop = Loop(self._look, LOOK_S)

    async def stop(self) -> None:
        """Remove no more: what is half removed is known, and goes on when a server begins."""
        self._stopping.set()
        await self.loop.stop()
        self._removing.close()

    async def _look(self) -> None:
        if not self.leads():
            return
        await self._expire()
        for left in await self._threads.run(self.queue.leftovers.due):
            if self.loop.ending:
                return
            await self._remove(left)

    async def _expire(self) -> None:
        """Delete what was kept for long enough."""
        days, now = self.settings.jobs.keep_days, time.monotonic()
        if not days or (self._expired is not None and now - self._expired < EXPIRE_S):
            return
        await self._threads.run(self.queue.expire, time.time() - days * DAY_S)
        self._expired = now

    async def _remove(self, left: Leftover) -> None:
        # Imported with the first one: what works on pictures is much.
        from foveate.jobs.places import place_of  # noqa: PLC0415

        try:
            place = place_of(left, self.settings)
            is_gone = await self._removing.run(place.delete, self._stopping)
        except (FoveateError, OSError) as why:
            log.warning("The results %s of %s cannot be removed: %r", left.out, left.key, str(why))
            await self._threads.run(self.queue.leftovers.put_off, left, AGAIN_S)
        else:
            if is_gone:
                await self._threads.run(self.queue.leftovers.removed, left)
        self.bell.ring(left.id)
