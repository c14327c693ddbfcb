"""The spans of one request: the one place that `Server-Timing`, metrics and logs read.

Whoever works on a request writes what it did and what that took; nobody merges tables of times.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(slots=True)
class Span:
    """One piece of work. Its figures are 0 until it has ended."""

    name: str
    wall_s: float = 0.0
    cpu_s: float = 0.0
    """Processor time of the thread that did it; 0 where that thread did other things meanwhile."""
    bytes: int = 0
    """What came of it, where that is bytes: an original, a rendition."""

    @property
    def ms(self) -> float:
        """Return how long it took, in milliseconds."""
        return self.wall_s * 1000


class Trace:
    """Where the spans of one request go, in the order in which they began. Any thread may write."""

    def __init__(self) -> None:
        self._spans: list[Span] = []

    @property
    def spans(self) -> Sequence[Span]:
        """Return what was written so far."""
        return tuple(self._spans)

    @contextmanager
    def span(self, name: str) -> Iterator[Span]:
        """Measure work that this thread does, also when it fails."""
        before = time.thread_time()
        with self.waiting(name) as span:
            try:
                yield span
            finally:
                span.cpu_s = time.thread_time() - before

    @contextmanager
    def waiting(self, name: str) -> Iterator[Span]:
        """Measure a wait, during which this thread does other things."""
        span, started = Span(name), time.perf_counter()
        self._spans.append(span)
        try:
            yield span
        finally:
            span.wall_s = time.perf_counter() - started

    def total_ms(self) -> dict[str, float]:
        """Return what each name took, all its spans together, in the order of their beginnings."""
        totals: dict[str, float] = {}
        for span in self._spans:
            totals[span.name] = totals.get(span.name, 0.0) + span.ms
        return totals
