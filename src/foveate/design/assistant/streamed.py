"""Waiting for what comes piece by piece, until it is over or nobody waits any more."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.deadline import TICK_S
from foveate.errors import ClientDisconnected, TimedOut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from foveate.deadline import Deadline

T = TypeVar("T")
END: Final = object()
LATE: Final = (
    "The language model took longer than an edit may take: ask for less, or raise "
    "FOVEATE_ASSISTANT__TIMEOUT_S."
)


def check(deadline: Deadline) -> None:
    """Raise TimedOut or ClientDisconnected where it is over."""
    if deadline.disconnected:
        raise ClientDisconnected("Stopped: nobody waits for the edit any more.")
    if deadline():
        raise TimedOut(LATE, public=LATE)


async def sleep(seconds: float, deadline: Deadline) -> None:
    """Wait so long. Raises TimedOut, ClientDisconnected."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        check(deadline)
        await asyncio.sleep(min(TICK_S, left))


async def streamed(pieces: AsyncIterator[T], deadline: Deadline) -> AsyncIterator[T]:
    """Yield what comes. Raises TimedOut, ClientDisconnected; whoever sends is stopped then."""
    queue: asyncio.Queue[T | object] = asyncio.Queue(maxsize=1)

    async def take() -> None:
        try:
            async for piece in pieces:
                await queue.put(piece)
        finally:
            with contextlib.suppress(AttributeError):
                await pieces.aclose()  # type: ignore[attr-defined]
        await queue.put(END)

    check(deadline)
    taking = asyncio.create_task(take())
    try:
        while (piece := await _next(queue, taking, deadline)) is not END:
            yield piece  # type: ignore[misc]
    finally:
        taking.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await taking


async def _next(
    queue: asyncio.Queue[T | object], taking: asyncio.Task[None], deadline: Deadline
) -> T | object:
    """Return what comes next, or raise what ended it."""
    while queue.empty():
        check(deadline)
        waiting = asyncio.create_task(queue.get())
        done, _ = await asyncio.wait(
            {waiting, taking}, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting in done:
            return waiting.result()
        waiting.cancel()
        if taking in done and (why := taking.exception()):
            raise why
    return queue.get_nowait()
