from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from foveate.server.originals import Originals
from server_fakes import FakeSource, make_settings, until

from foveate.errors import QueueFull, SourceNotFound, SourceTooLarge
from foveate.ports import Original

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from foveate.settings import Settings

UNKNOWN = (None,)


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


def sourced(*, slow: bool = False, **originals: Original | Exception) -> FakeSource:
    source = FakeSource({"a": Original(b"cat", "v1"), **originals})
    if slow:
        source.slow[""] = asyncio.Event()
    return source


def test_those_who_ask_together_share_one_fetch_and_those_who_know_the_version_join_later() -> None:
    async def main() -> None:
        source = sourced(slow=True)
        originals = Originals(source, small())
        go = asyncio.Event()

        async def work(version: str | None) -> bytes:
            async with originals.hold(("a",), (version,)) as (original,):
                await go.wait()
                return original.data

        together = [asyncio.create_task(work(None)) for _ in range(9)]
        await until(lambda: source.reads)
        source.slow[""].set()
        await asyncio.sleep(0.01)
        later = asyncio.create_task(work("v1"))
        await asyncio.sleep(0.01)
        assert source.reads == ["a"]
        # Whoever does not know the version cannot know that the bytes in memory still hold.
        unsure = asyncio.create_task(work(None))
        await until(lambda: len(source.reads) == 2)
        source.originals["a"] = Original(b"dog", "v2")
        changed = asyncio.create_task(work("v2"))
        await until(lambda: len(source.reads) == 3)
        go.set()
        assert await asyncio.gather(*together, later, unsure) == [b"cat"] * 11
        assert await changed == b"dog"
        async with originals.hold(("a",), ("v2",)):
            assert len(source.reads) == 4

    asyncio.run(main())


def test_one_who_leaves_does_not_stop_the_others_and_the_last_one_stops_the_fetch() -> None:
    async def main() -> None:
        source = sourced(slow=True)
        originals = Originals(source, small())

        async def work() -> bytes:
            async with originals.hold(("a",), UNKNOWN) as (original,):
                return original.data

        first, second = (asyncio.create_task(work()) for _ in range(2))
        await until(lambda: source.reads)
        first.cancel()
        await asyncio.wait({first})
        source.slow[""].set()
        assert await second == b"cat"

        source.slow[""] = asyncio.Event()
        leaver = asyncio.create_task(work())
        await until(lambda: len(source.reads) == 2)
        leaver.cancel()
        await asyncio.wait({leaver})
        following = asyncio.create_task(work())
        await until(lambda: len(source.reads) == 3)
        source.slow[""].set()
        assert await following == b"cat"

    asyncio.run(main())


def test_a_failure_reaches_all_who_wait_and_is_not_remembered() -> None:
    async def main() -> None:
        source = sourced(slow=True, a=SourceNotFound("gone"))
        originals = Originals(source, small())

        async def work() -> bytes:
            async with originals.hold(("a",), UNKNOWN) as (original,):
                return original.data

        tasks = [asyncio.create_task(work()) for _ in range(3)]
        await until(lambda: source.reads)
        source.slow[""].set()
        said = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(error) for error in said] == [SourceNotFound] * 3
        source.originals["a"] = Original(b"cat", "v1")
        assert await work() == b"cat"
        assert source.reads == ["a", "a"]

    asyncio.run(main())


async def held(originals: Originals, *keys: str) -> None:
    async with originals.hold(keys, (None,) * len(keys)):
        await asyncio.Event().wait()


def test_so_many_originals_are_in_memory_and_so_many_wait_for_a_place() -> None:
    async def main() -> None:
        source = sourced(**{name: Original(b"x", "v") for name in "bcdefghij"})
        originals = Originals(source, small(queue=2))
        tasks = [asyncio.create_task(held(originals, name)) for name in "abcdef"]
        async with cancelled(*tasks):
            await until(lambda: len(source.reads) == 4)
            with pytest.raises(QueueFull):
                await held(originals, "g")
            tasks[0].cancel()
            await until(lambda: len(source.reads) == 5)
        async with originals.hold(("a",), UNKNOWN):
            assert source.reads[-1] == "a"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("folder", "keys", "reads"),
    [
        ("", [f"https://one.test/{n}" for n in range(4)], 2),
        ("", [f"https://ONE.test/{n}" for n in range(2)] + ["http://one.test"], 2),
        ("", [f"https://{n}.test/" for n in range(4)], 3),
        ("s3://bucket", ["a", "b", "c"], 2),
        ("pictures", ["a", "b", "c", "d"], 4),
    ],
    ids=["one origin", "its spellings", "many origins", "a bucket", "a folder"],
)
def test_what_comes_from_elsewhere_leaves_places_for_the_rest(
    folder: str, keys: list[str], reads: int
) -> None:
    async def main() -> None:
        source = sourced(slow=True)
        originals = Originals(source, small(folder=folder))
        tasks = [asyncio.create_task(held(originals, key)) for key in keys]
        async with cancelled(*tasks):
            await asyncio.sleep(0.02)
            assert len(source.reads) == reads

    asyncio.run(main())


def test_a_fetched_original_makes_way_for_the_next_one_of_its_origin() -> None:
    async def main() -> None:
        keys = [f"https://one.test/{n}" for n in range(6)]
        source = sourced(**{key: Original(b"x", "v") for key in keys})
        originals = Originals(source, small())
        tasks = [asyncio.create_task(held(originals, key)) for key in keys]
        async with cancelled(*tasks):
            await asyncio.sleep(0.02)
            assert len(source.reads) == 4

    asyncio.run(main())


def test_the_originals_of_one_picture_are_together_no_larger_than_one_may_be() -> None:
    async def main() -> None:
        source = sourced(b=Original(b"1234567", "v"), c=Original(b"x", "v"))
        originals = Originals(source, small())
        async with originals.hold(("a", "b"), (None, None)) as both:
            assert [each.data for each in both] == [b"cat", b"1234567"]
        with pytest.raises(SourceTooLarge):
            await held(originals, "a", "b", "c")

    asyncio.run(main())
