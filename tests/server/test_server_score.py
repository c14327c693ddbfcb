"""`POST /v1/score`: options as for renditions, answers as JSON that nobody keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings
from server_fakes import Client, FakeCore, Reply, make_core, serving

from foveate.settings import Signing
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = {"content-type": "application/json"}


def score(
    query: str, body: object, headers: Mapping[str, str] | None = None, core: FakeCore | None = None
) -> Reply:
    told: list[Reply] = []
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {} if isinstance(body, bytes) else JSON

    async def talk(client: Client) -> None:
        target = f"/v1/score{query}"
        told.append(await client.ask("POST", target, {**kind, **(headers or {})}, body=[sent]))

    serving(core or make_core(), talk)
    return told[0]


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?options=width=8", b"cat"),
        ("?options=width=8", {"url": "a.jpg"}),
        ("", {"url": "a.jpg", "options": "width=8"}),
        ("", {"url": "a.jpg", "options": {"width": 8}}),
    ],
)
def test_pictures_and_options_come_as_for_renditions(query: str, body: object) -> None:
    reply = score(query, body)
    assert (reply.status, reply.json()) == (200, {"score": 75.5, "bytes": 3, "width": 8})
    assert reply.headers["cache-control"] == "no-store"
    assert "compare;dur=1.5" in reply.headers["server-timing"]
    assert reply.headers["cf-resized"].startswith("internal=ok/m")


def test_what_is_drawn_over_it_is_fetched() -> None:
    core = make_core(**{"logo.png": Source(b"logo", "v")})
    reply = score("", {"url": "a.jpg", "draw": [{"url": "logo.png"}]}, core=core)
    assert reply.json()["drawn"] == {"logo.png": "logo"}
    assert core.origin.reads == ["a.jpg", "logo.png"]


def test_what_is_no_option_is_told_in_a_warning() -> None:
    reply = score("?options=width=8,colour=1", {"url": "a.jpg"})
    assert reply.status == 200
    assert reply.headers["warning"].startswith('cf-images 299 "unknown option: colour')


@pytest.mark.parametrize(
    ("query", "body", "status", "error"),
    [
        ("?options=width=x", {"url": "a.jpg"}, 400, "BadOption"),
        ("?options=width=8", {"url": "a.jpg", "options": "width=8"}, 400, "BadOption"),
        ("", {"url": "nope.jpg"}, 404, "SourceNotFound"),
        ("", b"", 400, "BadBody"),
    ],
)
def test_refusals_are_those_of_renditions(query: str, body: Any, status: int, error: str) -> None:
    reply = score(query, body)
    assert (reply.status, reply.json()["error"]) == (status, error)


def test_it_needs_a_key_where_posts_do() -> None:
    core = make_core(replace(make_settings(), signing=Signing(keys=("s" * 32,))))
    assert score("", b"cat", core=core).json()["error"] == "BadSignature"
    assert score("", b"cat", {"authorization": f"Bearer {'s' * 32}"}, core).status == 200
