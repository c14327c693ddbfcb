"""Threads: what works in one of them for somebody who has left comes to an end."""

from __future__ import annotations

import asyncio
import threading

from foveate.deadline import current
from foveate.errors import ClientDisconnected
from foveate.jobs.threads import Threads


def test_work_ends_once_nobody_waits_for_it_any_more() -> None:
    begun, ended, threads = threading.Event(), threading.Event(), Threads("test", 1)

    def work() -> None:
        begun.set()
        try:
            while not ended.wait(0.01):
                current().check()
        except ClientDisconnected:
            ended.set()

    async def leave() -> None:
        task = asyncio.create_task(threads.while_awaited(work))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        assert await asyncio.to_thread(ended.wait, 10)

    asyncio.run(leave())
    threads.close()


def test_work_that_somebody_waits_for_is_not_stopped() -> None:
    threads = Threads("test", 1)
    assert asyncio.run(threads.while_awaited(lambda: (current()(), 1))) == (False, 1)
    threads.close()
