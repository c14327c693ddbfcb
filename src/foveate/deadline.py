"""When to stop: a point in time, or the moment at which nobody waits any more."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from foveate.errors import ClientDisconnected, EncodeFailed, ImageError, TimedOut, Unavailable

if TYPE_CHECKING:
    import threading
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to stop: at `until` of time.monotonic(), or as soon as `cancelled` is set.

    As a context manager it raises the reason, TimedOut or ClientDisconnected, in place of the
    failure that the stop caused inside; and raises it at the door when it is over already.
    """

    until: float
    cancelled: threading.Event | None = None

    def __call__(self) -> bool:
        """Return whether to stop."""
        return self.disconnected or time.monotonic() > self.until

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

    def __enter__(self) -> Self:
        self.check()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(failure, ImageError | EncodeFailed | TimedOut) and self():
            raise self.error from failure
