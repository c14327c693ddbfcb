"""Which server works on the queue: whoever has the lock of its folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate import locks
from foveate.errors import QueueUnusable

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.jobs.belonging import Belonging

LOCK: Final = "jobs.lock"


@dataclass(slots=True)
class Lead:
    """The work on one queue, for one server of the many that it may have."""

    folder: Path
    belonging: Belonging
    workers: int
    """Jobs at once; a server with none leaves the work to others."""
    _lock: int | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_ours(self) -> bool:
        """Return whether this server is the one that works on the queue."""
        return self._lock is not None

    async def take(self) -> bool:
        """Return whether this server works on the queue: from now on, where nobody else does.

        Raises QueueUnusable, also where another one left jobs about pictures of another origin.
        """
        if not self.workers:
            return False
        async with self._turn:
            return self.is_ours or await asyncio.to_thread(self._take)

    def _take(self) -> bool:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as why:
            raise QueueUnusable(f"The queue in {self.folder} cannot be used: {why}") from why
        with contextlib.ExitStack() as unless_led:
            unless_led.callback(os.close, lock)
            if not locks.take(lock):
                self.belonging.check()
                return False
            self.belonging.claim()
            unless_led.pop_all()
        self._lock = lock
        return True

    def is_anybodys(self) -> bool:
        """Return whether a server works on the queue, or will in a moment. Blocks."""
        if self.workers:
            return True
        try:
            lock = os.open(self.folder / LOCK, os.O_RDWR)
        except OSError:
            return False
        try:
            if not locks.take(lock):
                return True
            locks.release(lock)
        finally:
            os.close(lock)
        return False

    def let_go(self) -> None:
        """Let another server work."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
