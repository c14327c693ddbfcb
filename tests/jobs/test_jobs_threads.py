"""Threads: what works in one of them for somebody who has left comes to an end."""

from __future__ import annotations

import asyncio
import threading

from foveate.deadline import current
from foveate.errors import ClientDisconnected
from foveate.jobs.threads import Threads


async def test_work_ends_once_nobody_waits_for_it_any_more() -> None:
    begun, ended = threading.Event(), threading.Event()
    threads = Threads("test", 1)

    def work() -> None:
        begun.set()
        try:
            while not ended.wait(0.01):
                current().check()
        except ClientDisconnected:
            ended.set()

    task = asyncio.create_task(threads.while_awaited(work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    assert await asyncio.to_thread(ended.wait, 10)
    threads.close()


async def test_work_that_somebody_waits_for_is_as_any() -> None:
    threads = Threads("test", 1)
    assert await threads.while_awaited(lambda: current().disconnected) is False
    threads.close()
