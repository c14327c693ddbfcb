"""Hits, answered where the request is parsed: without a scope, a task, and a cycle of messages.

What is not quite ordinary goes the slow path, through uvicorn and the ASGI application, which
gives the same answer. This file and `bounds` are the only ones that know what uvicorn has inside,
and `uvicorn_check` looks whether it is there.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from foveate.server.answer import SLICE_BYTES
from foveate.server.bounds import BoundedProtocol, Bounds
from foveate.server.exchange import Exchange
from foveate.server.image import ROUTE
from foveate.server.request_id import HEADER, request_id
from foveate.server.response_cache import by_single_name
from foveate.server.turns import Turns
from foveate.server.unsent import Unsent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.server.image import Images
    from foveate.server.observers import Observer
    from foveate.server.response_cache import Hit

log = logging.getLogger("foveate.server")

METHODS: Final = frozenset({b"GET", b"HEAD"})
UNUSUAL: Final = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
"""Headers of requests that have a body, or that want more than an answer."""


class HitsProtocol(HttpToolsProtocol):
    """One connection, whose requests are answered from `images` as far as that has them ready."""

    images: ClassVar[Images]
    observers: ClassVar[Sequence[Observer]] = ()

    def on_message_begin(self) -> None:
        """Take up a request with what a hit needs; `_begin` makes up for the rest."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Answer at once, or begin the slow path."""
        started = time.perf_counter()
        headers = by_single_name(self.headers)
        hit = self._find(headers) if headers is not None else None
        if hit is None or headers is None:
            self._begin()
            super().on_headers_complete()
        else:
            self._write(hit, headers, started)

    def on_message_complete(self) -> None:
        """End the request of the slow path, if there was one on this connection."""
        if self.cycle is not None:
            super().on_message_complete()

    def _begin(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)

    def _find(self, headers: Mapping[bytes, bytes]) -> Hit | None:
        if not headers.keys().isdisjoint(UNUSUAL) or not self._is_ready():
            return None
        path, _, query = self.url.partition(b"?")
        wants_body = self.parser.get_method() == b"GET"
        try:
            hit = self.images.hit((path, query), headers, body=wants_body)
        except Exception:
            # A bug must not look like a broken request; the slow path answers for it.
            own = request_id(headers.get(HEADER))
            log.exception("%r failed unexpectedly", self.url, extra={"request_id": own.decode()})
            self.headers.append((HEADER, own))
            return None
        # What is written here is copied; the slow path sends slices of what all share.
        return hit if hit is None or len(hit.body) <= SLICE_BYTES else None

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

    def _write(self, hit: Hit, headers: Mapping[bytes, bytes], started: float) -> None:
        head, body, own = hit.head, hit.body, request_id(headers.get(HEADER))
        # The date among them, which uvicorn renews every second.
        common = [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
        common.append(b"x-request-id: %b\r\n" % own)
        self.transport.write(b"".join((STATUS_LINE[head.status], *common, head.lines, body)))
        seconds = time.perf_counter() - started
        self.images.count_hit(hit, seconds)
        if self.observers:
            exchange = self._exchange(own, headers, started)
            exchange.status, exchange.body_bytes, exchange.seconds = head.status, len(body), seconds
            for observe in self.observers:
                observe(exchange)
        self.on_response_complete()

    def _exchange(self, own: bytes, headers: Mapping[bytes, bytes], started: float) -> Exchange:
        return Exchange(
            id=own.decode(),
            method=self.parser.get_method().decode(),
            path=self.url.partition(b"?")[0].decode("latin-1"),
            headers=headers,
            started_s=started,
            route=ROUTE,
            cache="hit",
        )


def protocol(
    images: Images, bounds: Bounds, observers: Sequence[Observer] = (), root: str = ""
) -> type[HitsProtocol]:
    """Return the protocol for uvicorn that answers from `images`, within `bounds`.

    `root` is what a proxy serves us under.
    """
    own = {
        "images": images,
        "bounds": bounds,
        "observers": observers,
        "unsent": Unsent(bounds.unsent_bytes),
        "turns": Turns(),
        "root": root,
        "crowd": Counter[str](),
    }
    return type("FoveateProtocol", (BoundedProtocol, HitsProtocol), own)
