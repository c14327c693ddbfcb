"""Who stops a server waits for no handler."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets_stand import Doubling, Worker, a_server, ask_for, at_work, cats

from foveate.datasets.dataset import State
from foveate.errors import HandlerFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.raw.places import Found, Place
    from foveate.datasets.raw.raw import Picture
    from foveate.datasets.sample import Sample
    from foveate.datasets.seams import Pictures


@dataclass
class Slow(Doubling):
    selects: threading.Event = field(default_factory=threading.Event)

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return Selecting(self, config, pictures)


class Selecting(Worker):
    def select(self, samples: Sequence[Sample], seed: int) -> list[Sample]:  # noqa: ARG002
        assert isinstance(self.of, Slow)
        self.of.selects.set()
        self.ended.wait(30)
        raise HandlerFailed


def test_a_server_that_stops_ends_a_handler_that_selects(tmp_path: Path) -> None:
    handler = Slow()
    server = a_server(tmp_path, handler=handler)

    async def go() -> float:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            assert await asyncio.to_thread(handler.selects.wait, 10)
            began = time.monotonic()
        # It goes on when a server begins.
        assert server.store.of(dataset.id).state is State.RUNNING
        return time.monotonic() - began

    assert asyncio.run(go()) < 10
    assert not handler.running


class Listing:
    """What is known of pictures, told once somebody breaks that off."""

    def __init__(self) -> None:
        self.looks = threading.Event()

    def pictures(self, _: str, place: Place, found: Sequence[Found]) -> Iterator[Picture]:
        self.looks.set()
        for _ in range(3000):
            time.sleep(0.01)
            place.read(found[0].name)
        yield from ()


def test_a_server_that_stops_breaks_off_a_look_at_raw_data(tmp_path: Path) -> None:
    server = a_server(tmp_path)

    async def go() -> float:
        dataset = await asyncio.to_thread(ask_for, server, cats())
        memo = Listing()
        server.registry.memo = memo  # type: ignore[assignment]
        server.registry.doubt(server.registry.of("cats"), "")  # else it knows what it saw
        async with at_work(server):
            assert await asyncio.to_thread(memo.looks.wait, 10)
            began = time.monotonic()
        assert server.store.of(dataset.id).state is State.RUNNING
        return time.monotonic() - began

    assert asyncio.run(go()) < 10
