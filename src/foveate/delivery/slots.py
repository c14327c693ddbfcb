"""Workers, memory and places, granted in the order in which requests came."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from foveate.errors import MemoryBudgetSpent, QueueFull

if TYPE_CHECKING:
    from collections.abc import Callable

    Place = tuple[int, asyncio.Future[None]]
    """What somebody waits for: so many bytes, granted when the future is done."""

log = logging.getLogger(__name__)

PASSED_S: Final = 5.0
"""For how long others may pass the one who is first, and waits for memory."""


class BoundedSemaphore(asyncio.Semaphore):
    """A semaphore at which only so many may wait."""

    def __init__(self, places: int, queue: int) -> None:
        super().__init__(max(1, places))
        self._queue = queue
        self._in_line = 0

    async def acquire(self) -> Literal[True]:
        """Wait for a place. Raises QueueFull when too many wait already."""
        if self.locked() and self._in_line >= self._queue:
            raise QueueFull(f"{self._in_line} requests wait for a place already")
        self._in_line += 1
        try:
            return await super().acquire()
        finally:
            self._in_line -= 1


class Slots:
    """Grants a worker together with the memory that the work needs, first come first served.

    Where the first one waits for memory, those behind it for whom there is enough pass it, for
    PASSED_S seconds from when it came to be first. From then on it holds them back: otherwise a
    stream of small ones would keep it waiting for ever. So it waits for no longer than that and
    what runs by then.
    """

    def __init__(
        self,
        workers: int,
        memory_bytes: int,
        held_bytes: Callable[[], int] = lambda: 0,
        make_room: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Grant what `held_bytes`, which comes and goes by itself, leaves of the memory.

        `make_room` lets go of so many bytes of it, as far as nobody needs them; that may take a
        while, and is done in a thread.
        """
        self._held = held_bytes
        self._make_room = make_room
        self._free = workers
        self._memory = memory_bytes
        self._budget = memory_bytes
        self._counting = threading.Lock()
        self._clock = clock
        self._waiting: deque[Place] = deque()
        self._first: Place | None = None
        """Who waits for memory before all others, who may pass it until `_passed_until`."""
        self._passed_until = 0.0
        self._making_room: asyncio.Future[None] | None = None
        self._room_made_for: Place | None = None

    @property
    def most(self) -> int:
        """Return how many bytes there are for one picture while nothing else is worked on."""
        return self._budget - self._held()

    async def acquire(self, need: int) -> None:
        """Wait for a worker and `need` bytes. Raises MemoryBudgetSpent when it can never be."""
        if need > self._budget:
            raise self._spent(need)
        granted = asyncio.get_running_loop().create_future()
        place = (need, granted)
        self._waiting.append(place)
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            self._leave(place)
            raise

    def try_worker(self) -> bool:
        """Take a worker without memory, if one is free and nobody waits."""
        if self._waiting or not self._free:
            return False
        self._free -= 1
        return True

    def try_memory(self, need: int) -> bool:
        """Take so many bytes for a worker taken before, if nobody waits; from any thread."""
        return not self._waiting and self._take(need)

    def _spent(self, need: int) -> MemoryBudgetSpent:
        return MemoryBudgetSpent(
            f"needs {need} bytes by estimate, load.memory_bytes is {self._budget}, "
            f"of which loaded networks hold {self._held()}"
        )

    def release(self, need: int, *, workers: int = 1) -> None:
        """Give back a worker, or none, and `need` bytes."""
        self._free += workers
        with self._counting:
            self._memory += need
        self._grant()

    def _leave(self, place: Place) -> None:
        need, granted = place
        if not granted.cancelled():
            self.release(need)
            return
        with contextlib.suppress(ValueError):
            self._waiting.remove(place)
        self._grant()

    def _grant(self) -> None:
        while self._waiting and self._free:
            place = need, granted = self._waiting[0]
            if granted.cancelled():
                # Its request was cancelled in this very round of the loop and leaves in the next.
                self._waiting.popleft()
                continue
            if not self._take(need):
                if self._memory < self._budget:
                    self._let_pass(place)
                    return
                if self._makes_room(place):
                    return
                # Nothing runs that could give memory back, and nothing else could be let go.
                self._waiting.popleft()
                granted.set_exception(self._spent(need))
                continue
            self._waiting.popleft()
            self._free -= 1
            granted.set_result(None)

    def _let_pass(self, first: Place) -> None:
        """Grant to those behind the first one what they need, while they may pass it."""
        if self._first is not first:
            self._first, self._passed_until = first, self._clock() + PASSED_S
        if self._clock() >= self._passed_until:
            return
        for place in list(islice(self._waiting, 1, None)):
            need, granted = place
            if self._free and not granted.cancelled() and self._take(need):
                self._waiting.remove(place)
                self._free -= 1
                granted.set_result(None)

    def _take(self, need: int) -> bool:
        with self._counting:
            fits = self._over(need) <= 0
            if fits:
                self._memory -= need
        return fits

    def _over(self, need: int) -> int:
        """Return how many bytes are missing."""
        return need - (self._memory - self._held())

    def _makes_room(self, place: Place) -> bool:
        """Return whether idle networks are let go now, for this one or for another; once for each.

        Who waits is looked at again when that is done.
        """
        if self._making_room is None and place is not self._room_made_for:
            self._room_made_for = place
            made = asyncio.to_thread(self._make_room, self._over(place[0]))
            self._making_room = asyncio.ensure_future(made)
            self._making_room.add_done_callback(self._look_again)
        return self._making_room is not None

    def _look_again(self, made: asyncio.Future[None]) -> None:
        self._making_room = None
        if not made.cancelled() and made.exception():
            log.error("No room could be made.", exc_info=made.exception())
        self._grant()
