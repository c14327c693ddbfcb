"""Connections whose reads and writes are over when the whole request is.

httpcore bounds each of them, so that a header every half second would hold a worker for ever.
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

LEAST_S: Final = 0.001
"""What is left of a request that is over: the next wait is its last."""
_UNTIL: ContextVar[float] = ContextVar("until", default=float("inf"))


@contextmanager
def over_at(until: float) -> Iterator[None]:
    """Let what this thread waits for on such connections end at that time of `time.monotonic`."""
    token = _UNTIL.set(until)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def _left(timeout: float | None) -> float:
    left = max(LEAST_S, _UNTIL.get() - time.monotonic())
    return left if timeout is None else min(timeout, left)


class HurriedStream(httpcore.NetworkStream):
    """A connection of which no wait is longer than what is left of the request."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes. Raises httpcore.ReadTimeout."""
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it. Raises httpcore.WriteTimeout."""
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return it with TLS. Raises httpcore.ConnectTimeout."""
        return HurriedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        """Return what is known of the connection beneath."""
        return self._stream.get_extra_info(info)


class HurriedBackend(httpcore.NetworkBackend):
    """Opens such connections: to addresses that are admitted, where that is asked for."""

    def __init__(self, admits: Callable[[str], bool] | None = None) -> None:
        self._backend = httpcore.SyncBackend()
        self._admits = admits

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection. Raises httpcore.ConnectTimeout and ConnectError.

        A name is resolved once: what was looked at is what is connected to.
        """
        if self._admits is not None:
            host = _admitted(host, port, self._admits)
        opened = self._backend.connect_tcp(
            host, port, _left(timeout), local_address, socket_options
        )
        return HurriedStream(opened)


def _admitted(host: str, port: int, admits: Callable[[str], bool]) -> str:
    """Return the first address of a host if all may be called. Raises httpcore.ConnectError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as why:
        raise httpcore.ConnectError(f"{host} was not resolved: {why}") from why
    addresses = [str(each[4][0]) for each in found]
    if not all(map(admits, addresses)):
        # Not at which one it is: who named the host may be no friend.
        wanted = f"Expected {host} at a public address, or FOVEATE_ORIGINS__ALLOW_PRIVATE set"
        raise httpcore.ConnectError(wanted)
    return addresses[0]
