"""Recognitions whose events are asked for, where no stream gets through."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings, until
from server_fakes import Client, make_core, serving
from test_server_recognise import FACES, JSON, SEARCH

from foveate.errors import QueueFull, TimedOut, UnknownRecognition
from foveate.server.polled import MOST, Polled, event_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

PREFER = {**JSON, "prefer": "respond-async"}
NAMED = [b'{"url": "a.jpg"}']


async def begun(client: Client) -> str:
    reply = await client.ask("POST", "/v1/recognise", PREFER, body=NAMED)
    assert reply.status == 202
    assert reply.headers["preference-applied"] == "respond-async"
    assert reply.json() == {"events": reply.headers["location"]}
    return str(reply.headers["location"])


def names(told: dict[str, Any]) -> list[str]:
    return [each["event"] for each in told["events"]]


def test_events_are_those_of_the_stream_each_told_as_soon_as_it_is_known() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        core.tells, core.pause = [FACES, SEARCH], asyncio.Event()
        where = await begun(client)
        first = (await client.ask("GET", where)).json()
        assert (names(first), first["done"]) == (["faces"], False)
        assert first["events"][0]["data"]["value"]["width"] == 64
        waiting = asyncio.ensure_future(client.ask("GET", f"{where}?after=1"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        core.pause.set()
        known = names((await waiting).json())
        while not (last := (await client.ask("GET", f"{where}?after={1 + len(known)}")).json())[
            "done"
        ]:
            known += names(last)
        assert [*known, *names(last)] == ["search", "done"]

    serving(core, talk)


def test_what_fails_is_the_last_event() -> None:
    core = make_core()
    core.tells = [FACES, TimedOut("late")]

    async def talk(client: Client) -> None:
        where, told = await begun(client), {"events": [], "done": False}
        while not told["done"]:
            more = (await client.ask("GET", f"{where}?after={len(told['events'])}")).json()
            told = {"events": told["events"] + more["events"], "done": more["done"]}
        assert names(told) == ["faces", "error"]
        assert told["events"][-1]["data"]["error"] == "TimedOut"

    serving(core, talk)


def test_bytes_are_refused_since_nobody_waits_for_their_place() -> None:
    async def talk(client: Client) -> None:
        reply = await client.ask(
            "POST", "/v1/recognise", {"prefer": "respond-async"}, body=[b"cat"]
        )
        assert (reply.status, reply.json()["error"]) == (400, "BadBody")
        assert "/v1/references" in reply.json()["message"]

    serving(make_core(), talk)


def test_a_name_that_nobody_was_told_is_not_found() -> None:
    async def talk(client: Client) -> None:
        reply = await client.ask("GET", "/v1/recognise/guessed")
        assert (reply.status, reply.json()["error"]) == (404, "UnknownRecognition")

    serving(make_core(), talk)


def test_with_signing_keys_a_key_begins_and_the_name_alone_asks_for_the_events() -> None:
    core = make_core(make_settings(keys=("secret",)))
    core.tells = [FACES]

    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/v1/recognise", PREFER, body=NAMED)
        assert (reply.status, reply.json()["error"]) == (403, "BadSignature")
        bearer = {**PREFER, "authorization": "Bearer secret"}
        begun = await client.ask("POST", "/v1/recognise", bearer, body=NAMED)
        told = (await client.ask("GET", begun.headers["location"])).json()
        assert names(told)[0] == "faces"

    serving(core, talk)


async def forever(left: list[str]) -> AsyncGenerator[bytes]:
    try:
        yield event_json("faces", {})
        await asyncio.Event().wait()
    finally:
        left.append("left")


def test_who_asks_no_more_ends_what_goes_on_and_nothing_of_it_is_left() -> None:
    async def talk() -> None:
        left = list[str]()
        polled = Polled(patience_s=0.05)
        name = polled.begin(forever(left))
        assert json.loads(await polled.since(name, 0)) == {
            "events": [{"event": "faces", "data": {}}],
            "done": False,
        }
        await until(lambda: left == ["left"])
        with pytest.raises(UnknownRecognition):
            await polled.since(name, 1)

    asyncio.run(talk())


def test_who_waits_for_something_new_has_not_left() -> None:
    async def talk() -> None:
        polled, go = Polled(patience_s=0.05), asyncio.Event()

        async def late() -> AsyncGenerator[bytes]:
            await go.wait()
            yield event_json("faces", {})

        waiting = asyncio.ensure_future(polled.since(polled.begin(late()), 0))
        await asyncio.sleep(0.2)
        go.set()
        assert json.loads(await waiting)["events"] == [{"event": "faces", "data": {}}]

    asyncio.run(talk())


def test_so_many_go_on_and_what_was_told_makes_room() -> None:
    async def none() -> AsyncGenerator[bytes]:
        return
        yield b""

    async def talk() -> None:
        left, polled = list[str](), Polled()
        told = polled.begin(none())
        for _ in range(MOST - 1):
            polled.begin(forever(left))
        with pytest.raises(QueueFull):
            polled.begin(forever(left))
        assert json.loads(await polled.since(told, 0)) == {"events": [], "done": True}
        polled.begin(forever(left))

    asyncio.run(talk())
