"""When to stop: a point in time, or the moment at which nobody waits any more."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import sys
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from foveate.errors import ClientDisconnected, EncodeFailed, ImageError, TimedOut, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

TICK_S: Final = 0.05
"""How often it is looked whether something that runs has run out of time."""
NAME: Final = "foveate-watch"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to stop: at `until` of time.monotonic(), or as soon as `cancelled` is set.

    As a context manager it raises the reason, TimedOut or ClientDisconnected, in place of the
    failure that the stop caused inside; and raises it at the door when it is over already.
    Whatever runs inside finds it as `current()`.
    """

    until: float
    cancelled: threading.Event | None = None

    @property
    def never(self) -> bool:
        """Return whether it cannot be over, whatever happens."""
        return self.cancelled is None and self.until == math.inf

    def __call__(self) -> bool:
        """Return whether to stop."""
        return self.disconnected or time.monotonic() > self.until

    def is_short(self, begun: float, done: int) -> bool:
        """Return whether it may be over within one more of what was `done` since, or soon after."""
        now = time.monotonic()
        return now + 2 * (now - begun) / done > self.until

    @property
    def disconnected(self) -> bool:
        """Return whether it is over because nobody waits any more, and not for the time."""
        return self.cancelled is not None and self.cancelled.is_set()

    @property
    def error(self) -> Unavailable:
        """Return the reason to stop, as an error to raise."""
        if self.disconnected:
            return ClientDisconnected("Stopped: the client went away.")
        return TimedOut("Stopped: the picture took longer than a picture may take.")

    def check(self) -> None:
        """Raise the reason if it is over."""
        if self():
            raise self.error

    @contextlib.contextmanager
    def stopping(self, stop: Callable[[], object]) -> Iterator[None]:
        """Call `stop`, perhaps many times, once it is over before what is done inside is.

        `stop` is called by another thread and returns at once. Raises the reason in place of
        whatever failure it causes inside.
        """
        if self.never:
            yield
            return
        number = WATCH.add(self, stop)
        try:
            yield
        except Exception as failure:
            if self() and not self._is_told(failure):
                raise self.error from failure
            raise
        finally:
            WATCH.remove(number)

    def __enter__(self) -> Self:
        self.check()
        _ENTERED.set((*_ENTERED.get(), self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _ENTERED.set(_ENTERED.get()[:-1])
        caused = isinstance(failure, ImageError | EncodeFailed | TimedOut) and self()
        if caused and not self._is_told(failure):
            raise self.error from failure

    def _is_told(self, failure: BaseException | None) -> bool:
        """Return whether a failure is the reason itself, and may say more than it: how far."""
        return isinstance(failure, TimedOut) and not self.disconnected


NEVER: Final = Deadline(math.inf)
_ENTERED: Final[ContextVar[tuple[Deadline, ...]]] = ContextVar("entered", default=(NEVER,))


def current() -> Deadline:
    """Return the deadline that was entered last, or NEVER."""
    return _ENTERED.get()[-1]


class Watch:
    """Stops whatever runs beyond its deadline: one thread for all of it, asleep without any."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.forget()

    def forget(self) -> None:
        """Begin anew, in a child just forked: its parent's work and thread are not in it."""
        self._running: dict[int, tuple[Deadline, Callable[[], object]]] = {}
        self._changing = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline, stop: Callable[[], object]) -> int:
        """Return the number of something that runs, by which to remove it."""
        with self._changing:
            number = next(self._numbers)
            self._running[number] = deadline, stop
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name=NAME, daemon=True)
                self._thread.start()
            self._changing.notify()
            return number

    def remove(self, number: int) -> None:
        """See to it that this one's `stop` is not called from here on."""
        with self._changing:
            self._running.pop(number, None)

    def _look(self) -> None:
        while True:
            with self._changing:
                while not self._running:
                    self._changing.wait()
                for deadline, stop in list(self._running.values()):
                    if deadline():
                        # One that cannot be stopped must not keep the others running.
                        with contextlib.suppress(Exception):
                            stop()
            time.sleep(TICK_S)


WATCH: Final = Watch()
if sys.platform != "win32":
    os.register_at_fork(after_in_child=WATCH.forget)
