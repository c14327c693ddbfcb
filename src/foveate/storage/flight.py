"""One piece of work for all who ask for the same thing at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Flight:
    """A running piece of work and how many wait for it."""

    task: asyncio.Future[Any]
    waiters: int = 0


class SingleFlight:
    """Shares running work by key, within one event loop."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Return what `work` returns, joining the run under way for `key` if there is one.

        Every waiter gets the result or the exception. A waiter that is cancelled leaves alone;
        the work is cancelled when the last one has left.
        """
        flight = self._flights.get(key) or self._start(key, work)
        flight.waiters += 1
        try:
            # asyncio.wait, because a bare await would cancel the task together with one waiter.
            await asyncio.wait((flight.task,))
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                # Gone from the table at once: whoever asks now must not join a dying run.
                self._forget(key, flight)
                flight.task.cancel()
        try:
            result: T = flight.task.result()
        finally:
            # An error knows this frame, and would keep itself until garbage is collected.
            del flight
        return result

    def begin(self, key: str) -> None:
        """Let nobody join what runs for `key` any more: who comes now knows of later changes."""
        self._flights.pop(key, None)

    def _start(self, key: str, work: Callable[[], Awaitable[T]]) -> Flight:
        flight = Flight(asyncio.ensure_future(work()))
        self._flights[key] = flight
        flight.task.add_done_callback(lambda task: self._finish(key, flight, task))
        return flight

    def _finish(self, key: str, flight: Flight, task: asyncio.Future[Any]) -> None:
        self._forget(key, flight)
        if not task.cancelled():
            # Marks it as seen: with no waiter left, asyncio would complain about it later.
            task.exception()

    def _forget(self, key: str, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
