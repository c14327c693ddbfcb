"""What clients have not taken yet, over all connections: the slowest ones pay when it is much."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sized


class Reader(Protocol):
    """One client that is behind."""

    def hang_up(self) -> None:
        """Let go of all that it has not taken."""
        ...


class _Held(NamedTuple):
    own: int
    shared: Sized | None


class Unsent:
    """Bounds what is in memory for clients that do not read, whatever they asked for.

    What many are sent from the same bytes counts once.
    """

    def __init__(self, max_bytes: int) -> None:
        self.total = 0
        self._max_bytes = max_bytes
        self._held: dict[Reader, _Held] = {}
        """Those who took nothing for longest come first."""
        self._sharers: Counter[int] = Counter()

    def hold(self, reader: Reader, own: int, shared: Sized | None) -> None:
        """Count `own` bytes and those it shares with others, and hang up on the slowest readers."""
        self.release(reader)
        self._held[reader] = _Held(own, shared)
        self.total += own
        if shared is not None:
            self._sharers[id(shared)] += 1
            self.total += len(shared) if self._sharers[id(shared)] == 1 else 0
        while self.total > self._max_bytes:
            slowest = next(iter(self._held))
            self.release(slowest)
            slowest.hang_up()

    def release(self, reader: Reader) -> None:
        """Count it no more: it has read, or left."""
        own, shared = self._held.pop(reader, _Held(0, None))
        self.total -= own
        if shared is not None:
            self._sharers[id(shared)] -= 1
            if not self._sharers[id(shared)]:
                del self._sharers[id(shared)]
                self.total -= len(shared)
