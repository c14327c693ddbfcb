"""What is told of how a server fares."""

from __future__ import annotations

import re
from dataclasses import replace

from server_fakes import Client, make_core, make_settings, serving

from foveate.server.asgi import Front

A = "/cdn-cgi/image/width=8/a.jpg"


def test_the_status_says_what_was_answered_and_what_was_not() -> None:
    async def talk(client: Client) -> None:
        for target in (A, A, "/v1/nowhere", "/cdn-cgi/image/width=x/a.jpg"):
            await client.get(target)
        told = (await client.get("/health/status")).json()
        assert told["caches"] == {
            "responses": {"hit": 1, "miss": 1, "hit_rate": 0.5},
            "renditions": {"hit": 0, "miss": 1, "hit_rate": 0},
        }
        assert told["saved"] == {"decodes": 1, "bytes": len(b"cat")}
        assert told["errors"]["BadOption"] == 1
        assert [row["status"] for row in told["recent"]] == [400, 404]
        assert [row["error"] for row in told["recent"]] == ["BadOption", "NotFound"]
        assert all("a.jpg" not in str(row) for row in told["recent"])
        (image,) = [row for row in told["latency"] if row["route"] == "image"]
        assert image["count"] == sum(image["counts"]) == 3
        assert len(image["counts"]) == len(image["upto_ms"])
        half, most, nearly_all = (image["within_ms"][share] for share in ("0.50", "0.95", "0.99"))
        assert 0 < half <= most <= nearly_all
        assert told["in_flight"] == told["queued"] == 0
        assert told["ledger"] == {"written": True, "day_used": 0.0, "month_used": 0.0}
        for row in told["networks"]:
            assert row.keys() >= {"name", "state", "runs_on", "runs", "mean_ms"}

    serving(make_core(), talk)


def test_stages_elsewhere_are_told_and_since_when_they_are_away() -> None:
    async def talk(client: Client) -> None:
        look, embedder, searcher = (await client.get("/health/status")).json()["stages"]
        assert look == {"name": "look", "state": "away", "since": 1e9}
        assert embedder["state"] == "answering"
        assert searcher["state"] == "refused"
        lines = (await client.get("/metrics")).body.decode().splitlines()
        assert 'foveate_stage_up{stage="look"} 0.0' in lines
        assert 'foveate_stage_up{stage="embedder"} 1.0' in lines
        assert 'foveate_stage_up{stage="searcher"} 0.0' in lines
        assert (await client.get("/health/ready")).status == 200

    serving(make_core(), talk)


def test_pages_are_there_without_the_framework() -> None:
    async def talk(client: Client) -> None:
        for target in ("/", "/people", "/status"):
            page = await client.get(target)
            assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert (await client.ask("POST", "/")).status == 405

    serving(make_core(), talk)


def test_whoever_wants_no_pages_has_none() -> None:
    async def talk(client: Client) -> None:
        for target in ("/", "/people", "/status", "/studio/0/studio.js"):
            assert (await client.get(target)).status == 404
        assert (await client.get("/health/status")).status == 200
        docs = await client.get("/docs")
        assert docs.status == 200
        assert b'href="status"' not in docs.body
        (styles,) = re.findall(r'"(studio/[^"]+/base\.css)"', docs.body.decode())
        assert (await client.get(f"/{styles}")).status == 200

    settings = make_settings()
    serving(make_core(replace(settings, server=replace(settings.server, studio=False))), talk)


def test_failures_are_remembered_without_an_observer_of_every_hit() -> None:
    # With one, no hit would be answered by the protocol alone.
    assert Front(make_core()).observers == ()
