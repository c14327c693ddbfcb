"""Joins things of concurrent requests into batches, where the device gains by them."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from foveate.errors import QueueFull

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

In = TypeVar("In")
Out = TypeVar("Out")
WAIT_S: Final = 0.004
"""For so long things wait for others at most; a batch of faces takes about as long on a GPU."""
QUEUE: Final = 1024
"""Things that may wait."""


@dataclass(eq=False, slots=True)
class _Call(Generic[In, Out]):
    """What one caller asked for, and where he waits for it."""

    items: Sequence[In]
    answer: asyncio.Future[list[Out]]


class MicroBatcher(Generic[In, Out]):
    """Runs a list-in, list-out function on up to `most` things of several callers at once.

    Whoever comes while nothing runs never waits. Whoever comes meanwhile waits with all others who
    do until that run has ended, or for `wait_s`. For one event loop.
    """

    def __init__(
        self,
        run: Callable[[Sequence[In]], Awaitable[Sequence[Out]]],
        *,
        most: int,
        wait_s: float = WAIT_S,
        queue: int = QUEUE,
    ) -> None:
        self._run = run
        self._most = most
        self._wait_s = wait_s
        self._queue = queue
        self._waiting: deque[_Call[In, Out]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(self, items: Sequence[In]) -> list[Out]:
        """Return what comes of these things, in their order, or raise what they caused.

        Raises QueueFull where too many wait already.
        """
        waiting = sum(len(call.items) for call in self._waiting)
        if waiting and waiting + len(items) > self._queue:
            raise QueueFull(f"{waiting} things wait for a network already")
        call = _Call[In, Out](items, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if not self._running:
            self._begin()
        elif self._timer is None:
            self._wait()
        return await call.answer

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._wait_s, self._begin)

    def _begin(self) -> None:
        """Run what waits, up to one batch of it, and look after the rest later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        calls = self._taken()
        if calls:
            task = asyncio.ensure_future(self._work(calls))
            self._running.add(task)
            task.add_done_callback(self._ended)
            _end_when_all_left(task, calls)
        if self._waiting:
            self._wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._waiting:
            self._begin()

    def _taken(self) -> list[_Call[In, Out]]:
        """Take the calls of one batch, but of nobody who has left; a large one is a batch alone."""
        calls: list[_Call[In, Out]] = []
        room = self._most
        while self._waiting and (not calls or len(self._waiting[0].items) <= room):
            call = self._waiting.popleft()
            if not call.answer.done():
                calls.append(call)
                room -= len(call.items)
        return calls

    async def _work(self, calls: Sequence[_Call[In, Out]]) -> None:
        try:
            outs = await self._run([item for call in calls for item in call.items])
            _hand_out(outs, calls)
        except Exception as why:  # noqa: BLE001 - it is raised to who caused it
            if len(calls) > 1:
                # Whose fault it was shows when each runs alone.
                await asyncio.gather(*(self._work([call]) for call in calls))
            elif not calls[0].answer.done():
                calls[0].answer.set_exception(why)
        finally:
            for call in calls:
                call.answer.cancel()  # nothing, unless this very run was ended


def _hand_out(outs: Sequence[Out], calls: Sequence[_Call[In, Out]]) -> None:
    wanted = sum(len(call.items) for call in calls)
    if len(outs) != wanted:
        raise ValueError(f"Expected {wanted} results, got {len(outs)}.")
    start = 0
    for call in calls:
        end = start + len(call.items)
        if not call.answer.done():
            call.answer.set_result(list(outs[start:end]))
        start = end


def _end_when_all_left(task: asyncio.Task[None], calls: Sequence[_Call[In, Out]]) -> None:
    def left(_: object) -> None:
        if all(call.answer.cancelled() for call in calls):
            task.cancel()

    for call in calls:
        call.answer.add_done_callback(left)
