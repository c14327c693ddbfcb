"""One piece of work for all threads that ask for the same thing at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.deadline import Deadline

T = TypeVar("T")
LOOK_UP_S: Final = 0.05
"""How often a thread that waits for another one's work looks whether its own time is over."""


class Flights:
    """Shares running work by key, between threads. What was computed is not remembered here."""

    def __init__(self) -> None:
        self._running: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def run(self, key: str, work: Callable[[], T], deadline: Deadline) -> T:
        """Return what `work` returns, here or in the thread that was first to ask for `key`.

        When that one has run out of time or its client has left, the next one works. Raises what
        `work` raises, TimedOut or ClientDisconnected.
        """
        while True:
            with self._lock:
                first = self._running.get(key)
                mine: Future[T] = Future()
                if first is None:
                    self._running[key] = mine
            if first is None:
                return self._work(key, work, mine)
            while not wait((first,), LOOK_UP_S).done:
                deadline.check()
            if not isinstance(first.exception(), Unavailable):
                shared: T = first.result()
                return shared

    def _work(self, key: str, work: Callable[[], T], mine: Future[T]) -> T:
        try:
            made = work()
        except BaseException as why:
            self._end(key)
            mine.set_exception(why)
            raise
        self._end(key)
        mine.set_result(made)
        return made

    def _end(self, key: str) -> None:
        with self._lock:
            del self._running[key]
