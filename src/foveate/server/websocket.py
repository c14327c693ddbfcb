"""WebSockets, within the bounds of connections: imported for the first who opens one.

uvicorn speaks the protocol. What a client sends is bounded by us, as nobody has much to say here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

MOST_BYTES: Final = 4096
"""Of a message: clients listen."""
PING_S: Final = 20.0


def websocket(**given: Any) -> asyncio.Protocol:  # noqa: ANN401 - as uvicorn makes protocols
    """Return the protocol of one WebSocket."""
    made: asyncio.Protocol = _kind()(**given)
    return made


@lru_cache(1)
def _kind() -> Any:  # noqa: ANN401 - a class that is made when it is first needed
    from uvicorn.protocols.websockets.websockets_sansio_impl import (  # noqa: PLC0415
        WebSocketsSansIOProtocol,
    )

    class Socket(WebSocketsSansIOProtocol):
        """Tells the connection that it was before of its end."""

        left: Callable[[], None]

        async def send(self, message: Any) -> None:  # noqa: ANN401 - as ASGI has it
            await super().send(message)
            # A refusal is an answer: uvicorn logs an error for whom it knows no handshake of.
            self.handshake_complete |= self.close_sent

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self.left()

    return Socket
