from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import FakeOrigin, make_settings, settled, until

from foveate.delivery.leases import Leases
from foveate.errors import QueueFull, SourceNotFound, SourceTooLarge
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from foveate.settings import Settings

UNKNOWN = (None,)
ADDRESS = ("10.0.0.1", "10.0.0.1.", "[::ffff:10.0.0.1]", "[::ffff:a00:1]:80")


def small(*, queue: int = 9, folder: str = "") -> Settings:
    """Return settings with room for four originals."""
    settings = make_settings(workers=1, queue=queue, max_bytes=10, folder=folder)
    return replace(settings, load=replace(settings.load, fetches=3))


@contextlib.asynccontextmanager
async def cancelled(*tasks: asyncio.Task[Any]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def make_origin(*, slow: bool = False, **sources: Source | Exception) -> FakeOrigin:
    origin = FakeOrigin({"a": Source(b"cat", "v1"), **sources})
    if slow:
        origin.slow[""] = asyncio.Event()
    return origin


def test_those_who_ask_together_share_one_fetch_and_those_who_know_the_version_join_later() -> None:
    async def main() -> None:
        origin = make_origin(slow=True)
        leases = Leases(origin, small())
        go = asyncio.Event()

        async def work(version: str | None) -> bytes:
            async with leases.lease(("a",), (version,)) as (source,):
                await go.wait()
                return source.data

        together = [asyncio.create_task(work(None)) for _ in range(9)]
        await until(lambda: origin.reads)
        origin.slow[""].set()
        await settled()
        later = asyncio.create_task(work("v1"))
        await settled()
        assert origin.reads == ["a"]
        # Whoever does not know the version cannot know that the bytes in memory still hold.
        unsure = asyncio.create_task(work(None))
        await until(lambda: len(origin.reads) == 2)
        origin.sources["a"] = Source(b"dog", "v2")
        changed = asyncio.create_task(work("v2"))
        await until(lambda: len(origin.reads) == 3)
        go.set()
        assert await asyncio.gather(*together, later, unsure) == [b"cat"] * 11
        assert await changed == b"dog"
        async with leases.lease(("a",), ("v2",)) as (source,):
            assert len(origin.reads) == 4
            assert source.name == "a\0v2\x000"

    asyncio.run(main())


def test_only_the_time_without_a_place_counts_as_waited_for_others() -> None:
    async def main() -> None:
        origin, waited = make_origin(slow=True), list[float]()
        leases = Leases(origin, small())

        async def work(key: str) -> None:
            async with leases.lease((key,), (None,), waits=waited.append):
                pass

        reading = [asyncio.create_task(work(key)) for key in "abcd"]
        await until(lambda: len(origin.reads) == 4)
        beyond = asyncio.create_task(work("e"))
        async with cancelled(beyond, *reading):
            await asyncio.sleep(0.05)
            beyond.cancel()
            await asyncio.wait((beyond,))
            assert waited.pop() >= 0.05
        assert len(waited) == 4
        assert max(waited) < 0.05

    asyncio.run(main())


def test_one_who_leaves_does_not_stop_the_others_and_the_last_one_stops_the_fetch() -> None:
    async def main() -> None:
        origin = make_origin(slow=True)
        leases = Leases(origin, small())

        async def work() -> bytes:
            async with leases.lease(("a",), UNKNOWN) as (source,):
                return source.data

        first, second = (asyncio.create_task(work()) for _ in range(2))
        await until(lambda: origin.reads)
        first.cancel()
        await asyncio.wait({first})
        origin.slow[""].set()
        assert await second == b"cat"

        origin.slow[""] = asyncio.Event()
        leaver = asyncio.create_task(work())
        await until(lambda: len(origin.reads) == 2)
        leaver.cancel()
        await asyncio.wait({leaver})
        following = asyncio.create_task(work())
        await until(lambda: len(origin.reads) == 3)
        origin.slow[""].set()
        assert await following == b"cat"

    asyncio.run(main())


def test_a_failure_reaches_all_who_wait_and_is_not_remembered() -> None:
    async def main() -> None:
        origin = make_origin(slow=True, a=SourceNotFound("gone"))
        leases = Leases(origin, small())

        async def work() -> bytes:
            async with leases.lease(("a",), UNKNOWN) as (source,):
                return source.data

        tasks = [asyncio.create_task(work()) for _ in range(3)]
        await until(lambda: origin.reads)
        origin.slow[""].set()
        said = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(error) for error in said] == [SourceNotFound] * 3
        origin.sources["a"] = Source(b"cat", "v1")
        assert await work() == b"cat"
        assert origin.reads == ["a", "a"]

    asyncio.run(main())


async def leased(leases: Leases, *keys: str) -> None:
    async with leases.lease(keys, (None,) * len(keys)):
        await asyncio.Event().wait()


def test_so_many_originals_are_in_memory_and_so_many_wait_for_a_place() -> None:
    async def main() -> None:
        origin = make_origin(**{name: Source(b"x", "v") for name in "bcdefghij"})
        leases = Leases(origin, small(queue=2))
        tasks = [asyncio.create_task(leased(leases, name)) for name in "abcdef"]
        async with cancelled(*tasks):
            await until(lambda: len(origin.reads) == 4)
            with pytest.raises(QueueFull):
                await leased(leases, "g")
            tasks[0].cancel()
            await until(lambda: len(origin.reads) == 5)
        async with leases.lease(("a",), UNKNOWN):
            assert origin.reads[-1] == "a"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("folder", "keys", "reads"),
    [
        ("", [f"https://one.test/{n}" for n in range(4)], 2),
        ("", [f"https://ONE.test/{n}" for n in range(2)] + ["http://one.test"], 2),
        (
            "",
            [f"https://one.test{end}/{i}" for i, end in enumerate((".", ":443", ":0443", ":"))],
            2,
        ),
        ("", [f"http://{host}/{i}" for i, host in enumerate(ADDRESS)], 2),
        ("", [f"https://{n}.test/" for n in range(4)], 3),
        ("s3://bucket", ["a", "b", "c"], 2),
        ("pictures", ["a", "b", "c", "d"], 4),
    ],
    ids=[
        "one origin",
        "its spellings",
        "more of them",
        "an address",
        "many origins",
        "a bucket",
        "a folder",
    ],
)
def test_what_comes_from_elsewhere_leaves_places_for_the_rest(
    folder: str, keys: list[str], reads: int
) -> None:
    async def main() -> None:
        origin = make_origin(slow=True)
        leases = Leases(origin, small(folder=folder))
        tasks = [asyncio.create_task(leased(leases, key)) for key in keys]
        async with cancelled(*tasks):
            await settled()
            assert len(origin.reads) == reads

    asyncio.run(main())


def test_what_is_drawn_from_an_origin_that_hangs_holds_up_no_picture_beneath_it() -> None:
    async def main() -> None:
        good = [f"https://good.test/{n}" for n in range(9)]
        slow = [f"https://bad.test/slow{n}" for n in range(9)]
        origin = make_origin(**{key: Source(b"x", "v") for key in [*good, *slow]})
        origin.slow["slow"] = asyncio.Event()
        leases = Leases(origin, small())
        pairs = zip(good, slow, strict=True)
        tasks = [asyncio.create_task(leased(leases, *pair)) for pair in pairs]
        async with cancelled(*tasks):
            await settled()
            async with leases.lease((good[-1],), UNKNOWN) as (source,):
                assert source.data == b"x"

    asyncio.run(main())


def test_an_origin_has_its_bound_also_for_what_is_drawn() -> None:
    async def main() -> None:
        slow = [f"https://slow.test/{n}" for n in range(4)]
        origin = make_origin(**{key: Source(b"x", "v") for key in slow})
        origin.slow["slow"] = asyncio.Event()
        leases = Leases(origin, small())
        tasks = [asyncio.create_task(leased(leases, "a", key)) for key in slow]
        async with cancelled(*tasks):
            await settled()
            assert sum("slow" in key for key in origin.reads) == 2

    asyncio.run(main())


def test_two_who_need_the_same_origins_do_not_wait_for_each_other() -> None:
    async def main() -> None:
        one, two = "https://one.test/a", "https://two.test/a"
        origin = make_origin(**{key: Source(b"x", "v") for key in (one, two)})
        leases = Leases(origin, small())

        async def work(*keys: str) -> None:
            async with leases.lease(keys, UNKNOWN * 2):
                await settled()

        async with asyncio.timeout(5):
            await asyncio.gather(*(work(*pair) for pair in [(one, two), (two, one)] * 4))

    asyncio.run(main())


def test_two_spellings_share_one_fetch() -> None:
    async def main() -> None:
        origin = make_origin(**{"http://one.test/a": Source(b"cat", "v1")})
        leases = Leases(origin, small())
        async with (
            leases.lease(("http://one.test./a",), UNKNOWN) as (first,),
            leases.lease(("HTTP://ONE.test:80/a",), ("v1",)) as (second,),
        ):
            assert first is second
        assert origin.reads == ["http://one.test/a"]

    asyncio.run(main())


def test_a_fetched_original_makes_way_for_the_next_one_of_its_origin() -> None:
    async def main() -> None:
        keys = [f"https://one.test/{n}" for n in range(6)]
        origin = make_origin(**{key: Source(b"x", "v") for key in keys})
        leases = Leases(origin, small())
        tasks = [asyncio.create_task(leased(leases, key)) for key in keys]
        async with cancelled(*tasks):
            await settled()
            assert len(origin.reads) == 4

    asyncio.run(main())


def test_the_originals_of_one_picture_are_together_no_larger_than_one_may_be() -> None:
    async def main() -> None:
        origin = make_origin(b=Source(b"1234567", "v"), c=Source(b"x", "v"))
        leases = Leases(origin, small())
        async with leases.lease(("a", "b"), (None, None)) as both:
            assert [each.data for each in both] == [b"cat", b"1234567"]
        with pytest.raises(SourceTooLarge):
            await leased(leases, "a", "b", "c")

    asyncio.run(main())
