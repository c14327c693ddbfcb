"""Asks origins whether what was read still holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from foveate.errors import (
    FoveateError,
    SourceFailed,
    SourceTimeout,
    SourceUnreachable,
    SourceUnresolved,
)
from foveate.storage.flight import SingleFlight
from foveate.storage.gates import Gates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from foveate.storage.freshness import Freshness, Known

EXCUSED: Final = (SourceFailed, SourceTimeout, SourceUnreachable, SourceUnresolved)
"""What counts as a failing origin (RFC 5861 4): not that it refuses, or has the source no more."""
RETRY_S: Final = 5.0
"""An origin that fails is not asked again about the same source before."""
MAX_ASIDE: Final = 64
"""Questions that nobody waits for."""


class Renewals:
    """Once for all who ask, few at a time for each origin, within one event loop."""

    def __init__(self, table: Freshness, wait_s: float) -> None:
        """Give up what takes longer than `wait_s`, the wait for others included."""
        self._table = table
        self._wait_s = wait_s
        self._flight = SingleFlight()
        self._gates = Gates()
        self._aside: dict[str, asyncio.Task[None]] = {}

    async def version(
        self, key: str, known: Known, origin: str, ask: Callable[[], Awaitable[str | None]]
    ) -> str | None:
        """Return the version of what is stale: as `ask` says, or the old one where that may do.

        `origin` is who shares a gate. Raises what `ask` raises, and SourceTimeout.
        """
        if self._table.is_usable(known):
            self._ask_aside(key, known, origin, ask)
            return known.version
        try:
            return await self.ask(key, origin, ask)
        except EXCUSED as why:
            return self._excused(key, known, why)

    async def ask(
        self, key: str, origin: str, ask: Callable[[], Awaitable[str | None]]
    ) -> str | None:
        """Return what `ask` says when it is its turn. Raises what it raises, and SourceTimeout."""

        async def in_turn() -> str | None:
            try:
                async with asyncio.timeout(self._wait_s), self._gates.of(origin):
                    return await ask()
            except TimeoutError as why:
                raise SourceTimeout(f"{key}: expected its turn in {self._wait_s} s.") from why

        return await self._flight.run(key, in_turn)

    async def aclose(self) -> None:
        """Stop what is asked for the sake of later requests only."""
        tasks = list(self._aside.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ask_aside(
        self, key: str, known: Known, origin: str, ask: Callable[[], Awaitable[str | None]]
    ) -> None:
        """Ask for the sake of later requests, unless enough is asked already."""
        if key in self._aside or len(self._aside) >= MAX_ASIDE:
            return
        task = asyncio.ensure_future(self._asked(key, known, origin, ask))
        self._aside[key] = task
        task.add_done_callback(lambda _: self._aside.pop(key, None))

    async def _asked(
        self, key: str, known: Known, origin: str, ask: Callable[[], Awaitable[str | None]]
    ) -> None:
        try:
            await self.ask(key, origin, ask)
        except EXCUSED:
            self._table.put_off(key, known, RETRY_S)
        except FoveateError:
            # It is gone, or refused: whoever asks next is told.
            self._table.forget(key)

    def _excused(self, key: str, known: Known, why: Exception) -> str:
        """Return the old version for some time more, or raise why there is no new one."""
        if not self._table.is_excused(known):
            raise why
        self._table.put_off(key, known, RETRY_S)
        return known.version
