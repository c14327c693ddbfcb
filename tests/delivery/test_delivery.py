from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import (
    FakeCore,
    FakeDisk,
    FakeOrigin,
    make_settings,
    this_thread,
    until,
)

from foveate.delivery.ask import Ask, rendition_key
from foveate.delivery.delivery import Delivery
from foveate.enrolled import Named
from foveate.errors import (
    BadOption,
    ClientDisconnected,
    MemoryBudgetSpent,
    SourceTooLarge,
    TimedOut,
)
from foveate.metrics import CACHE, IN_FLIGHT, SPANS, Metrics
from foveate.options.model import Overlay, TransformOptions
from foveate.service.work import Work
from foveate.storage.freshness import Known
from foveate.storage.memory import MemoryCache
from foveate.storage.source import Source
from foveate.storage.tiers import TieredCache
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from foveate.deadline import Deadline
    from foveate.delivery.delivery import Delivered
    from foveate.rendition import Rendition
    from foveate.settings import Settings
    from foveate.trace import Trace

WIDTH = TransformOptions(width=8)
PLAIN = TransformOptions()
DRAWN = TransformOptions(
    draw=tuple(Overlay(url=url, options=PLAIN) for url in ("logo", "star", "logo"))
)
CAT = Ask(options=WIDTH, source="a.jpg")
IN_HAND = Ask(options=WIDTH, source=Source(b"dog"))


def make_core(settings: Settings | None = None, **sources: Source | Exception) -> FakeCore:
    origin = FakeOrigin({"a.jpg": Source(b"cat", "v1"), **sources})
    return FakeCore(settings or make_settings(), origin)


def delivering(core: FakeCore, talk: Callable[[Delivery], Awaitable[None]]) -> Metrics:
    """Run `talk` with a delivery for `core`, then stop it."""
    metrics = Metrics()

    async def main() -> None:
        delivery = Delivery(core, metrics)
        try:
            await talk(delivery)
        finally:
            await delivery.admission.stop(0)

    asyncio.run(main())
    return metrics


def spans(made: Delivered) -> list[str]:
    assert made.trace is not None
    return [span.name for span in made.trace.spans]


async def never(work: Coroutine[object, object, Delivered]) -> Delivered:
    work.close()
    raise AssertionError("there was something to wait for")


def test_what_many_ask_for_at_the_same_time_is_made_once_for_all() -> None:
    core = make_core()
    core.hold = threading.Event()

    async def talk(delivery: Delivery) -> None:
        tasks = [asyncio.create_task(delivery.rendition(CAT)) for _ in range(20)]
        await until(lambda: core.rendered)
        assert core.hold is not None
        core.hold.set()
        made, *others = await asyncio.gather(*tasks)
        assert made.data == b"picture of cat 8"
        assert all(other is made for other in others)

    metrics = delivering(core, talk)
    assert len(core.rendered) == 1
    assert core.origin.reads == ["a.jpg"]
    assert sum(metrics.histograms[SPANS, ("render",)].counts) == 1


def test_what_was_made_is_found_without_waiting_and_has_no_trace() -> None:
    core = make_core()

    async def talk(delivery: Delivery) -> None:
        made = await delivery.rendition(CAT)
        found = await delivery.rendition(CAT, never)
        assert (found.key, found.about, found.data) == (made.key, made.about, made.data)
        assert found.about.headers == {"Foveate-Gravity": "face"}
        assert found.trace is None

    metrics = delivering(core, talk)
    assert len(core.rendered) == 1
    counted = {labels: times for (row, labels), times in metrics.counters.items() if row is CACHE}
    assert counted == {("renditions", "miss"): 1, ("renditions", "hit"): 1}


def test_what_is_made_of_a_source_in_hand_is_not_kept() -> None:
    core = make_core()

    async def talk(delivery: Delivery) -> None:
        for _ in range(2):
            made = await delivery.rendition(IN_HAND)
            assert (made.data, made.key) == (b"picture of dog 8", "")
            assert spans(made) == ["queue", "render", "encode"]

    delivering(core, talk)
    assert len(core.rendered) == 2
    assert core.renditions.kept == {}
    assert core.origin.reads == []


def test_only_what_is_not_in_hand_is_fetched() -> None:
    core = make_core(star=Source(b"star", "v"), logo=Source(b"fetched", "v"))
    in_hand = {"logo": Source(b"logo")}
    asks = [
        Ask(options=DRAWN, source="a.jpg", in_hand=in_hand),
        Ask(options=DRAWN, source=Source(b"dog"), in_hand=in_hand),
    ]

    async def talk(delivery: Delivery) -> None:
        said = [(await delivery.rendition(ask)).data for ask in asks]
        assert said == [b"picture of cat 0", b"picture of dog 0"]

    delivering(core, talk)
    assert core.overlays == [{"logo": b"logo", "star": b"star"}] * 2
    assert core.origin.reads == ["a.jpg", "star", "star"]
    assert core.renditions.kept == {}


URL = "http://one.test/a.jpg"
REMOTE = Ask(options=WIDTH, source=URL)


@pytest.mark.parametrize("status", [200, 304])
def test_an_answer_may_change_what_is_told_and_the_hit_says_that_one_came(status: int) -> None:
    core = make_core(**{URL: Source(b"cat", "v1", Lifetime(0, must_revalidate=True, etag="v1"))})
    core.origin.stale.add(URL)

    async def renew(key: str) -> None:
        if core.renditions.kept:
            said, until = Lifetime(600, etag="v1"), len(core.rendered)
            core.origin.known[key] = Known("v1", said, status=status, fresh_until=until)

    core.origin.renews[URL] = renew

    async def talk(delivery: Delivery) -> None:
        made = await delivery.rendition(REMOTE)
        assert (made.kept, made.asked, made.about.lifetime.max_age_s) == (True, None, 0)
        found = await delivery.rendition(REMOTE)
        assert (found.trace, found.asked, found.about.lifetime.max_age_s) == (None, status, 600)
        again = await delivery.rendition(REMOTE)
        assert (again.asked, again.about.lifetime.max_age_s) == (None, 600)

    delivering(core, talk)
    assert len(core.rendered) == 1


def test_what_had_to_be_read_to_know_that_it_holds_is_told_with_what_was_said_now() -> None:
    core = make_core(a=Source(b"cat", "v1", Lifetime(60)))
    core.origin.tells = False
    ask = Ask(options=WIDTH, source="a")

    async def talk(delivery: Delivery) -> None:
        await delivery.rendition(ask)
        core.origin.sources["a"] = Source(b"cat", "v1", Lifetime(5))
        found = await delivery.rendition(ask)
        assert (found.trace, found.asked, found.about.lifetime) == (None, 200, Lifetime(5))

    delivering(core, talk)
    assert len(core.rendered) == 1


def test_asking_for_a_version_has_a_deadline() -> None:
    core = make_core(make_settings(timeout_s=0.1), **{URL: Source(b"cat", "v1")})
    core.origin.stale.add(URL)

    async def hang(_: str) -> None:
        await asyncio.Event().wait()

    core.origin.renews[URL] = hang

    async def talk(delivery: Delivery) -> None:
        with pytest.raises(TimedOut):
            await delivery.rendition(REMOTE)

    delivering(core, talk)
    assert core.origin.reads == []


def test_whoever_leaves_while_a_version_is_asked_for_stops_that() -> None:
    core = make_core(**{URL: Source(b"cat", "v1")})
    core.origin.stale.add(URL)
    stopped = []

    async def hang(key: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(key)

    core.origin.renews[URL] = hang

    async def gone(work: Coroutine[object, object, Delivered]) -> Delivered:
        task = asyncio.ensure_future(work)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        raise ClientDisconnected

    async def talk(delivery: Delivery) -> None:
        with pytest.raises(ClientDisconnected):
            await delivery.rendition(REMOTE, gone)

    delivering(core, talk)
    assert stopped == [URL]


def test_all_spellings_of_a_url_share_one_rendition() -> None:
    core = make_core(**{URL: Source(b"cat", "v1")})
    spellings = [
        URL,
        "HTTP://one.test/a.jpg",
        "http://ONE.test.:080/a.jpg",
        "http://one.test:/a.jpg",
    ]

    async def talk(delivery: Delivery) -> None:
        for spelling in spellings:
            await delivery.rendition(Ask(options=WIDTH, source=spelling))

    delivering(core, talk)
    assert core.origin.reads == [URL]
    assert len(core.renditions.kept) == 1


@pytest.mark.parametrize("tells", [True, False])
def test_what_is_private_has_a_key_for_its_etag_and_is_not_kept(tells: bool) -> None:
    core = make_core(a=Source(b"cat", "v1", Lifetime(60, private=True, etag="tag")))
    core.origin.tells = tells
    ask = Ask(options=WIDTH, source="a")

    async def talk(delivery: Delivery) -> None:
        for _ in range(2):
            made = await delivery.rendition(ask)
            assert made.key == rendition_key(ask, ["v1"], core.current_generation)
            assert made.about.lifetime == Lifetime(60, private=True, etag="tag")
            assert spans(made)[0] == "fetch"

    delivering(core, talk)
    assert len(core.rendered) == 2
    assert core.renditions.kept == {}


@pytest.mark.parametrize("tells", [True, False])
def test_the_disk_of_the_cache_is_read_in_threads_and_written_by_the_worker(tells: bool) -> None:
    core, disk = make_core(), FakeDisk()
    core.origin.tells = tells
    core.renditions = TieredCache(MemoryCache(0), disk)  # type: ignore[assignment]

    async def talk(delivery: Delivery) -> None:
        made, found = await delivery.rendition(CAT), await delivery.rendition(CAT)
        assert (made.data, found.data) == (b"picture of cat 8",) * 2

    delivering(core, talk)
    assert len(core.rendered) == 1
    assert disk.used_in == ["asyncio", "foveate-worker", "asyncio"]
    assert this_thread() not in disk.used_in


def test_what_is_in_memory_is_not_read_from_the_disk() -> None:
    core, disk = make_core(), FakeDisk()
    core.renditions = TieredCache(MemoryCache(10_000), disk)  # type: ignore[assignment]

    async def talk(delivery: Delivery) -> None:
        await delivery.rendition(CAT)
        disk.used_in.clear()
        await delivery.rendition(CAT, never)

    delivering(core, talk)
    assert disk.used_in == []


def test_a_disk_that_is_slow_holds_up_nobody_who_does_not_need_it() -> None:
    core = make_core()
    spun_up = threading.Event()

    class SlowDisk(FakeDisk):
        def get(self, key: str) -> bytes | None:
            assert spun_up.wait(3)
            return super().get(key)

    core.renditions = TieredCache(MemoryCache(0), SlowDisk())  # type: ignore[assignment]

    async def talk(delivery: Delivery) -> None:
        waiting = asyncio.create_task(delivery.rendition(CAT))
        assert (await delivery.rendition(IN_HAND)).data == b"picture of dog 8"
        assert not waiting.done()
        spun_up.set()
        assert (await waiting).data == b"picture of cat 8"

    delivering(core, talk)


@pytest.mark.parametrize("ask", [CAT, IN_HAND], ids=["by its key", "in hand"])
def test_who_waits_may_end_the_making(ask: Ask) -> None:
    core = make_core(make_settings(workers=1, queue=0))
    core.hold = threading.Event()

    async def until_it_runs(work: Coroutine[object, object, Delivered]) -> Delivered:
        task = asyncio.ensure_future(work)
        await until(lambda: core.deadlines)
        task.cancel()
        await asyncio.wait({task})
        raise ClientDisconnected

    async def talk(delivery: Delivery) -> None:
        with pytest.raises(ClientDisconnected):
            await delivery.rendition(ask, until_it_runs)
        assert core.deadlines[0].disconnected
        await until(lambda: delivery.admission.metrics.gauges[IN_FLIGHT]() == 0)
        assert core.renditions.kept == {}
        assert core.hold is not None
        core.hold.set()
        assert (await delivery.rendition(ask)).data.startswith(b"picture of ")

    delivering(core, talk)
    assert len(core.rendered) == 2


def test_the_trace_tells_of_the_fetch_the_queue_and_the_rendering_in_their_order() -> None:
    core = make_core(star=Source(b"star!", "v"), logo=Source(b"logo", "v"))

    async def talk(delivery: Delivery) -> None:
        made = await delivery.rendition(Ask(options=DRAWN, source="a.jpg"))
        assert spans(made) == ["fetch", "queue", "render", "encode"]
        assert made.trace is not None
        fetch, queue, render, encode = made.trace.spans
        assert fetch.bytes == len(b"cat" + b"star!" + b"logo")
        assert (fetch.cpu_s, queue.cpu_s, render.cpu_s) == (0, 0, 0)
        assert encode.wall_s == 0.002
        assert min(fetch.wall_s, queue.wall_s, render.wall_s) > 0

    metrics = delivering(core, talk)
    for name in ("fetch", "queue", "render", "encode"):
        assert sum(metrics.histograms[SPANS, (name,)].counts) == 1


def test_what_changes_on_its_way_is_kept_as_what_it_became() -> None:
    core = make_core()

    async def talk(delivery: Delivery) -> None:
        core.origin.slow = {"": asyncio.Event()}
        asking = asyncio.create_task(delivery.rendition(CAT))
        await until(lambda: core.origin.reads)
        core.origin.sources["a.jpg"] = Source(b"kitten", "v2")
        core.origin.slow[""].set()
        made = await asking
        assert (made.data, made.about.version) == (b"picture of kitten 8", "v2")
        assert made.key == rendition_key(CAT, ["v2"], core.current_generation)
        assert (await delivery.rendition(CAT, never)).key == made.key

    delivering(core, talk)
    assert len(core.rendered) == 1


def test_a_request_that_was_let_in_is_answered_within_its_own_time() -> None:
    core = make_core(make_settings(timeout_s=0.1))
    core.hold = threading.Event()

    async def talk(delivery: Delivery) -> None:
        with pytest.raises(TimedOut):
            async with delivery.admission.admit() as admitted:
                await delivery.admitted_rendition(admitted, CAT)
        assert core.deadlines == [admitted.deadline]
        assert core.hold is not None
        core.hold.set()
        async with delivery.admission.admit() as admitted:
            made = await delivery.admitted_rendition(admitted, CAT)
            assert made.trace is admitted.trace

    delivering(core, talk)
    assert core.renditions.kept == {}


def test_other_verbs_get_their_sources_in_order_and_run_within_the_memory() -> None:
    core = make_core(make_settings(memory_bytes=10), b=Source(b"bird", "v"))
    names = [Source(b"dog"), "a.jpg", Source(b"cow"), "b"]
    seen: list[str] = []

    def prepare(*sources: Source, need: int = 10) -> Work[list[bytes]]:
        seen.append(this_thread())

        def run(_: Deadline, __: Trace) -> list[bytes]:
            seen.append(this_thread())
            return [source.data for source in sources]

        return Work(need, run)

    def greedy(*sources: Source) -> Work[Any]:
        return prepare(*sources, need=11)

    async def talk(delivery: Delivery) -> None:
        async with delivery.admission.admit() as admitted:
            said = await delivery.run(admitted, names, prepare, span="analyse")
            assert said == [b"dog", b"cat", b"cow", b"bird"]
            assert [span.name for span in admitted.trace.spans] == ["fetch", "queue", "analyse"]
            with pytest.raises(MemoryBudgetSpent):
                await delivery.run(admitted, names, greedy, span="analyse")

    delivering(core, talk)
    assert seen == ["foveate-worker"] * 3


def test_sources_together_may_not_be_larger_than_one() -> None:
    core = make_core(logo=Source(b"x" * 600, "v"), star=Source(b"x" * 600, "v"))

    async def talk(delivery: Delivery) -> None:
        for source in ("a.jpg", Source(b"dog")):
            with pytest.raises(SourceTooLarge):
                await delivery.rendition(Ask(options=DRAWN, source=source))

    delivering(core, talk)


@pytest.mark.parametrize("source", ["a.jpg", Source(b"dog")], ids=["by its key", "in hand"])
def test_what_cannot_be_made_is_refused_before_anything_is_fetched(source: str | Source) -> None:
    core = make_core()
    ask = Ask(options=TransformOptions(width=8, faces=(Named("people", "Ann"),)), source=source)

    async def talk(delivery: Delivery) -> None:
        with pytest.raises(BadOption):
            await delivery.rendition(ask, never)

    delivering(core, talk)
    assert core.origin.reads == []


def test_what_would_be_better_another_time_is_answered_and_not_kept() -> None:
    def paint(data: bytes, options: TransformOptions) -> Rendition:
        return replace(painted(data, options), provisional=True)

    core = make_core()
    painted, core.painter = core.painter, paint

    async def talk(delivery: Delivery) -> None:
        made = await delivery.rendition(CAT)
        assert made.about.lifetime.private
        assert not made.kept
        core.painter = painted
        made = await delivery.rendition(CAT)
        assert not made.about.lifetime.private
        assert made.kept

    delivering(core, talk)
    assert len(core.rendered) == 2
    assert len(core.renditions.kept) == 1


def test_whoever_waits_less_long_is_let_in_for_less_long() -> None:
    async def talk(delivery: Delivery) -> None:
        async with delivery.admission.admit() as patient:
            pass
        with pytest.raises(TimedOut, match=r"after 0\.05 s"):
            async with delivery.admission.admit(at_most_s=0.05) as hasty:
                await asyncio.sleep(20)
        assert hasty.deadline.until < patient.deadline.until

    delivering(make_core(), talk)
