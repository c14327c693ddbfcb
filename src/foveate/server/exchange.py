"""One request and its answer, as the access log, OpenTelemetry and the ledger tell of it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.ledger.amounts import Name
from foveate.options.signing import UNSIGNED
from foveate.server.request_id import HEADER, request_id
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sized

    from starlette.types import Message, Scope, Send

IN_SCOPE: Final = "foveate.exchange"
OTHER: Final = "other"
KEYED: Final = re.compile(r"(/api/v1/static/)[^/]+")


@dataclass(slots=True, kw_only=True)
class Exchange:
    """What is known of a request when it comes, and, at its end, what became of it."""

    id: str
    method: str
    path: str
    """As it was sent, percent-encoded. Without the query, which may hold signatures."""
    headers: Mapping[bytes, bytes]
    started_s: float = field(default_factory=time.perf_counter)
    """By `time.perf_counter`, as in its trace."""
    trace: Trace = field(default_factory=Trace)
    route: str = OTHER
    """Which door answered: few different words."""
    key: str = UNSIGNED
    """Who is charged: the name of the key that asked, or what those without one are called."""
    options_class: str = ""
    """What kind of rendition was asked for; empty where none was."""
    bytes_stored: int = 0
    """Of what was made for it and kept."""
    bytes_saved: int = 0
    """Of the original that need not be read for it, because a cache had the rendition."""
    cache: str = ""
    """Whether the rendition was there: hit or miss; empty where none was answered."""
    status: int = 0
    """0 as long as nothing was answered."""
    error: str = ""
    """The class of what went wrong, where something did."""
    body_bytes: int = 0
    """Of the answer's body, as far as it was sent."""
    seconds: float = 0.0
    sending: Sized | None = None
    """What holds the bytes of an answer of which only a part was handed over."""

    @property
    def name(self) -> Name:
        """Return what the ledger charges it under."""
        return Name(self.key, self.route, self.options_class)


def begin(scope: Scope) -> Exchange:
    """Return what is known of a request that came, for `exchange_of` as well."""
    headers = dict(scope["headers"])
    exchange = Exchange(
        id=request_id(headers.get(HEADER)).decode(),
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        headers=headers,
    )
    scope[IN_SCOPE] = exchange
    return exchange


def exchange_of(scope: Scope) -> Exchange:
    """Return what `begin` returned for that request."""
    exchange: Exchange = scope[IN_SCOPE]
    return exchange


def hide_key(exchange: Exchange) -> None:
    """Let no log tell the key that stands in the path of a picture, as CompreFace has them."""
    exchange.path = KEYED.sub(r"\1***", exchange.path)


def noting(exchange: Exchange, send: Send) -> Send:
    """Return what sends an answer with the request's id, and notes what it is."""

    async def noted(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            headers = [(HEADER, exchange.id.encode()), *message.get("headers", ())]
            message = {**message, "headers": headers}
        elif exchange.method != "HEAD":
            body = message.get("body", b"")
            exchange.body_bytes += len(body)
            exchange.sending = getattr(body, "obj", None) if message.get("more_body") else None
        await send(message)

    return noted
