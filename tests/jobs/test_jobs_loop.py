"""A loop: goes on whatever a look meets, and is stopped between two looks."""

from __future__ import annotations

import asyncio

import pytest

from foveate.errors import QueueUnusable
from foveate.jobs.loop import Loop

pytestmark = pytest.mark.anyio


async def test_whatever_a_look_meets_the_next_one_comes_and_the_log_has_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    meets = [QueueUnusable("the disk is full"), KeyError("odd")]
    looked = asyncio.Event()

    async def look() -> None:
        if meets:
            loop.wake()
            raise meets.pop(0)
        looked.set()

    loop = Loop(look, 60.0)
    loop.begin()
    async with asyncio.timeout(10):
        await looked.wait()
        await loop.stop()
    assert "the disk is full" in caplog.text
    assert "KeyError" in caplog.text


async def test_a_look_that_is_underway_is_not_broken_off() -> None:
    looking, may, done = asyncio.Event(), asyncio.Event(), list[str]()

    async def look() -> None:
        looking.set()
        await may.wait()
        done.append("whole")

    loop = Loop(look, 60.0)
    loop.begin()
    async with asyncio.timeout(10):
        await looking.wait()
        stopping = asyncio.create_task(loop.stop())
        await asyncio.sleep(0)
        may.set()
        await stopping
    loop.begin()
    assert done == ["whole"]
