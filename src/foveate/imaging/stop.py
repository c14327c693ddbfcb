"""Ending work that takes too long or that nobody waits for.

libvips works when a picture is written, so that is where a clock can do something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging.engine import Image


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
