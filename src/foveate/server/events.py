"""Server-sent events: an answer that goes on for as long as there is something to tell."""

from __future__ import annotations

import logging
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Header, Query
from fastapi.responses import Response

from foveate.errors import ClientDisconnected, FoveateError
from foveate.server.answer import NO_STORE, encode_headers, json_body
from foveate.server.disconnect import unless_gone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from foveate.jobs.job import Event
    from foveate.server.door import Posted

    Answers = Callable[[Callable[[Posted], Awaitable[None]]], Awaitable[None]]
    """The life of a POST."""
    Tells = Callable[[Posted], AsyncGenerator[bytes]]
    """What sends events, as `event_bytes` makes them."""

log = logging.getLogger("foveate.server")

HEADERS: Final = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": NO_STORE,
    "x-content-type-options": "nosniff",
    # nginx would gather it.
    "x-accel-buffering": "no",
}


BEAT: Final = b": \n\n"
"""What clients ignore: it tells whether they are still there."""
MOST_EVENTS: Final = 10**18 - 1
"""Events are counted by whole numbers of 64 bits."""
AfterEvent = Annotated[
    int, Query(description="The last event that is known.", ge=0, le=MOST_EVENTS)
]
LastEventId = Annotated[str, Header()]


def event_bytes(name: str, data: Mapping[str, Any], number: int = 0) -> bytes:
    """Return one event as it is sent: its name, and JSON on one line.

    With a number a client that lost the connection says which it had last. HTML Living Standard,
    9.2: Server-sent events.
    """
    own = b"id: %d\n" % number if number else b""
    return own + b"event: %s\ndata: %s\n\n" % (name.encode(), json_body(data))


class EventStream(Response):
    """Sends what a POST has to tell, while it is worked on.

    A failure before the first event is an ordinary error; a later one is the event `error`.
    """

    def __init__(self, answers: Answers, tells: Tells) -> None:
        super().__init__()
        self._answers = answers
        self._tells = tells
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the answer."""
        try:
            await self._answers(partial(self._send_all, send))
        except FoveateError as why:
            if not self._begun:
                raise
            if not isinstance(why, ClientDisconnected):
                log.warning("A stream of events ended early: %s: %r", type(why).__name__, str(why))
                told = {"error": type(why).__name__, "message": why.public}
                await send(_part(event_bytes("error", told)))
        await send(_part(b"", more=False))

    async def _send_all(self, send: Send, posted: Posted) -> None:
        async with aclosing(self._tells(posted)) as events:
            async for event in events:
                if not self._begun:
                    self._begun = True
                    await send(_start())
                await send(_part(event))


class Followed(Response):
    """Sends events for as long as there are any, and somebody hears them."""

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__()
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the answer."""
        with suppress(ClientDisconnected):
            await unless_gone(receive, self._send_all(send))

    async def _send_all(self, send: Send) -> None:
        async with aclosing(self._events) as events:
            await send(_start())
            async for event in events:
                await send(_part(event))
        await send(_part(b"", more=False))


def followed(
    follow: Callable[[int], AsyncGenerator[Event | None]], after: int, last_event_id: str
) -> Followed:
    """Return what sends the events after the last that is known; browsers say it in a header."""
    if last_event_id.isascii() and last_event_id.isdecimal():
        after = int(last_event_id[:18])
    return Followed(_sent(follow(after)))


async def _sent(events: AsyncGenerator[Event | None]) -> AsyncGenerator[bytes]:
    async with aclosing(events):
        async for event in events:
            if event is None:
                yield BEAT
            else:
                yield event_bytes(event.name, event.to_json(), event.number)


def _start() -> dict[str, Any]:
    return {
        "type": "http.response.start",
        "status": 200,
        "headers": encode_headers(HEADERS.items()),
    }


def _part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}
