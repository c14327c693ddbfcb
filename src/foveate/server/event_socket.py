"""The WebSocket on which long work is followed."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote

from foveate.errors import FoveateError
from foveate.server.answer import json_body
from foveate.server.errors import error_answer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    Asked = Callable[[Scope], Awaitable[AsyncGenerator["Told | None"]]]
    """Returns the events that are asked for. Raises a FoveateError where they are not told."""

log = logging.getLogger("foveate.server")
SEND_S: Final = 30.0
"""How long a client may take for one event."""
OVER, WENT_WRONG, RESTARTS = 1000, 1011, 1012
"""RFC 6455, 7.4.1, and IANA's: nothing more is to be said; or can be; or only by the next server.
"""


class Told(Protocol):
    """Something that happened."""

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        ...


class EventSocket:
    """Sends events as messages of a WebSocket, until the last one."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Live as long as the connection does."""
        await receive()  # websocket.connect
        try:
            events = await self._asked(scope)
        except FoveateError as why:
            await _refuse(send, why, scope["path"])
            return
        await send({"type": "websocket.accept"})
        sending = asyncio.ensure_future(_send_all(events, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send_all(events: AsyncGenerator[Told | None], send: Send) -> None:
    """Send all of them, and close; early where one of them is not taken, or cannot be had."""
    code, ended = WENT_WRONG, True
    try:
        async with aclosing(events):
            async for event in events:
                ended = event is not None and event.is_last
                if event is not None:  # the protocol itself asks whether somebody is there
                    text = json_body(event.to_json()).decode()
                    async with asyncio.timeout(SEND_S):
                        await send({"type": "websocket.send", "text": text})
        code = OVER if ended else RESTARTS
    except (FoveateError, TimeoutError) as why:
        log.info("A WebSocket was closed early: %r", why)
    with suppress(RuntimeError):  # it is closed already
        await send({"type": "websocket.close", "code": code})


def after_of(scope: Scope) -> int:
    """Return which event is known, as the query says."""
    query = scope["query_string"].decode("latin-1")
    pairs = dict(part.partition("=")[::2] for part in query.split("&"))
    said = unquote(pairs.get("after", ""))
    return int(said) if re.fullmatch("[0-9]{1,18}", said) else 0


async def _left(receive: Receive) -> None:
    """Wait until the client leaves; what it says is nothing to us."""
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _refuse(send: Send, why: FoveateError, path: str) -> None:
    """Answer as HTTP does, before there is a WebSocket."""
    answer = error_answer(why, path, retry_after_s=1)
    start = {"status": answer.status, "headers": answer.headers}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": bytes(answer.body)})
