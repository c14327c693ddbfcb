"""Rung when something happened to a job, for who waits for that in this process."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Bell:
    """A bell for each job that somebody waits at. Of one event loop."""

    def __init__(self) -> None:
        # Who waits holds his bell, and where nobody does there is none: most jobs have ended.
        self._waiting = WeakValueDictionary[str, asyncio.Event]()

    def next(self, name: str) -> asyncio.Event:
        """Return what is set when it rings next."""
        return self._waiting.setdefault(name, asyncio.Event())

    def ring(self, name: str) -> None:
        """Let all go on that wait for it."""
        if (rung := self._waiting.pop(name, None)) is not None:
            rung.set()

    def ring_all(self) -> None:
        """Let everybody go on."""
        for name in list(self._waiting):
            self.ring(name)
