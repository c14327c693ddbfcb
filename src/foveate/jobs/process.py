"""The process of a job, seen from the server: told what to do, heard, and ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.jobs.order import Order, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from foveate.batches.description import Description
    from foveate.settings import Settings

COMMAND: Final = (sys.executable, "-P", "-c", "from foveate.jobs.child import serve; serve()")
LONGEST: Final = 1024 * 1024
"""Bytes of a line."""


def order_of(settings: Settings, description: Description) -> Order:
    """Return a job as its process is told of it: it has a memory of its own."""
    load = replace(settings.load, memory_bytes=settings.jobs.memory_bytes)
    own = replace(settings, load=load)
    return Order(own, description, settings.jobs.pictures)


class JobProcess:
    """A process that works on one job, with whatever it starts in one group."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, order: Order) -> JobProcess:
        """Return a process that has begun. Raises OSError."""
        sent = await asyncio.to_thread(written, order)
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST,
        )
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.write(sent)
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        return cls(process)

    async def said(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what it says, until it ends."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        async for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                yield json.loads(line)

    async def end(self) -> None:
        """End it and all that it started: what was committed stays, what was underway does not."""
        if sys.platform == "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                self._process.kill()
        else:
            for end in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    end(self._process.pid, signal.SIGKILL)
        await self._process.wait()
