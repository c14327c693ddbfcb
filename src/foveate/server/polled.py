"""Events for whom no stream reaches: begun by one request, fetched by others until they end."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.errors import QueueFull, UnknownRecognition
from foveate.server.answer import json_body
from foveate.server.errors import logged
from foveate.service.told import error_to_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

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
    return json_body({"event": name, "data": data})


@dataclass(slots=True)
class _Run:
    """What was told so far, each event as JSON."""

    asked_s: float
    events: list[bytes] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    more: asyncio.Event = field(default_factory=asyncio.Event)
    fetched: bool = False
    """Whether somebody was told all of it."""

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

    patience_s: float = PATIENCE_S
    _runs: dict[str, _Run] = field(default_factory=dict, init=False)

    def begin(self, events: AsyncGenerator[bytes]) -> str:
        """Start to gather events, each as JSON; return the secret name. Raises QueueFull."""
        self._make_room()
        name = secrets.token_urlsafe(NAME_BYTES)
        run = self._runs[name] = _Run(time.monotonic())
        run.task = asyncio.ensure_future(_gather(run, events))
        run.task.add_done_callback(lambda _: run.wake())
        self._look_later(name, self.patience_s)
        return name

    async def since(self, name: str, number: int) -> bytes:
        """Return the events after so many as JSON, once there are some or all were told.

        Raises UnknownRecognition.
        """
        if name not in self._runs:
            raise UnknownRecognition(f"No recognition {name[:40]} goes on.")
        run = self._runs[name]
        run.asked_s = math.inf  # he asks now, however long he waits
        try:
            if len(run.events) <= number and not run.done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(run.more.wait(), WAIT_S)
        finally:
            run.asked_s = time.monotonic()
        run.fetched = run.done  # what is done tells nothing more
        ends = b"true" if run.fetched else b"false"
        return b'{"events":[%b],"done":%b}' % (b",".join(run.events[max(0, number) :]), ends)

    def _make_room(self) -> None:
        if len(self._runs) < MOST:
            return
        told = next((name for name, run in self._runs.items() if run.fetched), None)
        if told is None:
            raise QueueFull(f"{MOST} recognitions are asked for by polling")
        del self._runs[told]

    def _look_later(self, name: str, wait_s: float) -> None:
        asyncio.get_running_loop().call_later(wait_s, self._look, name)

    def _look(self, name: str) -> None:
        """End and forget what nobody has asked for, or look again when that may be so."""
        run = self._runs.get(name)
        if run is None:
            return
        left_s = run.asked_s + self.patience_s - time.monotonic()
        if left_s > 0:
            self._look_later(name, min(left_s, self.patience_s))
            return
        del self._runs[name]
        if run.task is not None:
            run.task.cancel()


async def _gather(run: _Run, events: AsyncGenerator[bytes]) -> None:
    async with aclosing(events):
        try:
            async for event in events:
                run.events.append(event)
                run.wake()
        except Exception as why:  # noqa: BLE001 - whatever it is, who asks is told
            run.events.append(event_json("error", error_to_json(logged(why, WHERE))))
