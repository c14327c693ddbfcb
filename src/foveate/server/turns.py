"""In which order a crowd is answered: one by one, and whoever needs no work in between.

Whoever has left before it is his turn costs nothing but being passed over.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

AT_ONCE: Final = 1
"""How many are begun before the loop looks again at who has come: with more, the kernel's copying
of large answers to a crowd keeps others waiting."""
NOTICED_AFTER: Final = 2
"""Rounds. In the first the loop has not looked at the connection again: who asks and closes at once
looks like somebody who waits."""


class _Waiting(NamedTuple):
    since: int
    begin: Callable[[], None]
    is_wanted: Callable[[], bool]


class Turns:
    """Begins what was asked for in the order in which it came, `AT_ONCE` in each round of the loop.

    A loop begins all that has come before it looks for more, so that a crowd of hundreds keeps hits
    and probes waiting for as long as it takes to answer every one of them.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._rounds = 0
        self._goes_on = False

    def take(
        self,
        loop: asyncio.AbstractEventLoop,
        begin: Callable[[], None],
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Let `loop` call `begin` when it is its turn, unless it is not wanted any more by then."""
        self._waiting.append(_Waiting(self._rounds, begin, is_wanted))
        self._go_on(loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and not self._goes_on:
            self._goes_on = True
            loop.call_soon(self._round, loop)

    def _round(self, loop: asyncio.AbstractEventLoop) -> None:
        self._rounds += 1
        left = AT_ONCE
        try:
            while left and self._waiting and self._is_next():
                turn = self._waiting.popleft()
                if turn.is_wanted():
                    left -= 1
                    turn.begin()
        finally:
            # Whatever went wrong with one of them, the others still wait.
            self._goes_on = False
            self._go_on(loop)

    def _is_next(self) -> bool:
        return self._rounds - self._waiting[0].since >= NOTICED_AFTER
