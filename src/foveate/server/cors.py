"""Which pages of other sites may read our answers (Fetch standard, the CORS protocol)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.server.answer import Answer, Headers, encode_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Send

ANY: Final = "*"
READABLE: Final = (
    "Cache-Status, Cf-Resized, ETag, Foveate-Adaptive, Foveate-Gravity, Foveate-Moderated, "
    "Foveate-Note, Foveate-Quality, Server-Timing, Warning, X-Request-Id"
)
"""What pages see beside the headers that they always see."""
PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": (
        "Authorization, Content-Type, If-None-Match, X-Api-Key, X-Request-Id"
    ),
    "access-control-max-age": "86400",
}
IN_ANSWERS: Final = frozenset({b"access-control-allow-origin", b"access-control-expose-headers"})


@dataclass(frozen=True, slots=True)
class Cors:
    """Lets pages of some origins read answers, of any with `*`, of none when empty."""

    allowed: tuple[str, ...]

    @property
    def vary(self) -> tuple[str, ...]:
        """Return the request headers that answers depend on."""
        return ("Origin",) if self.allowed and ANY not in self.allowed else ()

    def headers(self, asked: Mapping[bytes, bytes]) -> Headers:
        """Return what lets the page that asked read the answer: nothing where it may not."""
        origin = asked.get(b"origin", b"").decode("latin-1")
        if ANY not in self.allowed and origin not in self.allowed:
            return []
        pairs = {
            "access-control-allow-origin": ANY if ANY in self.allowed else origin,
            "access-control-expose-headers": READABLE,
        }
        return encode_headers(pairs.items())

    def picture_headers(self, asked: Mapping[bytes, bytes], *, shared: bool) -> Headers:
        """Return the same for a picture, which its origin may have `shared` with any page.

        That is passed on where nothing is set here, as Cloudflare does.
        """
        return (Cors((ANY,)) if shared and not self.allowed else self).headers(asked)

    def answered(self, asked: Mapping[bytes, bytes]) -> Headers:
        """Return `headers` and, where they depend on who asks, `Vary`."""
        return self.headers(asked) + encode_headers(("vary", name) for name in self.vary)

    def preflight(self, asked: Mapping[bytes, bytes]) -> Answer | None:
        """Return the answer to a browser that asks before it sends, or None if it may not."""
        if b"access-control-request-method" not in asked or not self.headers(asked):
            return None
        return Answer(204, self.answered(asked) + encode_headers(PREFLIGHT.items()))

    def applied(self, asked: Mapping[bytes, bytes], send: Send) -> Send:
        """Return what sends answers with these headers."""
        more = self.answered(asked)

        async def applied(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        return applied if more else send
