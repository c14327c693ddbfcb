from __future__ import annotations

import asyncio
import re
import threading
import time
from dataclasses import replace

import pytest
from delivery_fakes import make_settings, paint, until
from server_fakes import Client, make_core, serving

from foveate.errors import BrokenImage, OriginNotAllowed, SourceNotFound
from foveate.options.model import Format, TransformOptions
from foveate.options.signing import Signer
from foveate.storage.source import Source
from foveate.values import Lifetime, Rendition

A = "/cdn-cgi/image/width=8/a.jpg"
SLOW_PATH = {"x-twice": "1", "X-Twice": "2"}
"""What the cache of responses does not look at."""


def test_a_miss_is_rendered_once_and_then_comes_from_the_cache() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        made = await client.get(A)
        hit = await client.get(A)
        slow_hit = await client.get(A, **SLOW_PATH)
        assert made.status == hit.status == slow_hit.status == 200
        assert made.body == hit.body == slow_hit.body == b"picture of cat 8"
        assert made.headers["cf-resized"].startswith("internal=ok/m q=")
        assert hit.headers["cf-resized"] == slow_hit.headers["cf-resized"]
        assert hit.headers["cf-resized"].startswith("internal=ok/h ")
        assert hit.headers["foveate-gravity"] == "face"
        assert hit.headers["content-type"] == "image/jpeg"
        assert hit.headers["content-length"] == "16"
        assert hit.headers["etag"] == made.headers["etag"]
        assert "encode;dur=2.0" in made.headers["server-timing"]

    serving(core, talk)
    assert len(core.rendered) == 1


def test_another_server_on_the_same_cache_answers_with_the_same_headers() -> None:
    core = make_core(b=Source(b"dog", "v", Lifetime(77, etag="tag")))
    replies = []

    async def talk(client: Client) -> None:
        replies.append(await client.get("/cdn-cgi/image/width=8/b"))

    serving(core, talk)
    serving(core, talk)
    first, second = (dict(reply.headers) for reply in replies)
    for headers in (first, second):
        del headers["cf-resized"], headers["server-timing"], headers["x-request-id"]
    assert first == second
    assert first["cache-control"] == "public, max-age=77"
    assert first["etag"].endswith(':tag"')
    assert len(core.rendered) == 1


def test_a_changed_source_is_rendered_anew() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        first = await client.get(A)
        core.origin.sources["a.jpg"] = Source(b"kitten", "v2")
        second = await client.get(A)
        assert second.body == b"picture of kitten 8"
        assert second.headers["etag"] != first.headers["etag"]

    serving(core, talk)


def test_a_source_that_went_away_is_404_even_when_it_was_cached() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        await client.get(A)
        core.origin.sources["a.jpg"] = SourceNotFound("gone")
        reply = await client.get(A)
        assert (reply.status, reply.json()["code"]) == (404, 9404)
        assert reply.headers["cf-resized"] == "err=9404"
        assert reply.headers["cache-control"] == "no-store"

    serving(core, talk)


def test_a_source_that_went_away_redirects_to_itself_even_when_it_was_cached() -> None:
    core = make_core()
    redirecting = "/cdn-cgi/image/width=8,onerror=redirect/a.jpg"

    async def talk(client: Client) -> None:
        await client.get(redirecting)
        core.origin.sources["a.jpg"] = SourceNotFound("gone")
        reply = await client.get(redirecting)
        assert (reply.status, reply.headers["location"]) == (307, "/a.jpg")

    serving(core, talk)


def test_a_rendition_that_somebody_made_anew_comes_with_its_own_headers() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        await client.get(A)
        (key, blob), *_ = core.renditions.kept.items()
        core.renditions.kept[key] = blob + b" and more"
        for _ in range(2):
            reply = await client.get(A)
            assert reply.body == b"picture of cat 8 and more"
            assert reply.headers["content-length"] == "25"

    serving(core, talk)


def test_what_the_cache_forgot_is_rendered_anew() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        await client.get(A)
        core.renditions.kept.clear()
        assert (await client.get(A)).headers["cf-resized"].startswith("internal=ok/m")

    serving(core, talk)


def test_a_source_that_tells_its_version_only_when_read_is_rendered_once() -> None:
    core = make_core()
    core.origin.tells = False

    async def talk(client: Client) -> None:
        assert [(await client.get(A)).status for _ in range(3)] == [200] * 3

    serving(core, talk)
    assert len(core.rendered) == 1
    assert len(core.origin.reads) == 3


@pytest.mark.parametrize("cached", [False, True])
def test_a_client_that_holds_the_rendition_gets_304(cached: bool) -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        first = await client.get(A)
        extra = {} if cached else SLOW_PATH
        for held in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
            reply = await client.ask("GET", A, {"if-none-match": held, **extra})
            assert (reply.status, reply.body) == (304, b"")
            assert reply.headers["etag"] == first.headers["etag"]
            assert reply.headers["cache-control"] == first.headers["cache-control"]
            assert "content-length" not in reply.headers
        other = await client.ask("GET", A, {"if-none-match": '"cf-0:"', **extra})
        assert other.status == 200

    serving(core, talk)


def test_head_has_the_headers_of_get_and_no_body() -> None:
    async def talk(client: Client) -> None:
        head = await client.ask("HEAD", A)
        hit = await client.ask("HEAD", A)
        assert (head.status, head.body, hit.body) == (200, b"", b"")
        assert head.headers["content-length"] == hit.headers["content-length"] == "16"

    serving(make_core(), talk)


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_other_methods_are_405(method: str) -> None:
    async def talk(client: Client) -> None:
        reply = await client.ask(method, A)
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")

    serving(make_core(), talk)


def test_negotiated_formats_are_kept_apart_and_say_vary() -> None:
    def painter(data: bytes, options: TransformOptions) -> Rendition:
        kind = "avif" if Format.AVIF in options.accepts else "jpeg"
        return Rendition(data + kind.encode(), f"image/{kind}", None)

    core = make_core()
    core.painter = painter
    url = "/cdn-cgi/image/width=8,format=auto/a.jpg"

    async def talk(client: Client) -> None:
        for _ in range(2):
            assert (await client.get(url, accept="image/avif")).body == b"catavif"
            reply = await client.get(url, accept="image/*")
            assert reply.body == b"catjpeg"
            assert reply.headers["vary"] == "Accept"

    serving(core, talk)
    assert len(core.rendered) == 2


def test_many_who_ask_for_the_same_at_once_share_one_rendering() -> None:
    core = make_core()
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        tasks = [asyncio.create_task(client.get(A)) for _ in range(20)]
        await until(lambda: core.rendered)
        assert core.hold is not None
        core.hold.set()
        replies = await asyncio.gather(*tasks)
        assert {reply.body for reply in replies} == {b"picture of cat 8"}

    serving(core, talk)
    assert len(core.rendered) == 1
    assert core.origin.reads == ["a.jpg"]


def test_a_client_that_leaves_stops_the_rendering_and_nothing_is_cached() -> None:
    core = make_core(make_settings(workers=1, queue=0))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        gone = asyncio.Event()
        leaving = asyncio.create_task(client.ask("GET", A, gone=gone))
        await until(lambda: core.deadlines)
        gone.set()
        assert (await leaving).json()["error"] == "ClientDisconnected"
        assert core.deadlines[0].disconnected
        assert core.renditions.kept == {}
        assert core.hold is not None
        core.hold.set()
        assert (await client.get(A)).status == 200

    serving(core, talk)


def test_one_of_two_who_leaves_does_not_stop_the_other() -> None:
    core = make_core()
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        gone = asyncio.Event()
        leaving = asyncio.create_task(client.ask("GET", A, gone=gone))
        staying = asyncio.create_task(client.get(A))
        await until(lambda: core.deadlines)
        gone.set()
        assert (await leaving).status == 502
        assert core.hold is not None
        core.hold.set()
        assert (await staying).status == 200

    serving(core, talk)


def test_beyond_the_queue_it_is_503_with_retry_after_while_health_and_hits_answer() -> None:
    core = make_core(make_settings(workers=1, queue=1))

    async def talk(client: Client) -> None:
        await client.get(A)
        core.hold = threading.Event()
        urls = [f"/cdn-cgi/image/width={width}/a.jpg" for width in (1, 2, 3)]
        tasks = [asyncio.create_task(client.get(url)) for url in urls[:2]]
        await until(lambda: len(core.deadlines) == 2)
        full = await client.get(urls[2])
        assert (full.status, full.json()["code"]) == (503, 9522)
        assert full.headers["retry-after"] == "2"
        assert (await client.get("/health/live")).status == 200
        assert (await client.get(A)).headers["cf-resized"].startswith("internal=ok/h")
        core.hold.set()
        assert [reply.status for reply in await asyncio.gather(*tasks)] == [200, 200]

    serving(core, talk)


def test_a_picture_beyond_the_memory_budget_is_503() -> None:
    core = make_core(make_settings(memory_bytes=10))
    core.need = 11

    async def talk(client: Client) -> None:
        reply = await client.get(A)
        assert (reply.status, reply.json()["code"]) == (503, 9527)

    serving(core, talk)


def test_work_that_takes_too_long_is_504() -> None:
    core = make_core(make_settings(timeout_s=0.05))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        reply = await client.get(A)
        assert (reply.status, reply.json()["code"]) == (504, 9529)

    serving(core, talk)


def test_a_slow_origin_holds_no_worker() -> None:
    core = make_core(make_settings(workers=1))

    async def talk(client: Client) -> None:
        await client.get(A)
        core.origin.slow = {"": asyncio.Event()}
        slow = asyncio.create_task(client.get("/cdn-cgi/image/width=2/a.jpg"))
        await until(lambda: len(core.origin.reads) == 2)
        free = await client.ask("POST", "/v1/render?options=width=3", body=[b"dog"])
        assert free.body == b"picture of dog 3"
        core.origin.slow[""].set()
        assert (await slow).status == 200

    serving(core, talk)


def test_an_origin_that_answers_slowly_keeps_nobody_else_waiting() -> None:
    core = make_core(make_settings(workers=1, queue=20))
    keys = [f"https://slow.test/{number}" for number in range(80)]
    for key in ("https://quick.test/a", *keys):
        core.origin.sources[key] = Source(b"dog", "v1")

    async def talk(client: Client) -> None:
        core.origin.slow = {"slow.test": asyncio.Event()}
        slow = [asyncio.create_task(client.get(f"/cdn-cgi/image/width=1/{key}")) for key in keys]
        await until(lambda: core.origin.reads)
        assert (await client.get(A)).body == b"picture of cat 8"
        assert (await client.get("/cdn-cgi/image/width=1/https://quick.test/a")).status == 200
        core.origin.slow["slow.test"].set()
        statuses = [reply.status for reply in await asyncio.gather(*slow)]
        # Half of the seventeen places for originals, and half of the queue.
        assert sorted(statuses) == [200] * (8 + 10) + [503] * (80 - 18)

    serving(core, talk)


def test_many_renditions_of_one_original_fetch_it_once() -> None:
    core = make_core(make_settings(workers=1))
    core.origin.tells = False
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        urls = [f"/cdn-cgi/image/width={width}/a.jpg" for width in range(1, 41)]
        tasks = [asyncio.create_task(client.get(url)) for url in urls]
        await until(lambda: core.rendered)
        core.origin.tells = True
        late = asyncio.create_task(client.get("/cdn-cgi/image/width=99/a.jpg"))
        await asyncio.sleep(0.01)
        assert core.hold is not None
        core.hold.set()
        replies = await asyncio.gather(*tasks, late)
        assert {reply.status for reply in replies} == {200}
        assert core.origin.reads == ["a.jpg"]
        await client.get("/cdn-cgi/image/width=77/a.jpg")

    serving(core, talk)
    assert core.origin.reads == ["a.jpg"] * 2


def test_what_an_origin_calls_private_is_answered_and_never_kept() -> None:
    core = make_core(a=Source(b"cat", "v1", Lifetime(60, private=True)))
    url = "/cdn-cgi/image/width=8/a"

    async def talk(client: Client) -> None:
        for _ in range(2):
            reply = await client.get(url)
            assert (reply.status, reply.body) == (200, b"picture of cat 8")
            assert reply.headers["cache-control"] == "private, no-store"
            assert reply.headers["cf-resized"].startswith("internal=ok/m")

    serving(core, talk)
    assert len(core.rendered) == 2
    assert core.renditions.kept == {}


def test_what_is_private_has_an_etag_all_the_same() -> None:
    core = make_core(a=Source(b"cat", "v1", Lifetime(private=True, etag="tag")))
    url = "/cdn-cgi/image/width=8/a"

    async def talk(client: Client) -> None:
        etag = (await client.get(url)).headers["etag"]
        assert re.fullmatch(r'"cf-[0-9a-f]{16}:tag"', etag)
        reply = await client.get(url, if_none_match=etag)
        assert (reply.status, reply.headers["etag"]) == (304, etag)
        assert reply.headers["cache-control"] == "private, no-store"
        core.origin.sources["a"] = Source(b"cow", "v2", Lifetime(private=True, etag="tag"))
        assert (await client.get(url, if_none_match=etag)).status == 200

    serving(core, talk)


def test_the_answer_tells_what_its_making_took_in_the_order_it_went() -> None:
    async def talk(client: Client) -> None:
        said = (await client.get(A)).headers["server-timing"]
        assert re.findall(r"([a-z]+);dur=[0-9.]+", said) == ["fetch", "queue", "render", "encode"]

    serving(make_core(), talk)


def test_what_became_private_is_not_answered_from_the_cache() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        await client.get(A)
        core.origin.tells = False
        core.origin.sources["a.jpg"] = Source(b"cat", "v1", Lifetime(private=True))
        assert (await client.get(A)).headers["cache-control"] == "private, no-store"

    serving(core, talk)
    assert len(core.rendered) == 2


BEHIND = "/cdn-cgi/image/segment=foreground,segment.background=wall.png/a.jpg"


def test_further_originals_are_fetched_and_a_new_version_of_one_misses_the_cache() -> None:
    core = make_core(**{"wall.png": Source(b"wall", "w1")})

    async def talk(client: Client) -> None:
        assert (await client.get(BEHIND)).status == 200
        assert (await client.get(BEHIND)).headers["cf-resized"].startswith("internal=ok/h")
        core.origin.sources["wall.png"] = Source(b"hall", "w2")
        assert (await client.get(BEHIND)).headers["cf-resized"].startswith("internal=ok/m")
        core.origin.sources["wall.png"] = OriginNotAllowed("x")
        assert (await client.get(BEHIND)).status == 403
        assert (await client.get("/cdn-cgi/image/segment=foreground/a.jpg")).status == 200

    serving(core, talk)
    assert core.overlays == [{"wall.png": b"wall"}, {"wall.png": b"hall"}, {}]
    assert core.origin.reads == ["a.jpg", "wall.png"] * 2 + ["a.jpg"]


def test_a_picture_with_a_private_background_is_private() -> None:
    core = make_core(**{"wall.png": Source(b"wall", "w1", Lifetime(private=True))})

    async def talk(client: Client) -> None:
        assert (await client.get(BEHIND)).headers["cache-control"] == "private, no-store"

    serving(core, talk)
    assert core.renditions.kept == {}


def test_an_error_never_redirects_to_what_was_to_be_redacted() -> None:
    core = make_core(bad=BrokenImage("x"))

    async def talk(client: Client) -> None:
        reply = await client.get("/cdn-cgi/image/redact=faces,onerror=redirect/bad")
        assert (reply.status, "location" in reply.headers) == (422, False)

    serving(core, talk)


def test_headers_are_looked_at_while_all_workers_are_busy() -> None:
    core = make_core(make_settings(workers=1, memory_bytes=10))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        busy = asyncio.create_task(client.get(A))
        await until(lambda: core.deadlines)
        core.need = 11
        reply = await client.get("/cdn-cgi/image/width=1/a.jpg")
        assert reply.json()["error"] == "MemoryBudgetSpent"
        assert core.hold is not None
        core.hold.set()
        assert (await busy).status == 200

    serving(core, talk)
    assert set(core.probed_in) == {"foveate-worker"}


def test_errors_are_never_cached() -> None:
    core = make_core()

    def broken(_: bytes, __: TransformOptions) -> Rendition:
        raise BrokenImage("truncated")

    core.painter = broken

    async def talk(client: Client) -> None:
        reply = await client.get(A)
        assert (reply.status, reply.headers["cache-control"]) == (422, "no-store")
        core.painter = paint
        assert (await client.get(A)).status == 200

    serving(core, talk)


def test_a_bug_is_500_in_our_shape_and_the_server_lives_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    core = make_core()

    def bug(_: bytes, __: TransformOptions) -> Rendition:
        raise RuntimeError("inner secret")

    core.painter = bug

    async def talk(client: Client) -> None:
        reply = await client.get(A)
        assert (reply.status, reply.json()["code"]) == (500, 9523)
        assert b"secret" not in reply.body
        core.painter = paint
        assert (await client.get(A)).status == 200

    serving(core, talk)
    assert "inner secret" in caplog.text


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/cdn-cgi/image/", 403, 9406),
        ("/cdn-cgi/image/width=8/", 403, 9406),
        ("/cdn-cgi/image/width=x/a.jpg", 400, 9401),
        ("/cdn-cgi/image/width=8/nope.jpg", 404, 9404),
        ("/cdn-cgi/image/width=8/%ff", 403, 9406),
    ],
)
def test_bad_requests_have_cloudflares_numbers(url: str, status: int, code: int) -> None:
    async def talk(client: Client) -> None:
        reply = await client.get(url)
        assert (reply.status, reply.json()["code"]) == (status, code)
        assert reply.headers["cf-resized"] == f"err={code}"

    serving(make_core(), talk)


def test_a_loop_is_508_even_for_what_is_cached() -> None:
    async def talk(client: Client) -> None:
        await client.get(A)
        reply = await client.get(A, via="1.1 foveate (image-resizing)")
        assert (reply.status, reply.json()["code"]) == (508, 9403)

    serving(make_core(), talk)


def test_unknown_options_are_told_in_a_warning() -> None:
    async def talk(client: Client) -> None:
        for _ in range(2):
            reply = await client.get("/cdn-cgi/image/width=8,sparkle=1/a.jpg")
            assert reply.headers["warning"] == 'cf-images 299 "unknown option: sparkle"'

    serving(make_core(), talk)


def test_onerror_redirects_to_the_source_unless_it_is_not_allowed() -> None:
    core = make_core(bad=BrokenImage("x"))
    core.origin.sources["https://pics.test/x"] = OriginNotAllowed("x")

    async def talk(client: Client) -> None:
        reply = await client.get("/cdn-cgi/image/width=8,onerror=redirect/bad")
        assert (reply.status, reply.headers["location"]) == (307, "/bad")
        assert reply.headers["cf-resized"] == "err=9516"
        assert reply.headers["cache-control"] == "no-store"
        refused = await client.get("/cdn-cgi/image/width=8,onerror=redirect/https://pics.test/x")
        assert refused.status == 403

    serving(core, talk)


def signed(path: str, expires: int | None = None) -> str:
    return Signer(("key",)).sign(path, expires)


def test_with_a_key_set_only_signed_links_are_answered_and_only_while_they_last() -> None:
    core = make_core(make_settings(keys=("key",)))
    soon = int(time.time()) + 60

    async def talk(client: Client) -> None:
        assert (await client.get(A)).json()["error"] == "BadSignature"
        assert (await client.get(A + "?sig=" + "0" * 64)).status == 403
        assert (await client.get(signed(A))).status == 200
        link = signed(A, soon)
        for _ in range(2):
            reply = await client.get(link)
            assert reply.status == 200
            age = int(reply.headers["cache-control"].removeprefix("public, max-age="))
            assert 50 <= age <= 60
        late = await client.get(signed(A, 1))
        assert (late.status, late.json()["error"]) == (403, "LinkExpired")
        redirecting = signed("/cdn-cgi/image/width=8,onerror=redirect/a.jpg", 1)
        assert (await client.get(redirecting)).status == 403

    serving(core, talk)
    assert len(core.rendered) == 1


def test_another_generation_does_not_serve_old_renditions() -> None:
    first = make_core()
    second = replace(first, current_generation="another encoder", rendered=[])

    async def talk(client: Client) -> None:
        assert (await client.get(A)).status == 200

    serving(first, talk)
    serving(second, talk)
    assert (len(first.rendered), len(second.rendered)) == (1, 1)
