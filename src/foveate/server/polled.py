"""Events for whom no stream reaches: begun by one request, fetched by others until they end."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.errors import QueueFull, UnknownRecognition
from foveate.server.errors import logged
from foveate.service.told import error_to_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

MOST: Final = 64
"""Recognitions that are remembered, whether they go on or not."""
PATIENCE_S: Final = 15.0
"""Who has not asked for so long has left."""
WAIT_S: Final = 10.0
"""A request waits no longer for something new; proxies give up after a minute."""
NAME_BYTES: Final = 24
WHERE: Final = "a recognition that is polled"


def event_json(name: str, data: Mapping[str, object]) -> bytes:
    """Return one event as it stands in an answer."""
    told = {"event": name, "data": data}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(slots=True)
class _Run:
    """What was told so far, each event as JSON."""

    asked_s: float
    events: list[bytes] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    more: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def done(self) -> bool:
        return self.task is not None and self.task.done()

    def wake(self) -> None:
        """Let those go on who wait, and the next ones wait anew."""
        self.more.set()
        self.more = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Polled:
    """Remembers recognitions for as long as somebody asks for them.

    An answer to a crowd is some 600 KB: 40 MB at the very most.
    """

    clock: Callable[[], float] = time.monotonic
    _runs: dict[str, _Run] = field(default_factory=dict, init=False)

    def begin(self, events: AsyncGenerator[bytes]) -> str:
        """Start to gather events, each as JSON; return the secret name. Raises QueueFull."""
        self._forget()
        if len(self._runs) >= MOST:
            raise QueueFull(f"{MOST} recognitions are asked for by polling")
        name, run = secrets.token_urlsafe(NAME_BYTES), _Run(self.clock())
        self._runs[name] = run
        run.task = asyncio.ensure_future(self._gather(run, events))
        run.task.add_done_callback(lambda _: run.wake())
        return name

    async def since(self, name: str, number: int) -> bytes:
        """Return the events after so many as JSON, once there are some or all were told.

        Raises UnknownRecognition.
        """
        self._forget()
        if name not in self._runs:
            raise UnknownRecognition(f"No recognition {name[:40]} goes on.")
        run = self._runs[name]
        run.asked_s = self.clock()
        if len(run.events) <= number and not run.done:
            with suppress(TimeoutError):
                await asyncio.wait_for(run.more.wait(), WAIT_S)
            run.asked_s = self.clock()
        # In this order: what is done tells nothing more.
        ends = b"true" if run.done else b"false"
        return b'{"events":[%b],"done":%b}' % (b",".join(run.events[max(0, number) :]), ends)

    async def _gather(self, run: _Run, events: AsyncGenerator[bytes]) -> None:
        async with aclosing(events):
            try:
                async for event in events:
                    run.events.append(event)
                    run.wake()
                    if self._left(run):
                        return
            except Exception as why:  # noqa: BLE001 - whatever it is, who asks is told
                run.events.append(event_json("error", error_to_json(logged(why, WHERE))))

    def _left(self, run: _Run) -> bool:
        return self.clock() - run.asked_s > PATIENCE_S

    def _forget(self) -> None:
        for name, run in list(self._runs.items()):
            if self._left(run):
                del self._runs[name]
                if run.task is not None:
                    run.task.cancel()
