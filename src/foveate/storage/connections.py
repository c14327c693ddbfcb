"""Connections to origins that are kept alive, and a second try where one was closed meanwhile.

An origin may close an idle connection at the moment in which the next request is sent over it. Then
nothing came back that would say whether the origin is well, so a request that changes nothing, such
as each of ours, is sent once more.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Sequence

MAX_CONNECTIONS: Final = 100
KEEPALIVE_S: Final = 15.0


class ClosedWhileIdle(httpcore.ReadError):
    """A connection that had served was closed before a byte of the next answer came."""


class WatchedStream(httpcore.AsyncNetworkStream):
    """A connection that can tell whether it was closed while it lay idle."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        # Whether an answer came before the latest request, and whether something came since.
        self._served = self._heard = False

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, and take what comes from now on for another answer."""
        self._served, self._heard = self._served or self._heard, False
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
        return data

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
                max_connections=MAX_CONNECTIONS,
                max_keepalive_connections=kept,
                keepalive_expiry=KEEPALIVE_S,
                network_backend=backend,
            )

        self._kept = pool(MAX_CONNECTIONS)
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
            yield response

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        await self._kept.aclose()
        await self._new.aclose()
