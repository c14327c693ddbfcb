"""Who is told of every request that is over: the access log, OpenTelemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from foveate.errors import BadInstallation
from foveate.server.logs import AccessLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.server.exchange import Exchange
    from foveate.settings import Server

CURE: Final = "pip install 'foveate[otel]'"


class Observer(Protocol):
    """One of them."""

    def __call__(self, exchange: Exchange) -> None:
        """Take note. It happens on the event loop, once the answer is out."""
        ...

    async def close(self, timeout_s: float) -> None:
        """Pass on what was noted, in that time."""
        ...


def observers(server: Server) -> Iterator[Observer]:
    """Yield those that the settings ask for. Raises BadInstallation or BadSettings."""
    if server.access_log:
        yield AccessLog()
    if server.otel:
        yield _telemetry()


def _telemetry() -> Observer:
    try:
        from foveate.server.otel import Telemetry  # noqa: PLC0415 - an extra
    except ImportError as why:
        sentence = f"server.otel is on, and {why.name} is not installed. Install it: {CURE}"
        raise BadInstallation(sentence, public=sentence) from why
    return Telemetry()
