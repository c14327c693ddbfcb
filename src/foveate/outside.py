"""Processor time of threads that are not Python's: of libvips, of codecs, and of networks.

In these a picture is decoded and encoded, while the thread that asked for it waits. Nobody says for
whom such a thread works. So what all of them took from one moment to the next is shared among
those who waited then, by how long they did: exact where one waits, and in the sum.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PER_THREAD: Final = 6
"""In Linux' number of a clock: of processor time, of a thread."""
KNOWN: Final = sys.platform == "linux"
"""Whether the system says what each thread took."""


def thread_cpu_s(number: int) -> float:
    """Return the processor time of a thread by its number in the system; 0 where it has ended."""
    if sys.platform == "win32":
        return 0.0
    try:
        return time.clock_gettime(~number << 3 | _PER_THREAD)
    except OSError:
        return 0.0


@dataclass(slots=True, frozen=True)
class Moment:
    """What was taken until then, in seconds."""

    wall_s: float
    cpu_s: float
    """Of the whole process."""
    threads: Mapping[int, float]
    """Of each of Python's threads, by its number in the system."""


def moment() -> Moment:
    """Return what was taken until now; no processor time where the system does not tell threads."""
    if not KNOWN:
        return Moment(time.perf_counter(), 0.0, {})
    numbers = [thread.native_id for thread in threading.enumerate() if thread.native_id]
    threads = {number: thread_cpu_s(number) for number in numbers}
    return Moment(time.perf_counter(), time.process_time(), threads)


@dataclass(slots=True, eq=False)
class Waiting:
    """A thread that works for a request, or waits for threads that are not Python's."""

    thread: int
    share_s: float = 0.0
    """Of what these took, so far."""


class Outside:
    """Shares what threads that are not Python's take, among those who wait for them."""

    def __init__(self, now: Callable[[], Moment] = moment) -> None:
        self._now = now
        self._waiting: list[Waiting] = []
        self._last = Moment(0.0, 0.0, {})
        self._lock = threading.Lock()

    def enter(self, waiting: Waiting) -> None:
        """Let it have its share from now on."""
        with self._lock:
            self._share()
            self._waiting.append(waiting)

    def leave(self, waiting: Waiting) -> None:
        """Let it have none from now on."""
        with self._lock:
            self._share()
            self._waiting.remove(waiting)

    @contextmanager
    def apart(self, waiting: Waiting | None) -> Iterator[None]:
        """Let it have none in here, where it waits for something else."""
        if waiting is None:
            yield
            return
        self.leave(waiting)
        try:
            yield
        finally:
            self.enter(waiting)

    def _share(self) -> None:
        last, self._last = self._last, self._now()
        if self._waiting:
            taken, waited = taken_since(last, self._last, [each.thread for each in self._waiting])
            for each, seconds in zip(self._waiting, waited, strict=True):
                each.share_s += taken * seconds / (sum(waited) or 1.0)


def taken_since(last: Moment, now: Moment, threads: list[int]) -> tuple[float, list[float]]:
    """Return what other threads than Python's took since then, and how long these ones waited.

    >>> one_core = Moment(2.0, 3.0, {7: 0.5, 8: 1.0})
    >>> taken_since(Moment(1.0, 1.5, {7: 0.5, 8: 0.5}), one_core, [7, 8])
    (1.0, [1.0, 0.5])
    """
    own = {each: max(0.0, s - last.threads.get(each, 0.0)) for each, s in now.threads.items()}
    wall_s = now.wall_s - last.wall_s
    waited = [max(0.0, wall_s - own.get(each, 0.0)) for each in threads]
    return max(0.0, now.cpu_s - last.cpu_s - sum(own.values())), waited
