from __future__ import annotations

import pytest
from delivery_fakes import make_settings
from server_fakes import Client, Reply, listening, make_core, serving
from test_server_hits import A, Watched, connected, request, without_own

from foveate.storage.source import Source
from foveate.values import Lifetime

PAGE = "https://app.test"
OTHER = "https://evil.test"
ALLOWED, EXPOSED = "access-control-allow-origin", "access-control-expose-headers"
PREFLIGHT = {"origin": PAGE, "access-control-request-method": "POST"}


def vary(reply: Reply) -> set[str]:
    values = [value for name, value in reply.pairs if name == "vary"]
    return set(", ".join(values).split(", ")) - {""}


@pytest.mark.parametrize("target", [A, "/cdn-cgi/image/width=x/a.jpg", "/v1/nothing"])
def test_any_page_may_read_every_answer_where_all_may(target: str) -> None:
    async def talk(client: Client) -> None:
        for headers in ({}, {"origin": OTHER}, {"origin": OTHER, "if-none-match": "*"}):
            reply = await client.get(target, **headers)
            assert reply.headers[ALLOWED] == "*"
            assert {"Server-Timing", "Cache-Status"} <= set(reply.headers[EXPOSED].split(", "))
            assert "Origin" not in vary(reply)

    serving(make_core(make_settings(cors=("*",))), talk)


@pytest.mark.parametrize("target", [A, "/cdn-cgi/image/width=x/a.jpg", "/v1/nothing"])
def test_only_named_pages_may_read_answers_and_caches_are_told(target: str) -> None:
    async def talk(client: Client) -> None:
        for _ in range(2):
            for origin in (PAGE, OTHER, ""):
                reply = await client.get(target, **({"origin": origin} if origin else {}))
                assert reply.headers.get(ALLOWED) == (PAGE if origin == PAGE else None)
                assert vary(reply) == {"Origin"}

    serving(make_core(make_settings(cors=("https://b.test", PAGE))), talk)


def test_what_is_negotiated_varies_on_the_page_as_well() -> None:
    async def talk(client: Client) -> None:
        for _ in range(2):
            reply = await client.get("/cdn-cgi/image/format=auto/a.jpg", origin=PAGE)
            assert vary(reply) == {"Accept", "Origin"}
            assert reply.headers[ALLOWED] == PAGE

    serving(make_core(make_settings(cors=(PAGE,))), talk)


def test_without_the_setting_nobody_is_told_anything() -> None:
    async def talk(client: Client) -> None:
        for target in (A, "/v1/nothing"):
            reply = await client.get(target, origin=PAGE)
            assert not {ALLOWED, EXPOSED, "vary"} & reply.headers.keys()
        assert (await client.ask("OPTIONS", "/v1/render", PREFLIGHT)).status == 405
        assert (await client.ask("OPTIONS", A, PREFLIGHT)).status == 405

    serving(make_core(), talk)


@pytest.mark.parametrize(
    ("cors", "shared", "allowed"),
    [((), True, "*"), ((), False, None), ((PAGE,), True, None), (("*",), False, "*")],
)
def test_what_an_origin_shares_with_any_page_stays_shared_unless_it_is_set_here(
    cors: tuple[str, ...], shared: bool, allowed: str | None
) -> None:
    source = Source(b"cat", "v1", Lifetime(shared=shared))
    core = make_core(make_settings(cors=cors), **{"a.jpg": source, "own.png": Source(b"dog", "v1")})

    async def talk(client: Client) -> None:
        for headers in ({}, {}, {"if-none-match": "*"}):
            reply = await client.get(A, origin=OTHER, **headers)
            assert reply.headers.get(ALLOWED) == allowed
        mixed = "/cdn-cgi/image/segment.background=own.png/a.jpg"
        reply = await client.get(mixed, origin=OTHER)
        assert reply.headers.get(ALLOWED) == ("*" if cors == ("*",) else None)

    serving(core, talk)


def test_pages_may_not_read_what_is_for_the_operator() -> None:
    async def talk(client: Client) -> None:
        for target in ("/metrics", "/health/ready", "/docs"):
            assert ALLOWED not in (await client.get(target, origin=PAGE)).headers

    serving(make_core(make_settings(cors=("*",))), talk)


@pytest.mark.parametrize("target", ["/v1/render", "/v1/crops?set=social", A])
def test_a_browser_that_asks_first_is_let_in_if_the_page_is(target: str) -> None:
    core = make_core(make_settings(cors=(PAGE,), keys=("key",)))

    async def talk(client: Client) -> None:
        reply = await client.ask("OPTIONS", target, PREFLIGHT)
        assert (reply.status, reply.body, reply.headers[ALLOWED]) == (204, b"", PAGE)
        assert "POST" in reply.headers["access-control-allow-methods"]
        for header in ("Authorization", "Content-Type"):
            assert header in reply.headers["access-control-allow-headers"]
        assert int(reply.headers["access-control-max-age"]) > 0
        refused = await client.ask("OPTIONS", target, {**PREFLIGHT, "origin": OTHER})
        assert refused.status == 405
        assert ALLOWED not in refused.headers

    serving(core, talk)


def test_a_picture_that_a_page_posts_comes_back_readable() -> None:
    async def talk(client: Client) -> None:
        page = {"origin": PAGE}
        reply = await client.ask("POST", "/v1/render?options=width=8", page, body=[b"dog"])
        assert (reply.status, reply.headers[ALLOWED]) == (200, PAGE)

    serving(make_core(make_settings(cors=(PAGE,))), talk)


@pytest.mark.parametrize("cors", [("*",), (PAGE,)])
def test_hits_say_the_same_as_the_slow_path(cors: tuple[str, ...]) -> None:
    watched = Watched()
    with (
        listening(make_core(make_settings(cors=cors)), watched) as port,
        connected(port) as connection,
    ):
        for origin in (PAGE, OTHER):
            asked = request(f"GET {A} HTTP/1.1", f"Origin: {origin}")
            connection.ask(asked)
            before = watched.slow_path
            hit = connection.ask(asked)
            assert watched.slow_path == before
            slow = connection.ask(request(f"GET {A} HTTP/1.1", f"Origin: {origin}", "X: 1", "X: 2"))
            assert watched.slow_path == before + 1
            assert without_own(hit) == without_own(slow)
            allowed = cors == ("*",) or origin == PAGE
            assert (ALLOWED.encode() in hit.head) is allowed
