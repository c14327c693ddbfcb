from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from storage_origin import Origin, Request

from foveate.errors import SourceFailed, SourceNotFound, SourceTimeout
from foveate.settings import Origins
from foveate.storage.gates import OF_ONE
from foveate.storage.http import ASIDE, ASIDE_BYTES, HttpOrigin
from foveate.storage.policy import OriginPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

pytestmark = pytest.mark.anyio
STALE_AT_ONCE = "max-age=0, stale-while-revalidate=60"


@asynccontextmanager
async def opened(max_bytes: int = 1000, **settings: object) -> AsyncIterator[HttpOrigin]:
    origins = Origins(**{"allow_private": True, "min_ttl_s": 0, **settings})  # type: ignore[arg-type]
    source = HttpOrigin(OriginPolicy(("*",)), origins, max_bytes)
    yield source
    await source.aclose()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def hang(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()
    writer.close()


async def read(source: HttpOrigin, origin: Origin, path: str, **headers: str) -> str:
    """Read a picture, and return its URL."""
    origin.reply(path, b"picture", **{"ETag": '"v1"', **headers})
    await source.read(origin.url(path))
    return origin.url(path)


async def bare(source: HttpOrigin, origin: Origin, path: str, cache_control: str) -> str:
    """Read a picture of which nobody can ask whether it still holds, and return its URL."""
    origin.reply(path, b"picture", Cache_Control=cache_control)
    await source.read(origin.url(path))
    return origin.url(path)


def version_of(source: HttpOrigin, url: str) -> str:
    """Return the version that was last seen, fresh or not."""
    known = source.last(url)
    return known.version if known else ""


async def test_renewals_that_hang_are_few_and_hold_up_no_other_origin() -> None:
    async with Origin() as slow, Origin() as good, opened() as source:
        urls = [await read(source, slow, f"/{n}") for n in range(110)]
        for n in range(110):
            slow.routes[f"/{n}"] = hang
        before = len(slow.requests)
        asked = [asyncio.ensure_future(source.version(url)) for url in urls]
        await until(lambda: len(slow.requests) == before + OF_ONE)
        async with asyncio.timeout(5):
            good_url = await read(source, good, "/a.jpg")
            good.reply("/a.jpg", status=304)
            assert await source.version(good_url) == "v1"
        assert len(slow.requests) == before + OF_ONE
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def test_the_spellings_of_an_origin_share_its_bound_and_what_is_known() -> None:
    async with Origin() as origin, opened() as source:
        urls = [await read(source, origin, f"/{n}") for n in range(20)]
        for n in range(20):
            origin.routes[f"/{n}"] = hang
        spelt = [
            url.replace("127.0.0.1", "127.0.0.1." if n % 2 else "[::ffff:7f00:1]")
            for n, url in enumerate(urls)
        ]
        asked = [asyncio.ensure_future(source.version(url)) for url in spelt]
        await until(lambda: len(origin.requests) == 20 + OF_ONE)
        await read(source, origin, "/asked-last-and-answered")
        assert len(origin.requests) == 20 + OF_ONE + 1
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


@pytest.mark.alone
async def test_waiting_for_a_turn_counts_as_waiting() -> None:
    async with Origin() as origin, opened(connect_timeout_s=0.1, read_timeout_s=0.3) as source:
        urls = [await read(source, origin, f"/{n}") for n in range(OF_ONE + 4)]
        for n in range(OF_ONE + 4):
            origin.routes[f"/{n}"] = hang
        async with asyncio.timeout(5):
            said = await asyncio.gather(*map(source.version, urls), return_exceptions=True)
        assert {type(error) for error in said} == {SourceTimeout}


async def test_a_place_is_free_again_when_its_client_has_left() -> None:
    async with Origin() as origin, opened() as source:
        urls = [await read(source, origin, f"/{n}") for n in range(OF_ONE + 1)]
        for n in range(OF_ONE):
            origin.routes[f"/{n}"] = hang
        asked = [asyncio.ensure_future(source.version(url)) for url in urls[:-1]]
        await until(lambda: len(origin.requests) == 2 * OF_ONE + 1)
        for task in asked:
            task.cancel()
        origin.reply(f"/{OF_ONE}", status=304)
        async with asyncio.timeout(5):
            assert await source.version(urls[-1]) == "v1"


async def test_what_may_be_used_stale_is_used_at_once_and_renewed_for_the_next() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control=STALE_AT_ONCE)
        origin.routes["/a.jpg"] = hang
        async with asyncio.timeout(5):
            assert [await source.version(url) for _ in range(3)] == ["v1"] * 3
        await until(lambda: len(origin.requests) == 2)
        assert source.version_now(url) is None


async def test_what_was_renewed_aside_is_fresh_and_what_changed_is_read_once() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control=STALE_AT_ONCE)
        origin.reply("/a.jpg", status=304, Cache_Control="max-age=60")
        assert await source.version(url) == "v1"
        await until(lambda: source.version_now(url) == "v1")
        last = source.last(url)
        assert last is not None
        assert last.status == 304

        url = await read(source, origin, "/b.jpg", Cache_Control=STALE_AT_ONCE)
        origin.reply("/b.jpg", b"changed", ETag='"v2"')
        assert await source.version(url) == "v1"
        await until(lambda: version_of(source, url) == "v2")
        asked = len(origin.requests)
        assert (await source.read(url)).data == b"changed"
        assert len(origin.requests) == asked, "it was handed on"
        assert (await source.read(url)).data == b"changed"
        assert len(origin.requests) == asked + 1, "but not twice"


@pytest.mark.parametrize("body", [b"picture", b"changed"])
async def test_what_can_only_be_read_is_read_aside(body: bytes) -> None:
    async with Origin() as origin, opened() as source:
        url = await bare(source, origin, "/a.jpg", STALE_AT_ONCE)
        first = version_of(source, url)
        origin.reply("/a.jpg", body, Cache_Control="max-age=60")
        assert await source.version(url) == first
        await until(lambda: source.version_now(url))
        assert (source.version_now(url) == first) is (body == b"picture")
        assert (await source.read(url)).data == body
        assert len(origin.requests) == 2


async def test_bodies_that_come_slowly_hold_up_no_others() -> None:
    async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npic")
        await hang(_, writer)

    async with Origin() as origin, opened() as source:
        urls = [await bare(source, origin, f"/{n}", STALE_AT_ONCE) for n in range(ASIDE + 1)]
        for n in range(ASIDE):
            origin.routes[f"/{n}"] = drip
            assert await source.version(urls[n])
        await until(lambda: len(origin.requests) == 2 * ASIDE + 1)
        assert await source.version(urls[-1])
        await until(lambda: source.last(urls[-1]) is None)
        assert (await source.read(urls[-1])).data == b"picture"


async def test_a_large_body_is_left_to_who_wants_it() -> None:
    async with Origin() as origin, opened(ASIDE_BYTES + 1) as source:
        url = await bare(source, origin, "/a.jpg", "max-age=0, stale-if-error=60")
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {ASIDE_BYTES + 1}\r\n\r\n"
        origin.raw("/a.jpg", head.encode())
        async with asyncio.timeout(5):
            assert await source.version(url) is None
        assert source.last(url) is None


async def test_a_body_that_became_private_is_kept_for_nobody() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg")
        origin.reply("/a.jpg", b"mine", ETag='"v2"', Cache_Control="private")
        assert await source.version(url) is None
        assert source.last(url) is None
        assert (await source.read(url)).data == b"mine"
        assert len(origin.requests) == 3


async def test_who_has_to_wait_for_a_changed_picture_waits_for_one_answer() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control="no-cache")
        origin.reply("/a.jpg", b"changed", ETag='"v2"', Cache_Control="no-cache")
        assert await source.version(url) == "v2"
        assert (await source.read(url)).data == b"changed"
        assert len(origin.requests) == 2


async def test_what_is_gone_is_used_no_more() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control=STALE_AT_ONCE)
        origin.reply("/a.jpg", status=404)
        assert await source.version(url) == "v1"
        await until(lambda: source.last(url) is None)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_origin_is_excused_where_it_says_so_and_left_alone(status: int) -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control="max-age=0, stale-if-error=60")
        origin.reply("/a.jpg", status=status)
        assert [await source.version(url) for _ in range(3)] == ["v1"] * 3
        assert len(origin.requests) == 2, "one answer is enough for some seconds"


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 500 No\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npic"]
)
async def test_a_failing_origin_is_excused_for_what_can_only_be_read(answer: bytes) -> None:
    async with Origin() as origin, opened() as source:
        url = await bare(source, origin, "/a.jpg", "max-age=0, stale-if-error=60")
        first = version_of(source, url)
        origin.raw("/a.jpg", answer, close=True)
        assert [await source.version(url) for _ in range(3)] == [first] * 3
        assert len(origin.requests) == 2, "one answer is enough for some seconds"


async def test_an_origin_that_is_well_again_is_read_once_for_what_can_only_be_read() -> None:
    async with Origin() as origin, opened() as source:
        url = await bare(source, origin, "/a.jpg", "max-age=0, stale-if-error=60")
        origin.reply("/a.jpg", b"changed")
        version = await source.version(url)
        found = await source.read(url)
        assert (found.data, found.version) == (b"changed", version)
        assert len(origin.requests) == 2


async def test_an_origin_that_is_away_is_excused_too() -> None:
    async with opened(read_timeout_s=0.5, connect_timeout_s=0.5) as source:
        async with Origin() as origin:
            url = await read(source, origin, "/a.jpg", Cache_Control="stale-if-error=60")
            slow = await read(source, origin, "/b.jpg", Cache_Control="stale-if-error=60")
            origin.routes["/b.jpg"] = hang
            assert await source.version(slow) == "v1"
        assert await source.version(url) == "v1"


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ("max-age=0", 503, SourceFailed),
        ("max-age=0, must-revalidate, stale-if-error=60", 503, SourceFailed),
        ("no-cache, stale-if-error=60", 503, SourceFailed),
        ("max-age=0, stale-if-error=0", 503, SourceFailed),
        ("max-age=0, stale-if-error=60", 404, SourceNotFound),
    ],
)
async def test_no_other_failure_is_excused(said: str, status: int, error: type[Exception]) -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control=said)
        origin.reply("/a.jpg", status=status)
        with pytest.raises(error):
            await source.version(url)


async def test_what_has_expired_is_asked_for_every_time_in_spite_of_the_floor() -> None:
    async with Origin() as origin, opened(min_ttl_s=3600) as source:
        url = await read(source, origin, "/a.jpg", Expires="0")
        origin.reply("/a.jpg", status=304)
        assert [await source.version(url) for _ in range(2)] == ["v1"] * 2
        assert len(origin.requests) == 3


async def test_questions_go_over_the_connection_that_is_there() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg")
        origin.reply("/a.jpg", status=304)
        assert [await source.version(url) for _ in range(3)] == ["v1"] * 3
        assert origin.connections == 1


async def test_a_304_renews_the_headers_that_it_repeats() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg", Cache_Control="max-age=100", Age="100")
        origin.reply("/a.jpg", status=304)
        assert await source.version(url) == source.version_now(url) == "v1", "its age is new"
        last = source.last(url)
        assert last is not None
        assert last.lifetime.max_age_s == 100


async def test_a_304_for_another_picture_is_not_believed() -> None:
    async with Origin() as origin, opened() as source:
        url = await read(source, origin, "/a.jpg")
        origin.reply("/a.jpg", status=304, ETag='"v2"')
        assert await source.version(url) is None
        assert source.last(url) is None
        origin.reply("/a.jpg", b"another", ETag='"v2"')
        assert (await source.read(url)).version == "v2"
