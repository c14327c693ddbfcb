"""Renditions that name people: how the face index is read before the cache is asked."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from delivery_fakes import FakeCore, FakeOrigin, make_settings, this_thread, until

from foveate.delivery.ask import Ask
from foveate.delivery.delivery import Delivery
from foveate.errors import QueueFull
from foveate.metrics import Metrics
from foveate.options.grammar import parse_options
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from foveate.enrolled import Named
    from foveate.settings import Settings


@dataclass
class NamingCore(FakeCore):
    """Whose index is read only when `go` is set."""

    go: threading.Event = field(default_factory=threading.Event)
    read: list[str] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    revision_now: str = "1"

    def revision(self, named: Sequence[Named]) -> str:
        self.read.append(named[0].name)
        self.threads.add(this_thread())
        revision = self.revision_now
        assert self.go.wait(10)
        return revision


def of(name: str) -> Ask:
    options = parse_options(f"width=8,redact.keep=subject:{name}").options
    return Ask(options=options, source="a.jpg")


def delivering(core: NamingCore, talk: Callable[[Delivery], Awaitable[None]]) -> None:
    async def main() -> None:
        delivery = Delivery(core, Metrics())
        try:
            await talk(delivery)
        finally:
            core.go.set()
            await delivery.admission.stop(0)

    asyncio.run(main())


def make_core(settings: Settings) -> NamingCore:
    return NamingCore(settings, FakeOrigin({"a.jpg": Source(b"cat", "v1")}))


def test_a_crowd_for_whom_there_is_no_place_to_wait_is_refused_at_once() -> None:
    core = make_core(make_settings(workers=2, queue=4))

    async def talk(delivery: Delivery) -> None:
        began = time.monotonic()
        asking = [asyncio.ensure_future(delivery.rendition(of(f"n{i}"))) for i in range(60)]
        await until(lambda: sum(task.done() for task in asking) >= 54)
        assert time.monotonic() - began < 2
        core.go.set()
        made = await asyncio.gather(*asking, return_exceptions=True)
        assert Counter(type(each).__name__ for each in made) == {"Delivered": 6, "QueueFull": 54}
        assert any(isinstance(each, QueueFull) for each in made)

    delivering(core, talk)
    assert len(core.read) == 6


def test_all_who_name_the_same_people_wait_for_one_read_of_the_index() -> None:
    core = make_core(make_settings(workers=1, queue=3))

    async def talk(delivery: Delivery) -> None:
        others = [asyncio.ensure_future(delivery.rendition(of(f"n{i}"))) for i in range(2)]
        await until(lambda: len(core.read) == 2)
        asking = [asyncio.ensure_future(delivery.rendition(of("Ann"))) for _ in range(60)]
        await asyncio.sleep(0.05)
        core.go.set()
        made = await asyncio.gather(*asking, *others)
        assert len({each.key for each in made[:60]}) == 1

    delivering(core, talk)
    assert core.read.count("Ann") == 1


def test_whoever_comes_after_a_change_does_not_join_a_read_from_before() -> None:
    core = make_core(make_settings())

    async def talk(delivery: Delivery) -> None:
        before = asyncio.ensure_future(delivery.rendition(of("Ann")))
        await until(lambda: core.read)
        core.revision_now = "2"
        after = asyncio.ensure_future(delivery.rendition(of("Ann")))
        await until(lambda: len(core.read) == 2)
        core.go.set()
        assert (await before).key != (await after).key

    delivering(core, talk)


def test_the_index_is_read_in_threads_of_its_own() -> None:
    core = make_core(make_settings())
    core.go.set()

    async def talk(delivery: Delivery) -> None:
        await delivery.rendition(of("Ann"))

    delivering(core, talk)
    assert core.threads == {"foveate-index"}
