"""What one connection may cost: bytes and seconds of a head, seconds of not reading, and a place.

uvicorn bounds none of these. It reads heads of any length, waits for them for ever, and keeps an
answer in memory for a client that never takes it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from foveate.server.errors import routing_answer
from foveate.server.request_id import HEADER, request_id
from foveate.server.response_cache import Head

if TYPE_CHECKING:
    import asyncio

    from uvicorn._types import ASGI3Application
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

log = logging.getLogger("foveate.server")

BAD: Final = 400
TOO_LATE: Final = 408
TOO_LARGE: Final = 431


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a client may ask of us before it has asked for anything."""

    head_bytes: int = 32 * 1024
    head_timeout_s: float = 10.0
    stall_s: float = 30.0
    """How long a client may take for `stall_bytes` of an answer."""
    stall_bytes: int = 32 * 1024
    connections: int = 10_000


class BoundedProtocol(HttpToolsProtocol):
    """A connection that ends when its client goes beyond the bounds."""

    bounds: ClassVar[Bounds] = Bounds()
    _taken = 0
    _head_bytes = 0
    _in_head = False
    _in_body = False
    _unread = 0
    _answering: RequestResponseCycle | None = None
    _patience: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, if there is room for one more connection."""
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was waited for."""
        self._wait_no_more()
        self._reads_again()
        if self._answering is not None:
            # uvicorn tells only the last of several requests, which may not be the one at work.
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse at most as much at once as a head may still have."""
        while data and not self.transport.is_closing():
            room = self.bounds.head_bytes - self._head_bytes
            self._parse(data[:room])
            data = data[room:]

    def _parse(self, data: bytes) -> None:
        taken, in_body = self._taken, self._in_body
        super().data_received(data)
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
        super()._start_asgi_task(cycle, app)

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

    def _check_reader(self) -> None:
        taken = self._unread - self.transport.get_write_buffer_size()
        if taken < self.bounds.stall_bytes:
            self.transport.abort()
        else:
            self._watch_reader()

    def _reads_again(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _refuse(self, status: int) -> None:
        """Answer, unless that would fall into another answer, and close."""
        if not self._is_busy() and not self.transport.is_closing():
            answer, own = routing_answer(status), request_id(None)
            headers = [*self.server_state.default_headers, *answer.headers, (HEADER, own)]
            head = Head(status, [*headers, (b"connection", b"close")])
            self.transport.write(STATUS_LINE[status] + head.lines + answer.body)
            log.info("A head was refused: %d", status, extra={"request_id": own.decode()})
        self._close()

    def _close(self) -> None:
        self.transport.close()
        if self.transport.get_write_buffer_size():
            # Closing waits until the client has taken what is written; not for ever.
            self.loop.call_later(self.bounds.stall_s, self.transport.abort)
