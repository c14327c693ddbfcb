"""The last failures, for who looks at the status: what was asked, by its pattern, and what came."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate import errors
from foveate.server.errors import ROUTING

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.server.exchange import Exchange

MOST: Final = 50
REFUSED: Final = 400
LEFT: Final = errors.ClientDisconnected.__name__
"""Whoever leaves, such as for another picture, is no failure of ours."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One answer that was none. The address stays out: it may be somebody's."""

    time: float
    """Seconds since 1970, UTC."""
    route: str
    status: int
    error: str
    """Its class, empty where none has one."""
    request: str
    """Its id, by which logs name it."""
    ms: float


@dataclass(frozen=True, slots=True)
class Recent:
    """Remembers the last failures."""

    clock: Callable[[], float] = time.time
    _kept: deque[Failure] = field(default_factory=lambda: deque(maxlen=MOST), init=False)

    def __call__(self, exchange: Exchange) -> None:
        """Take note."""
        if exchange.status >= REFUSED and exchange.error != LEFT:
            ms = round(exchange.seconds * 1000, 1)
            error = exchange.error or ROUTING.get(exchange.status, ("",))[0]
            what = (exchange.route, exchange.status, error, exchange.id)
            self._kept.append(Failure(self.clock(), *what, ms))

    def to_json(self) -> list[dict[str, Any]]:
        """Return them, the last first."""
        return [asdict(failure) for failure in reversed(self._kept)]
