"""A loop: goes on whatever a look meets, and is stopped between two looks."""

from __future__ import annotations

import asyncio

import pytest

from foveate.errors import DatasetsUnusable, FoveateError, QueueUnusable
from foveate.jobs.loop import Loop

pytestmark = pytest.mark.anyio


async def test_whatever_a_look_meets_the_next_one_comes_and_the_log_has_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    meets = [QueueUnusable("the queue is full"), KeyError("odd")]
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
    assert "the queue is full" in caplog.text
    assert "KeyError" in caplog.text


@pytest.mark.parametrize("kind", [QueueUnusable, DatasetsUnusable])
async def test_what_stays_unusable_is_said_once_in_its_own_words(
    kind: type[FoveateError], caplog: pytest.LogCaptureFixture
) -> None:
    looks, over = list[int](), asyncio.Event()

    async def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            over.set()
        else:
            loop.wake()
        raise kind("books cannot be used: the disk is full")

    loop = Loop(look, 60.0)
    loop.begin()
    async with asyncio.timeout(10):
        await over.wait()
        await loop.stop()
    assert [each.getMessage() for each in caplog.records] == [
        "books cannot be used: the disk is full"
    ]


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
