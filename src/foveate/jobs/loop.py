"""Something that is looked after again and again for as long as a server lives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.errors import DatasetsUnusable, NotKept, QueueUnusable, SourceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger("foveate.jobs")
MET: Final = (QueueUnusable, DatasetsUnusable, SourceError, NotKept)
"""What is said once, for as long as it stays so."""


@dataclass(slots=True)
class Loop:
    """Looks now and then until it is stopped, whatever a look meets. Of one event loop."""

    look: Callable[[], Awaitable[None]]
    every_s: float
    ending: bool = False
    """Whether nothing new is to be begun."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _said: str = ""
    _task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on."""
        if self._task is None and not self.ending:
            self._task = asyncio.get_running_loop().create_task(self._go())

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    async def stop(self) -> None:
        """Look no more. A look that is underway is not broken off: it may hold something."""
        self.ending = True
        self.wake()
        if self._task is not None:
            await self._task

    def _warn(self, why: str) -> None:
        """Log it once, for as long as it stays so."""
        if why != self._said:
            log.warning("%s", why)
        self._said = why

    async def _go(self) -> None:
        while not self.ending:
            self._woken.clear()
            try:
                await self.look()
                self._said = ""
            except MET as why:
                self._warn(str(why))
            except Exception:
                log.exception("A look met what nobody expected; the next one comes")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self.every_s)
