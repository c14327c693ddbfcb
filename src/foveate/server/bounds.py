"""What one connection may cost: bytes and seconds of a head, seconds of not reading, and a place.

And what all connections of one client may cost, and all that do not read. uvicorn bounds none of
these. It reads heads of any length, waits for them for ever, and keeps an answer in memory for a
client that never takes it.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from foveate.server.errors import routing_answer
from foveate.server.exchange import IN_SCOPE, Exchange
from foveate.server.request_id import HEADER, request_id
from foveate.server.response_cache import Head
from foveate.server.turns import Turns
from foveate.server.unsent import Unsent

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sized

    from uvicorn._types import ASGI3Application
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

log = logging.getLogger("foveate.server")

PROBES: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Whoever watches the server does not stand in line: a full one must not look like a dead one."""
BAD: Final = 400
TOO_LATE: Final = 408
TOO_LARGE: Final = 431
UNSENT_BYTES: Final = 256 * 1024 * 1024
LINGER_HEAD_BYTES: Final = 256 * 1024
"""What it may go on sending of a head meanwhile; bodies are bounded by the time alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a client may ask of us before it has asked for anything."""

    head_bytes: int = 32 * 1024
    head_timeout_s: float = 10.0
    stall_s: float = 30.0
    """How long a client may take for `stall_bytes` of an answer."""
    stall_bytes: int = 32 * 1024
    linger_s: float = 2.0
    """How long a client that still sends may take to hear why it is not listened to."""
    connections: int = 10_000
    connections_per_client: int = 10_000
    unsent_bytes: int = UNSENT_BYTES
    """What may be in memory for all clients that do not read, together."""


class BoundedProtocol(HttpToolsProtocol):
    """A connection that ends when its client goes beyond the bounds."""

    bounds: ClassVar[Bounds] = Bounds()
    unsent: ClassVar[Unsent] = Unsent(UNSENT_BYTES)
    turns: ClassVar[Turns] = Turns()
    root: ClassVar[str] = ""
    """What a proxy serves us under."""
    crowd: ClassVar[Counter[str]] = Counter()
    """How many connections each client has."""
    _taken = 0
    _head_bytes = 0
    _in_head = False
    _in_body = False
    _unread = 0
    _answering: RequestResponseCycle | None = None
    _patience: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None
    _parting: asyncio.TimerHandle | None = None
    _ignores = 0.0
    _upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, if there is room for one more connection."""
        super().connection_made(transport)
        self.crowd[self._host] += 1
        crowded = self.crowd[self._host] > self.bounds.connections_per_client
        if crowded or len(self.connections) > self.bounds.connections:
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was waited for."""
        self._wait_no_more()
        self._reads_again()
        if self._parting is not None:
            self._parting.cancel()
        self._leave_crowd()
        if self._answering is not None:
            # uvicorn tells only the last of several requests, which may not be the one at work.
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)
        # They know each other: apart, they need no collection of garbage, for which all would wait.
        self._answering = None
        self.cycle = None  # type: ignore[assignment]  # as it was before the first request

    def data_received(self, data: bytes) -> None:
        """Parse at most as much at once as a head may still have."""
        while data and not self._upgraded and not self.transport.is_closing():
            if self._parting is not None:
                # Refused before, or by what was parsed just now: nothing more is answered.
                self._ignore(len(data))
                return
            room = self.bounds.head_bytes - self._head_bytes
            self._parse(data[:room])
            data = data[room:]

    def _parse(self, data: bytes) -> None:
        taken, in_body = self._taken, self._in_body
        super().data_received(data)
        if self._upgraded:
            return
        # What is neither a whole head nor a part of a body is head: empty lines, and trailers, as
        # well. What stands beside one of these does not count: only the parser knows where it is.
        only_head = taken == self._taken
        self._head_bytes = self._head_bytes + len(data) if only_head else 0
        slow = only_head and not in_body
        if slow or self._in_head or (self._in_body and not self._is_busy()):
            self._wait()
        else:
            self._wait_no_more()
        if self._head_bytes >= self.bounds.head_bytes:
            self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        """Note that a head is under way."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self._taken += 1
        self._in_head, self._in_body = False, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a part of a body came."""
        self._taken += 1
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the next thing is a head."""
        self._in_body = False
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        if not cycle.keep_alive:
            cycle.transport = cast("asyncio.Transport", _Parting(self))
        begin = partial(super()._start_asgi_task, cycle, app)
        if cycle.scope["path"].removeprefix(self.root) in PROBES:
            begin()
        else:
            self.turns.take(self.loop, begin, partial(self._is_wanted, cycle))

    def _is_wanted(self, cycle: RequestResponseCycle) -> bool:
        """Return whether somebody still waits for that answer, as far as was noticed."""
        return not (cycle.disconnected or self.transport.is_closing())

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; it counts for its client until it ends."""
        self._upgraded = True
        self._wait_no_more()
        super().handle_websocket_upgrade()
        protocol: Any = self.transport.get_protocol()
        protocol.left = self._leave_crowd

    def _leave_crowd(self) -> None:
        self.crowd[self._host] -= 1
        if not self.crowd[self._host]:
            del self.crowd[self._host]

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours says the same in our shape
        """Refuse what is no HTTP."""
        self._refuse(BAD)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection."""
        self._close()

    def pause_writing(self) -> None:
        """Look at how fast the client reads."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """Look no more."""
        self._reads_again()
        super().resume_writing()

    def hang_up(self) -> None:
        """Let go of a client that reads more slowly than all others."""
        log.info("A client that does not read was cut off: load.unsent_bytes is spent.")
        self.transport.abort()

    def part(self) -> None:
        """Close when the answer is out, which the client must be able to hear while it sends."""
        if self._in_body:
            self._linger()
        else:
            self.transport.close()

    @property
    def _host(self) -> str:
        return self.client[0] if self.client else ""

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(self.bounds.head_timeout_s, self._waited)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _waited(self) -> None:
        self._patience = None
        if self._is_busy():
            # The rest may have been sent: nothing more is read until the answer is out.
            self._wait()
        elif self._in_head:
            self._refuse(TOO_LATE)
        else:
            self._close()

    def _watch_reader(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._stall = self.loop.call_later(self.bounds.stall_s, self._check_reader)
        self.unsent.hold(self, self._unread, self._sending())

    def _sending(self) -> Sized | None:
        """Return what holds the rest of the answer that is being sent."""
        if self._answering is None:
            return None
        exchange = self._answering.scope.get(IN_SCOPE)
        return exchange.sending if isinstance(exchange, Exchange) else None

    def _check_reader(self) -> None:
        taken = self._unread - self.transport.get_write_buffer_size()
        if taken < self.bounds.stall_bytes:
            self.transport.abort()
        else:
            self._watch_reader()

    def _reads_again(self) -> None:
        self.unsent.release(self)
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _refuse(self, status: int) -> None:
        """Answer, unless that would fall into another answer, and close: once."""
        if self._parting is not None:
            return
        if not self._is_busy() and not self.transport.is_closing():
            answer, own = routing_answer(status), request_id(None)
            headers = [*self.server_state.default_headers, *answer.headers, (HEADER, own)]
            head = Head(status, [*headers, (b"connection", b"close")])
            self.transport.write(STATUS_LINE[status] + head.lines + answer.body)
            log.info("A head was refused: %d", status, extra={"request_id": own.decode()})
            self._linger(LINGER_HEAD_BYTES)
        else:
            self._close()

    def _linger(self, ignores: float = inf) -> None:
        """Close after the client has: what is not read when a server closes takes the answer along.

        See RFC 9112, 9.6.
        """
        self._ignores = ignores
        self._parting = self.loop.call_later(self.bounds.linger_s, self._close)
        self.pipeline.clear()
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _ignore(self, size: int) -> None:
        self._ignores -= size
        if self._ignores < 0:
            self._close()

    def _close(self) -> None:
        self.transport.close()
        if self.transport.get_write_buffer_size():
            # Closing waits until the client has taken what is written; not for ever.
            self.loop.call_later(self.bounds.stall_s, self.transport.abort)


class _Parting:
    """The transport of an answer after which the connection ends."""

    def __init__(self, protocol: BoundedProtocol) -> None:
        self._protocol = protocol
        self.write = protocol.transport.write
        self.is_closing = protocol.transport.is_closing

    def close(self) -> None:
        """Close in a way that leaves the answer readable."""
        self._protocol.part()
