"""Who asks for jobs over HTTP, and the WebSocket on which they are followed."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from foveate.errors import FoveateError
from foveate.jobs.links import PATH
from foveate.metrics import JOBS, JOBS_ENDED
from foveate.server.answer import json_body
from foveate.server.errors import error_answer
from foveate.server.exchange import IN_SCOPE, exchange_of
from foveate.server.gate import is_local
from foveate.service.access import bearer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.types import Receive, Send
    from starlette.types import Scope as AsgiScope

    from foveate.jobs.callers import Owner
    from foveate.jobs.job import Event
    from foveate.jobs.room import Jobs
    from foveate.metrics import Labels, Row

log = logging.getLogger("foveate.server")
EVENTS: Final = re.compile(rf"{PATH}/([0-9a-f]{{1,64}})/events")
SEND_S: Final = 30.0
"""How long a client may take for one event."""
OVER, WENT_WRONG, RESTARTS = 1000, 1011, 1012
"""RFC 6455, 7.4.1, and IANA's: nothing more is to be said; or can be; or only by the next server.
"""


def owner(jobs: Jobs, scope: AsgiScope) -> Owner:
    """Return who asks, whom the ledger charges. Raises KeyNeeded, RateExceeded."""
    said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    who = jobs.callers.of(said, bearer(said), local=is_local(scope))
    if IN_SCOPE in scope:
        exchange_of(scope).key = who.name
    return who


def owner_or_link(jobs: Jobs, scope: AsgiScope, path: str) -> str:
    """Return whose jobs may be seen by who asks, or by the link that he has: empty is all.

    Raises KeyNeeded, RateExceeded, BadSignature, LinkExpired.
    """
    query = scope["query_string"].decode("latin-1")
    if "sig=" in query:
        jobs.links.check(path, query)
        return ""
    return owner(jobs, scope).sees


class JobSocket:
    """Sends the events of a job as messages of a WebSocket, until it has ended."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
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

    async def _asked(self, scope: AsgiScope) -> AsyncGenerator[Event | None]:
        found = EVENTS.fullmatch(scope["path"])
        sees = owner_or_link(self._jobs, scope, scope["path"])
        job = await self._jobs.of(found[1] if found else "", sees)
        return self._jobs.follow(job.id, _after(scope["query_string"].decode("latin-1")))


async def _send_all(events: AsyncGenerator[Event | None], send: Send) -> None:
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


def _after(query: str) -> int:
    """Return which event is known, as the query says."""
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


def jobs_counted(jobs: Jobs) -> Iterator[tuple[Row, Labels, float]]:
    """Yield how many jobs wait and run on this queue, and how many ended here."""
    for state, count in jobs.runner.finished.items():
        yield JOBS_ENDED, (state,), count
    for state in ("queued", "running"):
        yield JOBS, (state,), jobs.runner.live.get(state, 0)
