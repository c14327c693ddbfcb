from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from delivery_fakes import make_settings
from server_fakes import Client, listening, make_core, serving
from test_server_hits import A, Watched, connected, request

from foveate.errors import BrokenImage
from foveate.options.signing import Signer

if TYPE_CHECKING:
    from server_fakes import FakeCore

ROOT = "/pics"


def prefixed(**sources: Exception) -> FakeCore:
    return make_core(make_settings(root_path=ROOT), **sources)  # type: ignore[arg-type]


BASE = f'<base href="{ROOT}/">'.encode()


@pytest.mark.parametrize("told", ["", ROOT, f"{ROOT}/"])
@pytest.mark.parametrize("path", ["", ROOT])
def test_every_route_is_there_with_the_prefix_and_without(path: str, told: str) -> None:
    async def talk(client: Client) -> None:
        client.root_path = told
        picture = await client.get(path + A)
        assert (picture.status, picture.body) == (200, b"picture of cat 8")
        for target in ("/health/live", "/metrics", "/docs", "/openapi.json"):
            assert (await client.get(path + target)).status == 200
        posted = await client.ask("POST", f"{path}/v1/render?options=width=3", body=[b"dog"])
        assert posted.body == b"picture of dog 3"
        assert BASE in (await client.get(f"{path}/")).body
        schema = (await client.get(f"{path}/openapi.json")).json()
        assert schema["servers"] == [{"url": ROOT}]

    serving(prefixed(), talk)


def test_what_the_server_below_was_told_is_enough() -> None:
    async def talk(client: Client) -> None:
        client.root_path = ROOT
        for path in (f"{ROOT}{A}", f"{ROOT}{ROOT}{A}"):
            assert (await client.get(path)).status == 200
        assert BASE in (await client.get(f"{ROOT}/")).body
        assert BASE in (await client.get(ROOT)).body

    serving(make_core(), talk)


@pytest.mark.parametrize("path", [f"/picsx{A}", f"/pic{A}", f"/%70ics{A}", f"{ROOT}{ROOT}{A}"])
def test_what_only_begins_like_the_prefix_is_no_route(path: str) -> None:
    async def talk(client: Client) -> None:
        assert (await client.get(path)).status == 404

    serving(prefixed(), talk)


@pytest.mark.parametrize("path", ["/docs", "/docs/guides/crops", "/docs/api", "/docs/options"])
def test_pages_find_their_links_wherever_they_are(path: str) -> None:
    async def talk(client: Client) -> None:
        page = (await client.get(f"{ROOT}{path}")).body
        assert BASE in page
        assert b'href="/' not in page.replace(BASE, b"")
        assert b'src="/' not in page

    serving(prefixed(), talk)


def test_errors_redirect_to_the_source_which_is_not_under_the_prefix() -> None:
    async def talk(client: Client) -> None:
        reply = await client.get(f"{ROOT}/cdn-cgi/image/onerror=redirect/bad")
        assert (reply.status, reply.headers["location"]) == (307, "/bad")

    serving(prefixed(bad=BrokenImage("x")), talk)


def test_a_signature_holds_with_the_prefix_and_without() -> None:
    core = make_core(make_settings(root_path=ROOT, keys=("key",)))
    link = Signer(("key",)).sign(A)

    async def talk(client: Client) -> None:
        assert [(await client.get(path + link)).status for path in ("", ROOT)] == [200, 200]
        assert (await client.get(ROOT + A)).status == 403

    serving(core, talk)


def test_hits_are_found_with_the_prefix_and_without() -> None:
    watched = Watched()
    with listening(prefixed(), watched) as port, connected(port) as connection:
        said = {connection.ask(request(f"GET {path}{A} HTTP/1.1")).body for path in ("", ROOT) * 2}
    assert (said, watched.slow_path) == ({b"picture of cat 8"}, 1)
