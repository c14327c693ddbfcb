"""Connections to the very address that was checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

import httpcore

from foveate.errors import OriginNotAllowed, SourceUnresolved
from foveate.storage.connections import WatchedStream

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses, the best first. Raises OSError when there are none."""
Admits: TypeAlias = Callable[[str, int, Address], bool]
"""Whether this host and port may be at this address."""


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks, and connects to what it checked.

    A name that changes its mind between the check and the connection (DNS rebinding) gains
    nothing: it is asked once per connection. TLS still verifies the name, because httpcore takes
    that from the URL.
    """

    def __init__(self, resolve: Resolve, admits: Admits) -> None:
        self._resolve = resolve
        self._admits = admits
        self._tcp = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first admitted address that answers; all share one timeout.

        Raises SourceUnresolved, OriginNotAllowed, or httpcore's own.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        addresses = self._admitted(host, port, await self._addresses(host, port, timeout))
        failed: Exception = httpcore.ConnectTimeout(f"{host} has no time left")
        for tried, address in enumerate(addresses):
            # A share of the time that is left, so that a dead first address leaves some.
            left = None if deadline is None else deadline - time.monotonic()
            share = None if left is None else max(left, 0.0) / (len(addresses) - tried)
            try:
                stream = await self._tcp.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as why:
                failed = why
            else:
                return WatchedStream(stream)
        raise failed

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks for between its own tries."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int, timeout_s: float | None) -> list[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            pass  # A name, then.
        try:
            async with asyncio.timeout(timeout_s):
                found = [ip_address(address) for address in await self._resolve(host, port)]
        except TimeoutError as why:
            raise httpcore.ConnectTimeout(f"{host} was not resolved in {timeout_s} s") from why
        except (OSError, ValueError) as why:
            raise SourceUnresolved(f"Expected addresses for {host!r}, got: {why}.") from why
        if not found:
            raise SourceUnresolved(f"Expected addresses for {host!r}, got none.")
        return found

    def _admitted(self, host: str, port: int, found: list[Address]) -> list[Address]:
        admitted = [address for address in found if self._admits(host, port, address)]
        if not admitted:
            raise OriginNotAllowed(
                f"Expected {host!r} to be at a public address, got {', '.join(map(str, found))}. "
                "FOVEATE_ORIGINS__ALLOW_PRIVATE=1 allows that."
            )
        return admitted
