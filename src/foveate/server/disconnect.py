"""Work that ends when its client leaves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from foveate.errors import ClientDisconnected

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Receive

T = TypeVar("T")


async def unless_gone(receive: Receive, work: Awaitable[T]) -> T:
    """Return what `work` gives, or stop it and raise ClientDisconnected once nobody waits."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnected
    finally:
        await _end(task, gone)
        # An error knows this frame, and would keep itself until garbage is collected.
        del task, gone


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(*tasks: asyncio.Task[T] | asyncio.Task[None]) -> None:
    waiting: list[Awaitable[object]] = [task for task in tasks if task.cancel()]
    await asyncio.gather(*waiting, return_exceptions=True)
