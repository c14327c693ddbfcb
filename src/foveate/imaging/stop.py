"""Ending work that takes too long or that nobody waits for.

libvips works when a picture is written, so that is where a clock can do something.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from foveate.errors import Abandoned, EncodeFailed, ImageError, TimedOut, Unavailable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from types import TracebackType

    from foveate.imaging.engine import Image


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to stop: at `until` of time.monotonic(), or as soon as `cancelled` is set.

    As a context manager it raises the reason, TimedOut or Abandoned, in place of the failure
    that the stop caused inside; and raises it at the door when it is over already.
    """

    until: float
    cancelled: threading.Event | None = None

    def __call__(self) -> bool:
        """Return whether to stop."""
        return self.abandoned or time.monotonic() > self.until

    @property
    def abandoned(self) -> bool:
        """Return whether it is over because nobody waits any more, and not for the time."""
        return self.cancelled is not None and self.cancelled.is_set()

    @property
    def error(self) -> Unavailable:
        """Return the reason to stop, as an error to raise."""
        if self.abandoned:
            return Abandoned("Stopped: the client went away.")
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


def stop_when(image: Image, expired: Callable[[], bool]) -> Image:
    """Return a picture whose writing, and that of all made from it, fails with TimedOut.

    It fails once `expired()` is true. WebP and AVIF are only stopped up to the last pixel that
    is read: their encoders cannot be interrupted.
    """

    def check(running: Image, _: object) -> None:
        if expired():
            running.set_kill(True)

    watched = image.copy()
    watched.set_progress(True)
    watched.signal_connect("eval", check)
    # pyvips frees the callback with `watched`, and the process ends when libvips calls it while
    # writing a picture made from it. What is in `_references` lives as long as all of those.
    watched._references.extend(watched._handles)  # noqa: SLF001
    return watched
