"""Image URLs that are refused: signatures, errors and where they lead."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from delivery_fakes import make_settings, paint
from server_fakes import Client, make_core, serving

from foveate.errors import BrokenImage, OriginNotAllowed
from foveate.options.signing import Signer

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition

A = "/cdn-cgi/image/width=8/a.jpg"


def test_an_error_never_redirects_to_what_was_to_be_redacted() -> None:
    core = make_core(bad=BrokenImage("x"))

    async def talk(client: Client) -> None:
        reply = await client.get("/cdn-cgi/image/redact=faces,onerror=redirect/bad")
        assert (reply.status, "location" in reply.headers) == (422, False)

    serving(core, talk)


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


def test_a_misspelt_option_is_told_with_what_was_meant() -> None:
    async def talk(client: Client) -> None:
        reply = await client.get("/cdn-cgi/image/widht=8/a.jpg")
        said = 'cf-images 299 "unknown option: widht (did you mean width?)"'
        assert (reply.status, reply.headers["warning"]) == (200, said)

    serving(make_core(), talk)


def test_onerror_redirects_to_the_source_where_another_option_is_wrong() -> None:
    core = make_core(make_settings(strict=True), bad=BrokenImage("x"))

    async def talk(client: Client) -> None:
        for options in ("onerror=redirect,width=banana", "onerror=redirect,widht=8"):
            reply = await client.get(f"/cdn-cgi/image/{options}/a.jpg?v=2")
            assert (reply.status, reply.headers["location"]) == (307, "/a.jpg?v=2")
            assert reply.headers["cf-resized"] == "err=9401"
        reply = await client.get("/cdn-cgi/image/onerror=redirect,width=banana,redact=faces/a.jpg")
        assert (reply.status, "location" in reply.headers) == (400, False)

    serving(core, talk)


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
