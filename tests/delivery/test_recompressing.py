"""What is hot becomes smaller while nobody waits, and nothing is lost by it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from delivery_fakes import FakeCore, make_settings, until

from foveate.delivery.ask import Ask
from foveate.delivery.delivery import Delivery
from foveate.delivery.hot import MOST_TRIES
from foveate.delivery.purge import Which
from foveate.delivery.recompressing import Recompressing
from foveate.errors import BudgetSpent, EncodeFailed
from foveate.metrics import IN_FLIGHT, RECOMPRESSED, RECOMPRESSED_BYTES, Metrics
from foveate.options.model import TransformOptions
from foveate.storage.source import Source
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from foveate.rendition import Rendition

CAT = Ask(options=TransformOptions(width=8), source="a.jpg")
DOG = Ask(options=TransformOptions(width=8), source="b.jpg")
WHOLE, SMALL = b"picture of cat 8", b"p. of cat 8"
HITS = 3


class Stand:
    """A delivery with what works while it idles."""

    def __init__(self) -> None:
        settings = make_settings(recompress_hits=HITS)
        self.core = FakeCore(settings)
        self.core.origin.sources = {"a.jpg": Source(b"cat", "v1"), "b.jpg": Source(b"dog", "v1")}
        self.metrics = Metrics()
        self.charged: list[Trace] = []
        self.delivery = Delivery(self.core, self.metrics)
        self.idle = Recompressing(
            self.core, self.delivery, self.metrics, self.charged.append, quiet_s=0.01
        )

    async def shown(self, ask: Ask = CAT) -> bytes:
        return bytes((await self.delivery.rendition(ask)).data)

    async def heat(self) -> None:
        """Ask until it is due."""
        for _ in range(HITS + 1):
            await self.shown()

    async def heat_and_hold(self) -> threading.Event:
        """Ask until it is due, and return what has to be set for what begins then to end."""
        await self.shown()
        hold = self.core.hold = threading.Event()  # before it is due: a slow machine begins at once
        for _ in range(HITS):
            await self.shown()
        return hold

    def counted(self) -> dict[str, float]:
        rows = self.metrics.counters.items()
        return {labels[0]: times for (row, labels), times in rows if row is RECOMPRESSED}


def working(talk: Callable[[Stand], Awaitable[None]]) -> Stand:
    """Run `talk` beside what works while nobody waits, then stop both."""

    async def main() -> Stand:
        stand = Stand()
        stand.idle.begin()
        try:
            await talk(stand)
        finally:
            await stand.idle.end()
            await stand.delivery.admission.stop(0)
        return stand

    return asyncio.run(main())


def test_what_is_asked_for_again_and_again_becomes_smaller_and_is_charged_to_nobody_who_asked() -> (
    None
):
    async def talk(stand: Stand) -> None:
        forgotten: list[int] = []
        stand.delivery.when_purged.append(lambda: forgotten.append(1))
        await stand.heat()
        await until(stand.counted)
        assert await stand.shown() == SMALL
        assert forgotten
        for _ in range(3 * HITS):
            await stand.shown()

    stand = working(talk)
    assert len(stand.core.rendered) == len(stand.core.recompressed) == 1
    assert stand.counted() == {"smaller": 1}
    assert stand.metrics.counters[RECOMPRESSED_BYTES, ()] == len(WHOLE) - len(SMALL)
    assert [span.name for span in stand.charged[0].spans if span.name == "encode"]


def test_what_is_asked_for_now_and_then_stays_as_it_is() -> None:
    async def talk(stand: Stand) -> None:
        for _ in range(HITS):  # the first one made it
            await stand.shown()
        assert not stand.delivery.hot.found.is_set()

    assert not working(talk).core.recompressed


def test_what_gains_nothing_is_not_tried_again_by_anybody_who_shares_the_cache() -> None:
    async def talk(stand: Stand) -> None:
        stand.core.squeezer = lambda made: made
        await stand.heat()
        await until(stand.counted)
        assert await stand.shown() == WHOLE
        key = (await stand.delivery.rendition(CAT)).key
        assert await stand.idle.recompress(key, CAT, Trace()) == 0

    stand = working(talk)
    assert stand.counted() == {"enough": 1}
    assert len(stand.core.recompressed) == 1


def test_what_somebody_else_works_on_is_left_to_him() -> None:
    async def talk(stand: Stand) -> None:
        await stand.heat()
        stand.core.renditions.claimed_elsewhere.update(stand.core.renditions.kept)
        await until(lambda: stand.counted().get("interrupted") == MOST_TRIES)

    assert not working(talk).core.recompressed


def test_what_was_interrupted_too_often_is_begun_again_once_it_is_hot_again() -> None:
    async def talk(stand: Stand) -> None:
        await stand.heat()
        elsewhere = stand.core.renditions.claimed_elsewhere
        elsewhere.update(stand.core.renditions.kept)
        await until(lambda: stand.counted().get("interrupted") == MOST_TRIES)
        elsewhere.clear()
        for _ in range(HITS):
            await stand.shown()
        await until(lambda: stand.counted().get("smaller"))

    working(talk)


def test_nothing_is_begun_nor_lost_while_what_may_be_spent_is_spent() -> None:
    spent = True

    def check() -> None:
        nonlocal spent
        asked.append(1)
        if spent:
            raise BudgetSpent(60)

    asked: list[int] = []

    async def talk(stand: Stand) -> None:
        nonlocal spent
        await stand.shown()
        stand.delivery.admission.let_in = check
        for _ in range(HITS):
            await stand.shown()
        await until(lambda: len(asked) > HITS)
        assert not stand.counted()
        assert stand.delivery.hot.found.is_set()
        spent = False
        await until(lambda: stand.counted() == {"smaller": 1})

    working(talk)


def test_a_purge_wins() -> None:
    async def talk(stand: Stand) -> None:
        hold = await stand.heat_and_hold()
        await until(lambda: stand.core.recompressed)
        stand.core.origin.sources["a.jpg"] = Source(b"kitten", "v1")
        await stand.delivery.purge(Which(source="a.jpg"))
        hold.set()
        await until(stand.counted)
        assert not stand.core.renditions.kept
        assert await stand.shown() == b"picture of kitten 8"

    working(talk)


def test_a_purge_by_somebody_else_who_shares_the_disk_wins() -> None:
    async def talk(stand: Stand) -> None:
        hold = await stand.heat_and_hold()
        await until(lambda: stand.core.recompressed)
        stand.core.renditions.kept.clear()
        hold.set()
        await until(stand.counted)
        assert not stand.core.renditions.kept

    working(talk)


def test_whoever_comes_ends_it_at_once_and_what_was_kept_is_there() -> None:
    async def talk(stand: Stand) -> None:
        hold = await stand.heat_and_hold()
        await until(lambda: stand.core.recompressed)
        other = asyncio.create_task(stand.shown(DOG))
        await until(lambda: stand.counted() == {"interrupted": 1})
        assert await stand.shown() == WHOLE
        await until(lambda: stand.metrics.gauges[IN_FLIGHT]() == 1)
        assert len(stand.core.recompressed) == 1  # nothing is begun while somebody is here
        hold.set()
        assert await other == b"picture of dog 8"
        await until(lambda: stand.counted().get("smaller"))
        assert await stand.shown() == SMALL

    working(talk)


def test_a_changed_source_and_a_failure_leave_what_is_kept() -> None:
    def fail(_: Rendition) -> Rendition:
        raise EncodeFailed("as it happens")

    async def talk(stand: Stand) -> None:
        stand.core.squeezer = fail
        await stand.heat()
        await until(stand.counted)
        assert await stand.shown() == WHOLE
        key = (await stand.delivery.rendition(CAT)).key
        stand.core.origin.sources["a.jpg"] = Source(b"kitten", "v2")
        assert await stand.idle.recompress(key, CAT, Trace()) == 0

    stand = working(talk)
    assert stand.counted() == {"failed": 1}
    assert len(stand.core.recompressed) == 1
