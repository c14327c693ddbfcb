"""Room for messages: how large one is, gRPC tells only when all of it is here."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, Self

from google.protobuf.message import DecodeError

from foveate.errors import BadBody, BodyTooSlow, ClientDisconnected, QueueFull
from foveate.remote.library import grpc
from foveate.rpc.ending import abort
from foveate.trace import FETCH

if TYPE_CHECKING:
    from foveate.errors import FoveateError
    from foveate.settings import Settings
    from foveate.trace import Trace

SHARE: Final = 0.25
"""Part of `load.memory_bytes` that messages may take beside."""
SLOW_S: Final = 0.5
"""Whoever sends for longer than that may have to give way."""
PATIENCE: Final = 0.5
"""Part of the time for a call in which its message has to be here."""


def room_of(settings: Settings) -> MessageRoom:
    """Return room for the messages of one server."""
    most = settings.rpc.max_message_bytes
    places = int(settings.load.memory_bytes * SHARE) // most
    return MessageRoom(most, max(2, places), settings.limits.timeout_s * PATIENCE)


class MessageRoom:
    """Bounds the bytes of messages that come, and of those that are worked on.

    On its way a message counts as one of the largest. While there is room anybody may send. When
    there is none, whoever came last is the first to get it: small messages are here at once, and
    slow ones in front of them would take all the time. So that these do not keep all of the room,
    some of it is for those who have not sent for long: of the others the last ones give way.
    """

    def __init__(
        self, most_bytes: int, places: int, patience_s: float, slow_s: float = SLOW_S
    ) -> None:
        self.most_bytes = most_bytes
        self.eof = grpc().aio.EOF
        self._patience_s = patience_s
        self._slow_s = slow_s
        self._free = places * most_bytes
        self._slow_places = places - max(1, places // 4)
        self._coming: dict[Arrival, float] = {}
        self._looking: asyncio.TimerHandle | None = None
        self._line: list[asyncio.Future[None]] = []

    def arrival(self, context: Any, trace: Trace) -> Arrival:  # noqa: ANN401
        """Return the message of a call, for which there is room once that is entered."""
        return Arrival(self, context, trace)

    async def take(self, trace: Trace) -> None:
        """Wait for room for the largest message."""
        if self._free >= self.most_bytes:
            self._free -= self.most_bytes
        else:
            with trace.waiting("queue"):
                await self._wait()

    async def _wait(self) -> None:
        granted = asyncio.get_running_loop().create_future()
        self._line.append(granted)
        self._make_way()
        try:
            await granted
        except asyncio.CancelledError:
            if granted in self._line:
                self._line.remove(granted)
            else:
                self.give_back(self.most_bytes)
            raise

    def give_back(self, count: int) -> None:
        """Let others have so many bytes."""
        self._free += count
        while self._line and self._free >= self.most_bytes:
            self._free -= self.most_bytes
            granted = self._line.pop()
            if granted.cancelled():
                # Its call ends in the next round of the loop, and gives this back.
                continue
            granted.set_result(None)

    def comes(self, arrival: Arrival) -> None:
        """Look now and then how long it has been coming."""
        self._coming[arrival] = time.monotonic()
        self._look_later()

    def comes_no_more(self, arrival: Arrival) -> None:
        """Look for it no longer."""
        self._coming.pop(arrival, None)

    def _look_later(self) -> None:
        if self._looking is None and self._coming:  # one for all: a timer costs as much as a call
            loop = asyncio.get_running_loop()
            self._looking = loop.call_later(self._slow_s / 2, self._look)

    def _look(self) -> None:
        self._looking = None
        for arrival in self._coming_for(self._patience_s):
            arrival.end(BodyTooSlow())
        self._make_way()
        self._look_later()

    def _make_way(self) -> None:
        """End the last of the slow ones, as many as others wait."""
        beyond = self._coming_for(self._slow_s)[self._slow_places :] if self._line else []
        for arrival in beyond[-len(self._line) :]:
            arrival.end(QueueFull("the message came slowly, and others wait"))

    def _coming_for(self, seconds: float) -> list[Arrival]:
        """Return what has been coming for so long, the longest first."""
        since = time.monotonic() - seconds
        return [arrival for arrival, began in self._coming.items() if began <= since]


class Arrival:
    """A message on its way, and the room that it takes."""

    def __init__(self, room: MessageRoom, context: Any, trace: Trace) -> None:  # noqa: ANN401
        self._room = room
        self._context = context
        self._trace = trace
        self._bytes = room.most_bytes
        self._ended: FoveateError | None = None

    async def __aenter__(self) -> Self:
        await self._room.take(self._trace)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._room.give_back(self._bytes)

    async def message(self, kind: Any) -> Any:  # noqa: ANN401
        """Return the message, which is of that kind.

        Raises BadBody, BodyTooSlow, QueueFull, ClientDisconnected.
        """
        with self._trace.waiting(FETCH) as span:
            data = await self._read()
            span.bytes = len(data)
        self._room.give_back(self._bytes - len(data))
        self._bytes = len(data)
        try:
            return kind.FromString(data)
        except DecodeError as why:
            raise BadBody(f"Expected a message {kind.DESCRIPTOR.name}, got none.") from why

    async def _read(self) -> bytes:
        self._room.comes(self)
        try:
            data: bytes = await self._context.read()
        except grpc().aio.AbortError:
            if self._ended is None:
                raise
            raise self._ended from None
        finally:
            self._room.comes_no_more(self)
        if data is self._room.eof:
            raise ClientDisconnected
        return data

    def end(self, why: FoveateError) -> None:
        """Wait for it no longer, and end the call.

        In that order gRPC frees what it has of the message; of one for which nobody waits any more
        while it comes, it never would.
        """
        self._ended = why
        self._room.comes_no_more(self)
        ending = asyncio.ensure_future(abort(self._context, why))
        ending.add_done_callback(lambda over: over.cancelled() or over.exception())
