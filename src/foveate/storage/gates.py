"""How many questions are with origins at once, so that those who hang hold up nobody else."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OF_ONE: Final = 8
"""Questions with one origin; the others wait for these."""


class Gates:
    """A gate for each origin that somebody passes or waits at, within one event loop."""

    def __init__(self, places: int = OF_ONE) -> None:
        self._places = places
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._gates)

    @asynccontextmanager
    async def of(self, origin: str) -> AsyncIterator[None]:
        """Wait for a place at the gate of `origin`, and keep it for as long as this lasts."""
        gate = self._gates.get(origin)
        if gate is None:
            self._gates[origin] = gate = asyncio.Semaphore(self._places)
        async with gate:
            yield
