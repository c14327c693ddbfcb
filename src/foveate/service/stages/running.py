"""Runs stages in this process: in threads, and faces of several requests together if that gains."""

from __future__ import annotations

import asyncio
import threading
from contextvars import copy_context
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from foveate.deadline import NEVER, Deadline
from foveate.errors import Unavailable
from foveate.models.runtime.micro_batcher import MicroBatcher
from foveate.trace import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from foveate.service.stages.stage import Stage

In = TypeVar("In")
Out = TypeVar("Out")
T = TypeVar("T")
ALONE: Final = 1
"""Things of one request only."""


class InThreads(Generic[In, Out]):
    """A Run. It joins `most` things of several requests, or what the stage says where that is 0."""

    def __init__(self, stage: Stage[In, Out], pool: Executor, *, most: int = 0) -> None:
        self._stage = stage
        self._pool = pool
        self._most = most
        self._join: MicroBatcher[In, Out] | None = None

    async def __call__(self, items: Sequence[In], deadline: Deadline) -> Sequence[Out]:
        """Return what comes of these things. Raises what the stage raises, and QueueFull."""
        if not items:
            return []
        if self._join is not None:
            return await self._join(items)
        outs, most = await self._thread(lambda: self._first(items), deadline)
        if most > ALONE:
            self._join = self._join or MicroBatcher(self._alone, most=most)
        else:
            self._most = most
        return outs

    async def _alone(self, items: Sequence[In]) -> Sequence[Out]:
        # Several callers have several deadlines: each of them leaves at his own.
        return await self._thread(lambda: self._stage.batch(items), NEVER)

    def _first(self, items: Sequence[In]) -> tuple[Sequence[Out], int]:
        """Return what comes of them, and how many to join now that the network is loaded."""
        outs = self._stage.batch(items)
        return outs, self._most or max(self._stage.batch_sizes())

    async def _thread(self, work: Callable[[], T], until: Deadline) -> T:
        """Return what the work gives; whoever is cancelled while waiting lets it stop."""
        gone = threading.Event()
        deadline = Deadline(until.until, gone)

        def within() -> T:
            with deadline, current().charged():
                return work()

        try:
            future = self._pool.submit(copy_context().run, within)
        except RuntimeError as why:
            raise Unavailable("the server is stopping") from why
        try:
            return cast("T", await asyncio.wrap_future(future))
        except asyncio.CancelledError:
            gone.set()
            raise
