"""Hits, answered where the request is parsed: without a scope, a task, and a cycle of messages.

What is not quite ordinary goes the slow path, through uvicorn and the ASGI application, which
gives the same answer. This file and `bounds` are the only ones that know what uvicorn has inside,
and `footing` looks whether it is there.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, ClassVar, Final

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from foveate.server.bounds import BoundedProtocol, Bounds
from foveate.server.response_cache import by_single_name

if TYPE_CHECKING:
    from foveate.server.image import Images
    from foveate.server.response_cache import Hit

log = logging.getLogger("foveate.server")

METHODS: Final = frozenset({b"GET", b"HEAD"})
UNUSUAL: Final = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
"""Headers of requests that have a body, or that want more than an answer."""


class HitsProtocol(HttpToolsProtocol):
    """One connection, whose requests are answered from `images` as far as that has them ready."""

    images: ClassVar[Images]

    def on_message_begin(self) -> None:
        """Take up a request with what a hit needs; `_begin` makes up for the rest."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Answer at once, or begin the slow path."""
        started = time.perf_counter()
        hit = self._find()
        if hit is None:
            self._begin()
            super().on_headers_complete()
        else:
            self._write(hit, started)

    def on_message_complete(self) -> None:
        """End the request of the slow path, if there was one on this connection."""
        if self.cycle is not None:
            super().on_message_complete()

    def _begin(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)

    def _find(self) -> Hit | None:
        headers = by_single_name(self.headers)
        if headers is None or not headers.keys().isdisjoint(UNUSUAL) or not self._is_ready():
            return None
        path, _, query = self.url.partition(b"?")
        try:
            return self.images.hit((path, query), headers)
        except Exception:
            # A bug must not look like a broken request; the slow path answers for it.
            log.exception("%r failed unexpectedly", self.url)
            return None

    def _is_ready(self) -> bool:
        """Return whether this is plain HTTP/1.1, no answer is under way, and the client reads."""
        parser, cycle = self.parser, self.cycle
        return (
            (cycle is None or cycle.response_complete)
            and parser.get_method() in METHODS
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not self.transport.is_closing()
            and self.transport.get_write_buffer_size() <= HIGH_WATER_LIMIT
        )

    def _write(self, hit: Hit, started: float) -> None:
        head = hit.head
        body = b"" if self.parser.get_method() == b"HEAD" else hit.body
        # The date among them, which uvicorn renews every second.
        common = [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
        self.transport.write(b"".join((STATUS_LINE[head.status], *common, head.lines, body)))
        self.images.count(head.status, len(body), time.perf_counter() - started)
        self.on_response_complete()


def protocol(images: Images, bounds: Bounds) -> type[HitsProtocol]:
    """Return the protocol for uvicorn that answers from `images`, within `bounds`."""
    return type(
        "FoveateProtocol", (BoundedProtocol, HitsProtocol), {"images": images, "bounds": bounds}
    )
