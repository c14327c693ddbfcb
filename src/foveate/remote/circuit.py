"""When to call again what did not answer: arithmetic on times, without a clock of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

ATTEMPTS: Final = 3
"""How often one call is made, if there is time."""
FIRST_S: Final = 0.05
LONGEST_S: Final = 1.0
"""Waits between two attempts."""
ENOUGH: Final = 3
"""Failures in a row after which nobody waits any more."""
HUNG_S: Final = 2.0
"""Who hears nothing for so long, while nobody else does, need not be followed by others."""
OPEN_S: Final = 0.5
OPEN_MOST_S: Final = 8.0
"""For how long a broken circuit is left alone: twice as long after the end of each trial that
fails."""


def backoff_s(attempt: int, draw: float) -> float:
    """Return how long to wait after a failed attempt, the first of which is 0.

    It doubles, and `draw`, 0..1, takes up to half of it away: so that not all callers come back at
    once.

    >>> backoff_s(0, 0.0), backoff_s(1, 0.0), backoff_s(1, 1.0), backoff_s(9, 0.0)
    (0.05, 0.1, 0.05, 1.0)
    """
    return float(min(LONGEST_S, FIRST_S * 2**attempt) * (1 - draw / 2))


class State(StrEnum):
    """How calls to a stage go, in a word."""

    ANSWERING = "answering"
    AWAY = "away"
    """Its circuit is broken: it is called now and then, to see whether it is back."""
    REFUSED = "refused"
    """It is there, and refuses our token."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """How calls to one stage went. Times are seconds of one clock."""

    failures: int = 0
    """In a row."""
    not_before: float = 0.0
    """No call is made until then."""
    trying: bool = False
    """Whether a trial is under way: there is one at a time, however long it takes."""
    hung: bool = False
    """Whether the last failure was to wait in vain: nobody waits for the trial then."""
    heard: float = -math.inf
    """When it answered last."""
    refused: bool = False
    """Whether it answered only that it does not know us: it is called all the same, to see when."""

    @property
    def broken(self) -> bool:
        """Return whether it is taken to be away until a trial says otherwise."""
        return self.failures >= ENOUGH

    @property
    def state(self) -> State:
        """Return how calls to it go."""
        if self.refused:
            return State.REFUSED
        return State.AWAY if self.broken else State.ANSWERING

    def lets_call(self, now: float) -> bool:
        """Return whether a call may be made."""
        return not self.broken or (not self.trying and now >= self.not_before)

    def calling(self) -> Circuit:
        """Return the circuit while a call is made: of a broken one, it is the only trial."""
        return replace(self, trying=True) if self.broken else self

    def answered(self, now: float, *, refused: bool = False) -> Circuit:
        """Return the circuit after an answer, whatever was before."""
        return Circuit(heard=now, refused=refused)

    def failed(self, now: float, *, began: float, trial: bool = False) -> Circuit:
        """Return the circuit after the failure of a call that began then.

        >>> Circuit().failed(1.0, began=0.9).failures
        1
        >>> Circuit().failed(9.0, began=5.0)
        Circuit(failures=3, not_before=9.5, trying=False, hung=True, heard=-inf, refused=False)
        """
        if self.broken and not trial:
            return self  # it began before others found the same
        hung = now - began >= HUNG_S and began > self.heard
        count = max(self.failures + 1, ENOUGH if hung else 0)
        after = replace(self, failures=count, hung=hung)
        return _left_alone(replace(after, refused=False), now) if after.broken else after

    def tried(self, now: float) -> Circuit:
        """Return the circuit at the end of a trial, of which nothing may be known."""
        return _left_alone(self, now) if self.trying else self


def _left_alone(circuit: Circuit, now: float) -> Circuit:
    alone_s = min(OPEN_MOST_S, OPEN_S * 2 ** min(circuit.failures - ENOUGH, 16))
    return replace(circuit, not_before=now + alone_s, trying=False)


class StageState(NamedTuple):
    """How calls to one stage go."""

    name: str
    """What it is called in settings."""
    state: State
    since: float
    """Seconds since 1970, UTC; until its first failures, when this process began."""

    @property
    def answers(self) -> bool:
        """Return whether it does what it is there for."""
        return self.state is State.ANSWERING
