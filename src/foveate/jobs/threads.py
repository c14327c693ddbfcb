"""Threads of its own for what may block for long: none of those that pictures wait for."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from foveate.deadline import Deadline, current
from foveate.errors import SourceTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads, begun as they are needed. They end with whoever has them."""

    def __init__(self, name: str, most: int) -> None:
        """Take what they are called, and how many there may be."""
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=f"foveate-{name}")

    async def run(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what a call gives that one of them makes, as asyncio.to_thread does."""
        begun = partial(copy_context().run, call, *given, **named)
        return await asyncio.get_running_loop().run_in_executor(self._pool, begun)

    async def while_awaited(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return the same as `run`, of a call that ends by its deadline once nobody waits."""
        around, gone = current(), threading.Event()
        if around.cancelled is not None:
            return await self.run(call, *given, **named)

        def called() -> T:
            with Deadline(around.until, gone):
                return call(*given, **named)

        try:
            return await self.run(called)
        finally:
            gone.set()

    async def within(
        self, seconds: float, what: str, call: Callable[P, T], *given: P.args, **named: P.kwargs
    ) -> T:
        """Return what a call gives that tells of `what`. Raises SourceTimeout, and as it does."""
        try:
            async with asyncio.timeout(seconds):
                return await self.run(call, *given, **named)
        except TimeoutError as why:
            said = f"Expected to know of {what} within {seconds:g} seconds, got no answer."
            raise SourceTimeout(said, public=said) from why

    def close(self) -> None:
        """Begin nothing more; what is underway goes on."""
        self._pool.shutdown(wait=False)
