"""Image URLs: what is rendered, kept, and answered from what was kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from server_fakes import Client, make_core, serving

from foveate.errors import OriginNotAllowed, SourceNotFound
from foveate.options.model import Format, TransformOptions
from foveate.rendition import Rendition
from foveate.storage.source import Source
from foveate.values import Lifetime

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
    assert first.pop("cache-status") == "Foveate; fwd=miss; stored"
    assert second.pop("cache-status") == "Foveate; hit"
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


def test_another_generation_does_not_serve_old_renditions() -> None:
    first = make_core()
    second = replace(first, current_generation="another encoder", rendered=[])

    async def talk(client: Client) -> None:
        assert (await client.get(A)).status == 200

    serving(first, talk)
    serving(second, talk)
    assert (len(first.rendered), len(second.rendered)) == (1, 1)
