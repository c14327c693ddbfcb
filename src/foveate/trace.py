"""What one request did: what `Server-Timing`, metrics, logs, telemetry and the ledger read.

Whoever works on a request writes what it did and what that took; nobody merges tables of times.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.outside import Outside, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager


FETCH: Final = "fetch"
"""Waiting for the bytes of a picture: read from an origin, or sent."""
LOOK_LOCAL: Final = "look-local"
LOOK_ATTENTION: Final = "look-attention"
LOOK_CENTRE: Final = "look-centre"
"""What is done in place of looking elsewhere: with networks here, by libvips, not at all."""
FACES_UNSEEN: Final = "quality-unseen"
"""A quality was looked for by the whole picture, where nobody could say what is a face."""
HASTY: Final = "quality-hasty"
"""A quality is not the one that was looked for, as time ran out: the next look begins there."""
OVERLOOKED_UNSEEN: Final = "adaptive-unseen"
"""Nothing was smoothed, where nobody could say what is overlooked."""


@dataclass(slots=True)
class Span:
    """One piece of work. Its figures are 0 until it has ended."""

    name: str
    wall_s: float = 0.0
    cpu_s: float = 0.0
    """Processor time of the thread that did it; 0 where that thread did other things meanwhile."""
    bytes: int = 0
    """What came of it, where that is bytes: an original, a rendition."""
    started_s: float = 0.0
    """When it began, by `time.perf_counter`."""

    @property
    def ms(self) -> float:
        """Return how long it took, in milliseconds."""
        return self.wall_s * 1000


class Trace:
    """Where the spans of one request go, in the order in which they began. Any thread may write."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._fallbacks: list[str] = []
        self._moderated: list[str] = []
        self._lookups: list[tuple[str, str]] = []
        self.cpu_s = 0.0
        """Processor time that it took so far: of threads, and of processes that worked for it."""
        self.gpu_s = 0.0
        """Time that networks took elsewhere than on a processor."""
        self.tokens_in = 0
        self.tokens_out = 0
        """Of language models: what was sent, and what they answered."""
        self.paid = 0.0
        """What others ask for their work, at the prices of the time."""
        self.underway = 0
        """How much goes on for it that may still take some of either."""
        self.unfinished = ""
        """What to tell whoever waited in vain for what is done now: how far it came, what helps."""

    @property
    def spans(self) -> Sequence[Span]:
        """Return what was written so far."""
        return tuple(self._spans)

    @property
    def fallbacks(self) -> Sequence[str]:
        """Return what could not be done as it was asked for, and was done in the next best way."""
        return tuple(self._fallbacks)

    def fall_back(self, what: str) -> bool:
        """Note that `what` was done in the next best way; return whether that is new.

        Once is enough for a request.
        """
        with _ADDING:
            new = what not in self._fallbacks
            if new:
                self._fallbacks.append(what)
        return new

    @property
    def moderated(self) -> Sequence[str]:
        """Return what was done with each picture that moderation flagged: `block` or `blur`."""
        return tuple(self._moderated)

    def moderate(self, outcome: str) -> None:
        """Note what is done with a picture that moderation flagged."""
        self._moderated.append(outcome)

    @property
    def lookups(self) -> Sequence[tuple[str, str]]:
        """Return what was looked up in caches: the cache, and `hit` or `miss`."""
        return tuple(self._lookups)

    def look_up(self, cache: str, *, hit: bool) -> None:
        """Note that something was looked up in a cache, and whether it was there."""
        self._lookups.append((cache, "hit" if hit else "miss"))

    @contextmanager
    def span(self, name: str) -> Iterator[Span]:
        """Measure work that this thread does, also when it fails."""
        before = time.thread_time()
        with self.charged(), self.waiting(name) as span:
            try:
                yield span
            finally:
                span.cpu_s = time.thread_time() - before

    @contextmanager
    def waiting(self, name: str) -> Iterator[Span]:
        """Measure a wait, during which this thread does other things."""
        span = Span(name, started_s=time.perf_counter())
        self._spans.append(span)
        try:
            yield span
        finally:
            span.wall_s = time.perf_counter() - span.started_s

    @contextmanager
    def charged(self) -> Iterator[None]:
        """Charge the processor time of this thread, and its share of what it waits for.

        Once, however deep spans lie in each other.
        """
        if _CHARGING.waiting is not None:
            yield
            return
        waiting, before = Waiting(threading.get_native_id()), time.thread_time()
        _CHARGING.waiting = waiting
        OUTSIDE.enter(waiting)
        try:
            yield
        finally:
            OUTSIDE.leave(waiting)
            _CHARGING.waiting = None
            self.charge(cpu_s=time.thread_time() - before + waiting.share_s)

    def charge(self, *, cpu_s: float = 0.0, gpu_s: float = 0.0) -> None:
        """Add what was spent; from any thread."""
        with _ADDING:
            self.cpu_s += cpu_s
            self.gpu_s += gpu_s

    def pay(self, tokens_in: int, tokens_out: int, paid: float) -> None:
        """Add what a language model took; from any thread."""
        with _ADDING:
            self.tokens_in += tokens_in
            self.tokens_out += tokens_out
            self.paid += paid

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be the `current` one for whatever runs inside."""
        token = _ENTERED.set(self)
        try:
            yield
        finally:
            _ENTERED.reset(token)

    def totals(self) -> Sequence[Span]:
        """Return one span for each name, all of that name together, in the order they began."""
        totals: dict[str, Span] = {}
        for span in self._spans:
            total = totals.setdefault(span.name, Span(span.name, started_s=span.started_s))
            total.wall_s += span.wall_s
            total.cpu_s += span.cpu_s
            total.bytes += span.bytes
        return tuple(totals.values())

    def total_ms(self) -> dict[str, float]:
        """Return what each name took, all its spans together, in the order of their beginnings."""
        return {total.name: total.ms for total in self.totals()}


class _Charging(threading.local):
    waiting: Waiting | None = None
    """As what this thread is charged already."""


_CHARGING: Final = _Charging()
OUTSIDE: Final = Outside()
_ADDING: Final = threading.Lock()
_ENTERED: Final[ContextVar[Trace | None]] = ContextVar("entered", default=None)


def apart() -> AbstractContextManager[None]:
    """Charge this thread in here with nothing but its own: it waits for another process."""
    return OUTSIDE.apart(_CHARGING.waiting)


def current() -> Trace:
    """Return the trace that was entered last, or one that nobody reads."""
    return _ENTERED.get() or Trace()
