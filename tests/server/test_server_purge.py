"""Deleting renditions over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from server_fakes import Client, Reply, make_core, make_settings, serving

from foveate.settings import Signing
from foveate.storage.source import Source

A = "/cdn-cgi/image/width=8/a.jpg"
LOCAL = {"host": "127.0.0.1:8100", "content-type": "application/json"}


async def purged(client: Client, told: dict[str, str], **headers: str) -> Reply:
    return await client.ask(
        "POST", "/v1/purge", {**LOCAL, **headers}, body=(json.dumps(told).encode(),)
    )


def test_what_was_purged_is_made_anew_also_for_who_holds_it() -> None:
    core = make_core(b=Source(b"dog", "v1"))

    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        first = await client.get(A)
        tag = first.headers["etag"]
        await client.get(A)
        # As an origin does that says nothing of a change.
        core.origin.sources["a.jpg"] = Source(b"kitten", "v1")
        assert (await client.get(A)).body == first.body
        done = await purged(client, {"source": "a.jpg"})
        assert (done.status, done.json()["renditions"]) == (200, 1)
        assert done.json()["downstream_s"] == 14_400
        changed = await client.get(A, if_none_match=tag)
        assert (changed.status, changed.body) == (200, b"picture of kitten 8")
        assert (await purged(client, {"prefix": "dogs/"})).json()["renditions"] == 0
        assert (await purged(client, {"class": "resize"})).json()["renditions"] == 1
        assert (await purged(client, {"class": "wrong"})).status == 400
        assert (await purged(client, {})).status == 400

    serving(core, talk)


def test_only_who_operates_the_server_may() -> None:
    async def talk(client: Client) -> None:
        client.peer = "192.0.2.1"
        assert (await purged(client, {"source": "a.jpg"})).status == 401

    async def with_keys(client: Client) -> None:
        client.peer = "127.0.0.1"
        assert (await purged(client, {"source": "a.jpg"})).status == 403
        with_key = await purged(client, {"source": "a.jpg"}, authorization="Bearer key")
        assert with_key.status == 200

    serving(make_core(), talk)
    serving(make_core(replace(make_settings(), signing=Signing(keys=("key",)))), with_keys)


def test_extra_slashes_make_no_other_rendition_and_keep_none_from_being_purged() -> None:
    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        for source in ("a.jpg", "/a.jpg", "%2Fa.jpg"):
            await client.get(f"/cdn-cgi/image/width=8/{source}")
        done = await purged(client, {"source": "/a.jpg"})
        assert done.json()["renditions"] == 1
        refused = await purged(client, {"source": "./a.jpg"})
        assert (refused.status, refused.json()["error"]) == (404, "SourceNotFound")

    serving(make_core(), talk)


def test_what_is_no_json_is_refused_for_that() -> None:
    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        form = await purged(client, {"source": "a.jpg"}, **{"content-type": "text/plain"})
        assert "content-type: application/json" in form.json()["message"]
        broken = await client.ask("POST", "/v1/purge", LOCAL, body=(b'{"source": ',))
        assert broken.json()["message"].startswith("Expected JSON, got what is none from its")

    serving(make_core(), talk)


def test_browsers_are_told_no_shorter_time_of_what_comes_from_elsewhere() -> None:
    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        assert (await purged(client, {"source": "a.jpg"})).json()["downstream_s"] == 3660

    settings = make_settings()
    kept = replace(settings.caching, browser_ttl_s=60, browser_stale_s=60)
    serving(make_core(replace(settings, caching=kept)), talk)


@pytest.mark.parametrize(
    ("query", "told", "said"),
    [
        ("", {"source": "a.jpg", "dry_run": True}, "one of source, prefix, class, got 'dry_run'."),
        ("", {"sorce": "a.jpg"}, "got 'sorce' (did you mean source?)."),
        ("?dry_run=1", {"source": "a.jpg"}, "Expected no words in the query, got 'dry_run'."),
        ("", [], "Expected a JSON object with source, prefix, class, got a list."),
        ("", None, "got null."),
    ],
)
def test_words_that_purges_do_not_know_delete_nothing(query: str, told: object, said: str) -> None:
    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        await client.get(A)
        body = (json.dumps(told).encode(),)
        refused = await client.ask("POST", f"/v1/purge{query}", LOCAL, body=body)
        assert refused.status == 400
        assert said in refused.json()["message"]
        assert (await purged(client, {"source": "a.jpg"})).json()["renditions"] == 1

    serving(make_core(), talk)
