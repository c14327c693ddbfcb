"""A client that sends a body: how fast it does, and whether it is still listened to."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from foveate.errors import BodyTooSlow

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message

INSTANT_S: Final = 0.001
"""What came in less time tells no speed."""


class Sender:
    """Receives one body. Its speed counts the time in which it was waited for."""

    def __init__(self, request: Request) -> None:
        self.client = request.client.host if request.client else ""
        self.whole = False
        self._receive = request.receive
        self._bytes = 0
        self._seconds = INSTANT_S
        self._patience: asyncio.Timeout | None = None
        self._given_up = False

    @property
    def bytes_per_s(self) -> float:
        """Return how fast the body came so far."""
        return self._bytes / self._seconds

    def give_up(self) -> None:
        """Let whoever receives it raise BodyTooSlow: it came more slowly than another one."""
        self._given_up = True
        if self._patience is not None:
            self._patience.reschedule(0)

    async def receive(self, within_s: float) -> Message:
        """Return the next part. Raises BodyTooSlow when it does not come in time."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(0 if self._given_up else within_s) as self._patience:
                message = await self._receive()
        except TimeoutError as why:
            raise BodyTooSlow from why
        finally:
            self._patience = None
            self._seconds += time.monotonic() - began
        self._bytes += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        return message
