"""Names to addresses, in threads, so that a few domains that answer slowly hold up nobody else.

Those of many domains can take all threads; others wait then no longer than they do to connect.
"""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from foveate.storage.flight import SingleFlight
from foveate.storage.gates import Gates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    LookUp: TypeAlias = Callable[[str, int], Sequence[str]]

THREADS: Final = 32
OF_ONE_DOMAIN: Final = 2
"""Threads that may wait for the servers of one domain, whatever stands before it in the name."""
KEPT_S: Final = 3.0
"""So long an answer holds, also that there is none: enough for a crowd, too short for a cache."""
MAX_KEPT: Final = 1024
RESOLVERS: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="resolve")
"""Its own threads: names that resolve slowly must not hold up those that read files."""


def system_look_up(host: str, port: int) -> list[str]:
    """Return the addresses that the operating system knows for a name. Blocks; raises OSError."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name had for addresses, and until when that holds."""

    addresses: Sequence[str]
    why: str
    """Why there are none."""
    until: float


class Names:
    """Asks for each name once at a time, and for few names of one domain."""

    def __init__(
        self, look_up: LookUp = system_look_up, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look_up = look_up
        self._clock = clock
        self._flight = SingleFlight()
        self._domains = Gates(OF_ONE_DOMAIN)
        self._threads = Gates(THREADS)
        self._answers: dict[str, Answer] = {}

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses, the best first. Raises OSError when there are none."""
        answer = self._answers.get(host)
        if answer is None or answer.until <= self._clock():
            answer = await self._flight.run(host, partial(self._ask, host, port))
        if answer.why:
            raise OSError(answer.why)
        return answer.addresses

    async def _ask(self, host: str, port: int) -> Answer:
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(self._domains.of(domain(host)))
            await turn.enter_async_context(self._threads.of("all"))
            # A thread cannot be stopped: whoever leaves it behind leaves it its place.
            asked = asyncio.ensure_future(self._look(host, port, turn.pop_all()))
            return await asyncio.shield(asked)

    async def _look(self, host: str, port: int, turn: AsyncExitStack) -> Answer:
        addresses: Sequence[str] = ()
        why = ""
        async with turn:
            loop = asyncio.get_running_loop()
            try:
                addresses = await loop.run_in_executor(RESOLVERS, self._look_up, host, port)
            except (OSError, ValueError) as error:  # a ValueError from names that no server takes
                why = str(error) or type(error).__name__
        answer = Answer(addresses, why, self._clock() + KEPT_S)
        self._keep(host, answer)
        return answer

    def _keep(self, host: str, answer: Answer) -> None:
        self._answers.pop(host, None)
        if len(self._answers) >= MAX_KEPT:
            del self._answers[next(iter(self._answers))]
        self._answers[host] = answer


def domain(host: str) -> str:
    """Return the end of a name that one owner has, as far as that can be told without a list.

    Under a public suffix of two labels, such as co.uk, owners share a bound.
    """
    return ".".join(host.split(".")[-2:])
