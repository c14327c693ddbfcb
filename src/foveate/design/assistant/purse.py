"""What a key may spend on language models: a port, and the purse that never ends."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager


class Held(Protocol):
    """Money that is kept for a call until it is known what that cost."""

    paid: float
    """To be set, also where the call came to nothing."""


@dataclass(slots=True)
class Unheld:
    """A call that may cost what it does."""

    paid: float = 0.0


class Purse(Protocol):
    """Who lets keys spend."""

    def held(self, key: str, at_most: float) -> AbstractAsyncContextManager[Held]:
        """Keep so much of a key while it is asked. Raises AllowanceSpent before anything is."""


class Endless:
    """Lets everybody spend."""

    @asynccontextmanager
    async def held(self, key: str, at_most: float) -> AsyncIterator[Held]:  # noqa: ARG002
        """Keep nothing."""
        yield Unheld()


ENDLESS: Final = Endless()
