"""The front for servers that send answers on to another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from foveate.server.asgi import Front


@dataclass(frozen=True, slots=True)
class InBytes:
    """The front, with bodies that can be sent to another process: views of a cache cannot."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_bytes(message: Message) -> None:
            body = message.get("body", b"")
            await send(message if isinstance(body, bytes) else {**message, "body": bytes(body)})

        await self.front(scope, receive, send_bytes)
