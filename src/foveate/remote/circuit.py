"""When to call again what did not answer: arithmetic on times, without a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

ATTEMPTS: Final = 3
"""How often one call is made, if there is time."""
FIRST_S: Final = 0.05
LONGEST_S: Final = 1.0
"""Waits between two attempts."""
ENOUGH: Final = 3
"""Failures in a row after which nobody waits any more."""
OPEN_S: Final = 0.5
OPEN_MOST_S: Final = 8.0
"""For how long a broken circuit is left alone: twice as long after each trial that fails."""


def backoff_s(attempt: int, draw: float) -> float:
    """Return how long to wait after a failed attempt, the first of which is 0.

    It doubles, and `draw`, 0..1, takes up to half of it away: so that not all callers come back at
    once.

    >>> backoff_s(0, 0.0), backoff_s(1, 0.0), backoff_s(1, 1.0), backoff_s(9, 0.0)
    (0.05, 0.1, 0.05, 1.0)
    """
    return float(min(LONGEST_S, FIRST_S * 2**attempt) * (1 - draw / 2))


@dataclass(frozen=True, slots=True)
class Circuit:
    """How calls to one stage went. Times are seconds of one clock."""

    failures: int = 0
    """In a row."""
    not_before: float = 0.0
    """No call is made until then."""

    @property
    def broken(self) -> bool:
        """Return whether it is taken to be away until a trial says otherwise."""
        return self.failures >= ENOUGH

    def lets_call(self, now: float) -> bool:
        """Return whether a call may be made."""
        return not self.broken or now >= self.not_before

    def calling(self, now: float) -> Circuit:
        """Return the circuit while a call is made: of a broken one, it is the only trial."""
        return replace(self, not_before=now + OPEN_S) if self.broken else self

    def failed(self, now: float) -> Circuit:
        """Return the circuit after a failure.

        >>> Circuit().failed(1.0).failed(1.0).failed(1.0)
        Circuit(failures=3, not_before=1.5)
        """
        count = self.failures + 1
        alone_s = min(OPEN_MOST_S, OPEN_S * 2 ** max(0, min(count - ENOUGH, 16)))
        return Circuit(count, now + alone_s if count >= ENOUGH else 0.0)


class StageState(NamedTuple):
    """How calls to one stage go."""

    name: str
    """What it is called in settings."""
    address: str
    answers: bool
    """False while its circuit is broken: it is called now and then, to see whether it is back."""
    since: float
    """Seconds since 1970, UTC; until its first failures, when this process began."""
