"""Connections to origins that are kept alive, and a second try where one was closed meanwhile.

What comes after the end of an answer is nobody's: a connection with such bytes is not used again,
or they would be taken for the answer to the next request.

An origin may close an idle connection at the moment in which the next request is sent over it. Then
nothing came back that would say whether the origin is well, so a request that changes nothing, such
as each of ours, is sent once more.
"""

from __future__ import annotations

import ssl
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpcore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

MAX_KEPT: Final = 100
"""Connections that lie idle. Those at work are bounded by who asks: leases and gates."""
MAX_HEAD: Final = 64 * 1024
"""Bytes until an answer has begun, with all 1xx answers before it."""
KEEPALIVE_S: Final = 15.0


class ClosedWhileIdle(httpcore.ReadError):
    """A connection that had served was closed before a byte of the next answer came."""


class WatchedStream(httpcore.AsyncNetworkStream):
    """A connection that can tell whether it was closed while it lay idle."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        # Whether an answer came before the latest request, and whether something came since.
        self._served = self._heard = False
        # How many bytes of a head may still come; None once it is there.
        self._head_left: int | None = None
        self._was_full = False

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, and take what comes from now on for another answer."""
        self._served, self._heard = self._served or self._heard, False
        self._head_left = MAX_HEAD
        await self._stream.write(buffer, timeout)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came, or nothing at the end. Raises ClosedWhileIdle for a sudden end."""
        try:
            data = await self._stream.read(max_bytes, timeout)
        except httpcore.ReadError as why:
            if self._lay_idle():
                raise ClosedWhileIdle(str(why)) from why
            raise
        if not data and self._lay_idle():
            raise ClosedWhileIdle("the origin closed a connection that was kept alive")
        self._heard = True
        self._was_full = len(data) >= max_bytes
        self._count(len(data))
        return data

    def begin_body(self) -> None:
        """Take what comes from now on for the body, which others bound."""
        self._head_left = None

    def has_more(self) -> bool:
        """Tell whether bytes may have come that nobody read, beside those in the socket."""
        return self._was_full or _is_decrypted(self.get_extra_info("ssl_object"))

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return the same connection, encrypted and watched."""
        secure = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return WatchedStream(secure)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        """Return what the connection says about itself."""
        return self._stream.get_extra_info(info)

    def _count(self, size: int) -> None:
        if self._head_left is None:
            return
        # The head that ends within the bounds may have the beginning of its body behind it.
        if self._head_left <= 0:
            raise httpcore.RemoteProtocolError(f"Expected a head of {MAX_HEAD} bytes, got more")
        self._head_left -= size

    def _lay_idle(self) -> bool:
        return self._served and not self._heard


class Connections:
    """The connections of one event loop."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        # Made once: httpcore would read all certificates anew for each connection.
        trust = httpcore.default_ssl_context()

        def pool(kept: int) -> httpcore.AsyncConnectionPool:
            return httpcore.AsyncConnectionPool(
                ssl_context=trust,
                max_connections=None,
                max_keepalive_connections=kept,
                keepalive_expiry=KEEPALIVE_S,
                network_backend=backend,
            )

        self._kept = pool(MAX_KEPT)
        # Others that are kept may have been closed by now as well: a second try takes none of them.
        self._new = pool(0)

    @asynccontextmanager
    async def get(
        self, url: httpcore.URL, headers: Sequence[tuple[str, str]], timeouts: dict[str, float]
    ) -> AsyncIterator[httpcore.Response]:
        """Yield the answer. `timeouts` are httpcore's, for each of at most two tries."""

        async def answer(pool: httpcore.AsyncConnectionPool) -> httpcore.Response:
            asked = pool.stream("GET", url, headers=headers, extensions={"timeout": timeouts})
            return await stack.enter_async_context(asked)

        async with AsyncExitStack() as stack:
            try:
                response = await answer(self._kept)
            except ClosedWhileIdle:
                response = await answer(self._new)
            async with _ended(response):
                yield response

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        await self._kept.aclose()
        await self._new.aclose()


@asynccontextmanager
async def _ended(response: httpcore.Response) -> AsyncIterator[None]:
    """Close the connection in the end if it holds more than this answer."""
    stream = response.extensions["network_stream"]
    if not isinstance(stream, WatchedStream):
        raise httpcore.RemoteProtocolError("Expected HTTP/1.1, got another protocol")
    stream.begin_body()
    try:
        yield
    finally:
        if stream.has_more() or _has_surplus(response):
            await stream.aclose()


def _has_surplus(response: httpcore.Response) -> bool:
    """Tell whether httpcore holds bytes that came behind the end of an answer.

    It would read the next answer from them, and says nowhere that it has them. Where it has changed
    inside, any connection counts as having such bytes, and none is kept.
    """
    try:
        parser = response.stream._stream._connection._h11_state  # type: ignore[union-attr]  # noqa: SLF001
        return bool(parser.trailing_data[0])
    except AttributeError:
        return True


def _is_decrypted(secured: ssl.SSLObject | None) -> bool:
    """Tell whether bytes came that TLS still holds; they are gone then, with their connection."""
    if secured is None:
        return False
    try:
        return bool(secured.read(1))
    except ssl.SSLError:
        return False
