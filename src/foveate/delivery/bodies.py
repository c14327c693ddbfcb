"""Places for request bodies that are on their way: whoever sends fastest has them."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Protocol

from foveate.errors import QueueFull

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

FASTER: Final = 4.0
"""Whoever sends so many times as fast as another one takes its place."""


class Arrival(Protocol):
    """A body on its way."""

    @property
    def client(self) -> str:
        """Return the address that it comes from."""
        ...

    @property
    def whole(self) -> bool:
        """Return whether all of it is here."""
        ...

    @property
    def bytes_per_s(self) -> float:
        """Return how fast it came so far."""
        ...

    def give_up(self) -> None:
        """Read no more of it: its place was given to another one."""
        ...


class BodyPlaces:
    """Bounds how many bodies are read into memory, and how many wait for that.

    While there is room, anybody may have it. When there is none, those go first whose clients have
    less than their share, and a body that comes slowly gives way to one that comes much faster.
    So neither one client nor many slow ones keep the others out.
    """

    def __init__(self, places: int, queue: int, share: float) -> None:
        self._places, self._queue = max(1, places), queue
        self._shares = math.ceil(self._places * share), math.ceil(queue * share)
        self._held: set[Arrival] = set()
        self._line: dict[Arrival, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def place(self, arrival: Arrival) -> AsyncIterator[None]:
        """Wait for a place, and keep it for as long as this lasts. Raises QueueFull."""
        granted = self._line[arrival] = asyncio.get_running_loop().create_future()
        self._grant()
        self._shorten_line(arrival)
        try:
            await granted
            yield
        finally:
            self._line.pop(arrival, None)
            self._held.discard(arrival)
            self._grant()

    def _grant(self) -> None:
        """Give free places, and those of the slow ones, to those in line who go first."""
        crowding = self._crowding(self._held, self._shares[0])
        order = sorted(self._line, key=lambda each: (each.client in crowding, -each.bytes_per_s))
        for arrival in order:
            if len(self._held) >= self._places and not self._make_way(arrival):
                return
            granted = self._line.pop(arrival)
            if not granted.done():
                self._held.add(arrival)
                granted.set_result(None)

    def _make_way(self, arrival: Arrival) -> bool:
        slow = _slowest(self._held, arrival, self._crowding(self._held, self._shares[0]))
        if slow is None:
            return False
        self._held.discard(slow)
        slow.give_up()
        return True

    def _shorten_line(self, arrival: Arrival) -> None:
        if len(self._line) <= self._queue:
            return
        others = [each for each in self._line if each is not arrival]
        slow = _slowest(others, arrival, self._crowding(self._line, self._shares[1])) or arrival
        granted = self._line.pop(slow)
        if not granted.done():
            granted.set_exception(QueueFull(f"{self._queue} bodies wait for a place already"))

    @staticmethod
    def _crowding(arrivals: Iterable[Arrival], share: int) -> set[str]:
        """Return the clients that have their share, or more."""
        counted = Counter(arrival.client for arrival in arrivals)
        return {client for client, count in counted.items() if count >= share}


def _slowest(among: Iterable[Arrival], newcomer: Arrival, crowding: set[str]) -> Arrival | None:
    """Return the slowest that has to give way to a newcomer, if any has."""

    def gives_way(other: Arrival) -> bool:
        fair = other.client in crowding and newcomer.client not in crowding
        return newcomer.bytes_per_s > other.bytes_per_s * (1.0 if fair else FASTER)

    slow = (other for other in among if not other.whole and gives_way(other))
    return min(slow, key=lambda other: other.bytes_per_s, default=None)
