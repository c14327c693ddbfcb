"""In which order a crowd is answered: one by one, and whoever needs no work in between."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

AT_ONCE: Final = 1
"""How many are begun before the loop looks again at who has come: with more, the kernel's copying
of large answers to a crowd keeps others waiting."""


class Turns:
    """Begins what was asked for in the order in which it came, `AT_ONCE` in each round of the loop.

    A loop begins all that has come before it looks for more, so that a crowd of hundreds keeps hits
    and probes waiting for as long as it takes to answer every one of them.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._goes_on = False

    def take(self, loop: asyncio.AbstractEventLoop, begin: Callable[[], None]) -> None:
        """Let `loop` call `begin` when it is its turn."""
        self._waiting.append(begin)
        self._go_on(loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and not self._goes_on:
            self._goes_on = True
            loop.call_soon(self._round, loop)

    def _round(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for _ in range(min(AT_ONCE, len(self._waiting))):
                self._waiting.popleft()()
        finally:
            # Whatever went wrong with one of them, the others still wait.
            self._goes_on = False
            self._go_on(loop)
