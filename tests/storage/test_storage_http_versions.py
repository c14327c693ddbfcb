from __future__ import annotations

import asyncio

import pytest
from storage_origin import Origin, opened

from foveate import errors

pytestmark = pytest.mark.anyio
MODIFIED = "Sat, 21 Nov 2026 03:00:00 GMT"


async def test_the_version_is_known_after_reading_and_costs_no_request() -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        assert await source.version(origin.url("/a.jpg")) is None
        assert source.version_now(origin.url("/a.jpg")) is None
        await source.read(origin.url("/a.jpg"))
        assert await source.version(origin.url("/a.jpg")) == "v1"
        assert source.version_now(origin.url("/a.jpg")) == "v1"
        assert len(origin.requests) == 1


async def test_a_stale_version_is_renewed_by_a_304() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture", ETag='W/"v1"', Last_Modified=MODIFIED)
        await source.read(origin.url("/a.jpg"))
        origin.reply("/a.jpg", status=304)
        assert source.version_now(origin.url("/a.jpg")) is None
        assert await source.version(origin.url("/a.jpg")) == "v1"
        asked = origin.requests[-1].headers
        assert (asked["if-none-match"], asked["if-modified-since"]) == ('W/"v1"', MODIFIED)


async def test_a_304_holds_for_the_time_to_live() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"', Cache_Control="max-age=1, must-revalidate")
        await source.read(origin.url("/a.jpg"))
        await asyncio.sleep(1.05)
        origin.reply("/a.jpg", status=304)
        for _ in range(3):
            assert await source.version(origin.url("/a.jpg")) == "v1"
        assert len(origin.requests) == 2


async def test_a_changed_original_is_read_in_place_of_an_answer() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        await source.read(origin.url("/a.jpg"))
        origin.reply("/a.jpg", b"changed", ETag='"v2"')
        assert await source.version(origin.url("/a.jpg")) == "v2"
        assert (await source.read(origin.url("/a.jpg"))).data == b"changed"


async def test_without_a_validator_the_bytes_are_the_version() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture")
        first = (await source.read(origin.url("/a.jpg"))).version
        assert await source.version(origin.url("/a.jpg")) is None
        assert len(origin.requests) == 1, "there is nothing to ask a question with"
        assert (await source.read(origin.url("/a.jpg"))).version == first
        origin.reply("/a.jpg", b"changed")
        assert (await source.read(origin.url("/a.jpg"))).version != first


@pytest.mark.parametrize("said", ["private", "no-store", "max-age=9, private"])
async def test_nothing_is_remembered_of_what_is_private(said: str) -> None:
    async with Origin() as origin, opened(min_ttl_s=3600) as source:
        url = origin.url("/a.jpg")
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        assert not (await source.read(url)).lifetime.private
        origin.reply("/a.jpg", b"picture", ETag='"v1"', Cache_Control=said)
        assert (await source.read(url)).lifetime.private
        assert await source.version(url) is source.version_now(url) is None
        assert len(origin.requests) == 2


async def test_an_original_may_become_private_without_changing() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        url = origin.url("/a.jpg")
        origin.reply("/a.jpg", b"picture", ETag='"v1"', Cache_Control="max-age=0")
        await source.read(url)
        origin.reply("/a.jpg", status=304, Cache_Control="max-age=600")
        assert await source.version(url) == source.version_now(url) == "v1"
        origin.reply("/a.jpg", b"picture", ETag='"v1"', Cache_Control="max-age=0")
        await source.read(url)
        origin.reply("/a.jpg", status=304, Cache_Control="private")
        assert await source.version(url) is source.version_now(url) is None


@pytest.mark.parametrize("said", ["no-cache", "must-revalidate"])
async def test_an_origin_that_insists_is_asked_every_time(said: str) -> None:
    async with Origin() as origin, opened(min_ttl_s=3600) as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"', Cache_Control=said)
        original = await source.read(origin.url("/a.jpg"))
        origin.reply("/a.jpg", status=304)
        for _ in range(2):
            assert await source.version(origin.url("/a.jpg")) == "v1"
        assert len(origin.requests) == 3
    assert original.lifetime.must_revalidate


async def test_a_crowd_asks_the_origin_once() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        await source.read(origin.url("/a.jpg"))
        origin.reply("/a.jpg", status=304)
        url = origin.url("/a.jpg")
        assert await asyncio.gather(*(source.version(url) for _ in range(20))) == ["v1"] * 20
        assert len(origin.requests) == 2


async def test_an_original_that_is_gone_is_not_found_once_it_is_stale() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        await source.read(origin.url("/a.jpg"))
        origin.reply("/a.jpg", status=404)
        with pytest.raises(errors.SourceNotFound):
            await source.version(origin.url("/a.jpg"))


async def test_what_was_read_aside_before_bytes_were_forgotten_is_handed_to_nobody() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        url, said = origin.url("/a.jpg"), "max-age=0, stale-while-revalidate=600"
        origin.reply("/a.jpg", b"first", ETag='"v1"', Cache_Control=said)
        await source.read(url)
        origin.reply("/a.jpg", b"aside", ETag='"v2"', Cache_Control=said)
        await source.version(url)
        async with asyncio.timeout(5):
            while source.last(url).version != "v2":
                await asyncio.sleep(0.001)
        origin.reply("/a.jpg", b"third", ETag='"v3"', Cache_Control=said)
        source.forget_bytes()
        assert (await source.read(url)).data == b"third"


async def test_what_is_being_read_aside_while_bytes_are_forgotten_is_handed_to_nobody() -> None:
    async with Origin() as origin, opened(min_ttl_s=0) as source:
        url = origin.url("/a.jpg")
        origin.reply("/a.jpg", b"first", ETag='"v1"', Cache_Control="max-age=0")
        await source.read(url)
        origin.reply("/a.jpg", b"aside", ETag='"v2"', Cache_Control="max-age=600")
        under_way = asyncio.ensure_future(source.version(url))
        async with asyncio.timeout(5):
            while len(origin.requests) < 2:
                await asyncio.sleep(0)
        source.forget_bytes()
        await under_way
        origin.reply("/a.jpg", b"third", ETag='"v3"')
        assert (await source.read(url)).data == b"third"
