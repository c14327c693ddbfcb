from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import Any

import pytest
from delivery_fakes import Desk, at, until

from foveate.errors import ClientDisconnected
from foveate.server.disconnect import unless_gone


async def silence() -> dict[str, Any]:
    return await asyncio.Event().wait()  # type: ignore[return-value]


def test_a_client_that_leaves_stops_its_work_and_frees_the_worker() -> None:
    desk = Desk()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def talk() -> None:
        leaving = asyncio.create_task(unless_gone(receive, desk.ask()))
        await until(lambda: desk.running)
        gone.set()
        with pytest.raises(ClientDisconnected):
            await leaving
        assert desk.running[0].disconnected
        desk.release.set()
        assert await desk.ask() == "done"

    at(desk, talk)


def test_for_a_client_that_stays_the_result_or_the_error_comes_through() -> None:
    async def broken() -> None:
        raise ValueError("broken")

    async def talk() -> None:
        assert await unless_gone(silence, asyncio.sleep(0.01, "done")) == "done"
        with pytest.raises(ValueError, match="broken"):
            await unless_gone(silence, broken())
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(talk())


def test_a_body_that_goes_on_coming_is_no_farewell_and_work_ends_before_its_client_is_left() -> (
    None
):
    messages = ["http.request", "http.request", "http.disconnect"]
    ended = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": messages.pop(0)}

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append(len(messages))

    async def talk() -> None:
        with pytest.raises(ClientDisconnected):
            await unless_gone(receive, work())
        assert ended == [0]

    asyncio.run(talk())


def test_work_that_fails_leaves_no_garbage_to_collect() -> None:
    async def broken() -> None:
        raise ValueError

    async def talk() -> int:
        gc.collect()
        with contextlib.suppress(ValueError):
            await unless_gone(silence, broken())
        await asyncio.sleep(0)
        return gc.collect()

    gc.disable()
    try:
        assert asyncio.run(talk()) == 0
    finally:
        gc.enable()
