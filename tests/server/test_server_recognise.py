"""`POST /v1/recognise`, and uploads that it is handed by reference."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings, until
from server_fakes import Client, make_core, serving

from foveate.errors import NotAnImage, TimedOut, WeightsMissing
from foveate.geometry.box import Box, Size
from foveate.people.audit import AuditLog
from foveate.people.keys import Keys
from foveate.server.events import event_bytes
from foveate.server.routes.recognise import wants_json
from foveate.service.access import Access
from foveate.service.stages.search import SubjectMatch
from foveate.service.told import Found, Told
from foveate.storage.source import Source
from foveate.values import Face

if TYPE_CHECKING:
    from pathlib import Path

FACE = Face(Box(1, 2, 3, 4), 0.99, ((1.0, 2.0),) * 5)
FACES = Told(stage="faces", value=Found(Size(64, 48), (FACE,)), ms=20.04, at_ms=21.0)
MATCH = SubjectMatch(subject="ada\nlovelace", face="f1", cosine=0.8, probability=0.99)
SEARCH = Told(stage="search", value=[[MATCH]], ms=2.0, at_ms=30.0)
LOST = Told(stage="emotion", ms=0.1, at_ms=25.0, error=WeightsMissing("expression"))
JSON = {"content-type": "application/json"}


def events(body: bytes) -> list[tuple[str, Any]]:
    """The events of a stream, read as browsers read them."""
    parts = body.decode().split("\n\n")
    assert parts.pop() == ""
    lines = [part.split("\n") for part in parts]
    assert all(len(pair) == 2 for pair in lines)
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in lines
    ]


def test_each_stage_is_an_event_and_the_last_one_is_done() -> None:
    core = make_core()
    core.tells = [FACES, LOST, SEARCH]

    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/recognise", body=[b"cat"])
        assert (reply.status, reply.headers["content-type"]) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        assert reply.headers["cache-control"] == "no-store"
        told = events(reply.body)
        assert [name for name, _ in told] == ["faces", "emotion", "search", "done"]
        by_name = dict(told)
        assert by_name["faces"]["ms"] == 20.0
        assert by_name["faces"]["value"]["width"] == 64
        assert by_name["faces"]["value"]["faces"][0]["box"]["left"] == 1.0
        assert by_name["emotion"]["error"] == "WeightsMissing"
        assert "models pull expression" in by_name["emotion"]["message"]
        assert by_name["search"]["value"][0][0]["subject"] == "ada\nlovelace"
        assert by_name["done"] == {"at_ms": 30.0, "switched_off": ["race"]}

    serving(core, talk)


def test_events_are_sent_while_the_rest_is_worked_on() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        core.tells, core.pause = [FACES, SEARCH], asyncio.Event()
        sent: list[Any] = []
        asking = asyncio.ensure_future(
            client.ask("POST", "/v1/recognise", body=[b"cat"], sent=sent)
        )
        await until(lambda: len(sent) == 2)
        assert sent[1]["body"].startswith(b"event: faces\n")
        assert not asking.done()
        core.pause.set()
        assert [name for name, _ in events((await asking).body)] == ["faces", "search", "done"]

    serving(core, talk)


def test_a_client_that_leaves_ends_its_recognition() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        core.tells, core.pause = [FACES, SEARCH], asyncio.Event()
        gone, sent = asyncio.Event(), list[Any]()
        asking = asyncio.ensure_future(
            client.ask("POST", "/v1/recognise", body=[b"cat"], gone=gone, sent=sent)
        )
        await until(lambda: len(sent) == 2)
        gone.set()
        await asking
        assert core.left == 1
        assert b"error" not in sent[-1]["body"]

    serving(core, talk)


def test_all_of_it_comes_at_once_as_json_for_who_wants_that() -> None:
    core = make_core()
    core.tells = [FACES, LOST, SEARCH]

    async def talk(client: Client) -> None:
        accept = {"accept": "application/json"}
        reply = await client.ask("POST", "/v1/recognise", accept, body=[b"cat"])
        assert reply.headers["content-type"] == "application/json"
        assert "preprocess" in reply.headers["server-timing"]
        answer = reply.json()
        assert list(answer) == [
            *("width", "height", "faces", "search"),
            *("failed", "switched_off", "timings_ms"),
        ]
        assert answer["failed"]["emotion"]["error"] == "WeightsMissing"
        assert answer["timings_ms"] == {"faces": 20.0, "emotion": 0.1, "search": 2.0}

    serving(core, talk)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", False),
        ("*/*", False),
        ("text/event-stream", False),
        ("application/json", True),
        ("application/json; q=0.9, */*", True),
        ("text/event-stream, application/json", False),
    ],
)
def test_a_stream_is_what_comes_unless_json_is_named(accept: str, *, wanted: bool) -> None:
    assert wants_json(accept) is wanted


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_what_fails_before_anything_is_told_is_an_ordinary_error(accept: str) -> None:
    core = make_core()
    core.tells = [NotAnImage()]

    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/recognise", {"accept": accept}, body=[b"cat"])
        assert (reply.status, reply.json()["error"]) == (415, "NotAnImage")

    serving(core, talk)


def test_what_ends_a_stream_early_is_its_last_event() -> None:
    core = make_core()
    core.tells = [FACES, TimedOut("an inner word")]

    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/recognise", body=[b"cat"])
        names = [name for name, _ in events(reply.body)]
        assert (reply.status, names) == (200, ["faces", "error"])
        assert events(reply.body)[1][1]["error"] == "TimedOut"
        assert b"inner" not in reply.body

    serving(core, talk)


def test_what_is_asked_for_reaches_the_stages(tmp_path: Path) -> None:
    core = make_core()
    core.access = Access(keys=Keys(tmp_path), audit=AuditLog(tmp_path))
    core.tells = [FACES]

    async def talk(client: Client) -> None:
        target = "/v1/recognise?parts=search,%20faces&collection=staff&limit=3&cache=true"
        client.peer = "127.0.0.1"
        await client.ask("POST", target, {"host": "localhost"}, body=[b"cat"])
        (asked,) = core.asked
        assert (asked.words, asked.collection, asked.limit) == (("faces", "search"), "staff", 3)
        assert asked.remembered
        for wrong in ("parts=facess", "limit=0", "limit=many", "cache=perhaps"):
            reply = await client.ask("POST", f"/v1/recognise?{wrong}", body=[b"cat"])
            assert (reply.status, reply.json()["error"]) == (400, "BadOption")

    serving(core, talk)


def test_with_signing_keys_nobody_is_recognised_for_strangers() -> None:
    core = make_core(make_settings(keys=("secret",)))
    core.tells = [FACES]

    async def talk(client: Client) -> None:
        for target in ("/v1/recognise", "/v1/references"):
            reply = await client.ask("POST", target, body=[b"cat"])
            assert (reply.status, reply.json()["error"]) == (403, "BadSignature")
        bearer = {"authorization": "Bearer secret"}
        assert (await client.ask("POST", "/v1/recognise", bearer, body=[b"cat"])).status == 200

    serving(core, talk)


def test_recognitions_that_go_on_take_places_of_the_queue() -> None:
    core = make_core(make_settings(workers=1, queue=1))

    async def talk(client: Client) -> None:
        core.tells, core.pause = [FACES, SEARCH], asyncio.Event()
        sent: list[list[Any]] = [[], []]
        asking = [
            asyncio.ensure_future(client.ask("POST", "/v1/recognise", body=[b"cat"], sent=mine))
            for mine in sent
        ]
        await until(lambda: all(len(mine) == 2 for mine in sent))
        reply = await client.ask("POST", "/v1/recognise", body=[b"cat"])
        assert (reply.status, reply.json()["error"]) == (503, "QueueFull")
        core.pause.set()
        await asyncio.gather(*asking)
        assert (await client.ask("POST", "/v1/recognise", body=[b"cat"])).status == 200

    serving(core, talk)


def test_an_upload_is_named_in_later_requests_and_shown() -> None:
    core = make_core()
    core.tells = [FACES]

    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/references", body=[b"dog"])
        told = reply.json()
        assert (reply.status, told["expires_s"], told["bytes"]) == (201, 600, 3)
        name = told["reference"]
        body = [json.dumps({"reference": name}).encode()]
        analysed = await client.ask("POST", "/v1/analyse", JSON, body=body)
        assert analysed.json()["bytes"] == 3
        assert (await client.ask("POST", "/v1/recognise", JSON, body=body)).status == 200
        shown = await client.get(told["url"])
        assert (shown.body, shown.headers["content-type"]) == (b"dog", "image/jpeg")
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["x-content-type-options"] == "nosniff"
        elsewhere = await client.get("/v1/references/elsewhere")
        assert (elsewhere.status, elsewhere.headers["location"]) == (
            307,
            "https://bucket.test/elsewhere",
        )
        assert (await client.get("/v1/references/none")).status == 404

    serving(core, talk)


def test_what_is_no_picture_is_not_kept() -> None:
    core = make_core(**{"a.jpg": Source(b"cat", "v")})

    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/references", body=[b"no picture at all"])
        assert (reply.status, reply.json()["error"]) == (415, "NotAnImage")
        named = await client.ask("POST", "/v1/references", JSON, body=[b'{"url": "a.jpg"}'])
        assert (named.status, named.json()["error"]) == (400, "BadBody")

    serving(core, talk)


def test_openapi_says_what_comes_as_events_and_what_may_be_sent() -> None:
    async def talk(client: Client) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        answers = paths["/v1/recognise"]["post"]["responses"]["200"]["content"]
        assert set(answers) == {"text/event-stream", "application/json"}
        sent = paths["/v1/references"]["post"]["requestBody"]["content"]
        assert set(sent) == {"image/*", "multipart/form-data"}
        assert {"201", "200"} & set(paths["/v1/references"]["post"]["responses"]) == {"201"}

    serving(make_core(), talk)


@pytest.mark.parametrize(
    "body",
    [
        {"reference": "x", "url": "a.jpg"},
        {"reference": 5},
        {"reference": ""},
        {"reference": None, "url": ""},
    ],
)
def test_a_body_names_one_picture(body: dict[str, object]) -> None:
    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/analyse", JSON, body=[json.dumps(body).encode()])
        assert (reply.status, reply.json()["error"]) == (400, "BadBody")

    serving(make_core(), talk)


def test_an_event_is_one_line_of_data_whatever_is_in_it() -> None:
    assert event_bytes("faces", {"a": "x\ny\r\u2028"}) == (
        'event: faces\ndata: {"a":"x\\ny\\r\u2028"}\n\n'.encode()
    )


def test_the_server_looks_after_uploads_from_its_start_on() -> None:
    core = make_core()

    async def talk(_: Client) -> None:
        assert not core.begun

    serving(core, talk)
    assert core.begun
