"""Ending work that takes too long or that nobody waits for.

libvips looks, at each region that it computes, whether the picture was killed, and so do the
encoders of still WebP and, between frames, of GIF. `encode_apart` is for those that do not look.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import pyvips

from foveate.deadline import WATCH, current
from foveate.imaging.engine import Image

if TYPE_CHECKING:
    from foveate.deadline import Deadline


class _Held:
    """A second handle on a picture that, unlike pyvips' own class, can be looked for weakly."""

    def __init__(self, image: Image) -> None:
        pyvips.gobject_lib.g_object_ref(image.pointer)
        self.image = Image(image.pointer)


def stop_when(image: Image, deadline: Deadline) -> Image:
    """Return a picture whose writing, and that of all made from it, fails with TimedOut.

    It fails once the deadline is over, until nobody holds a picture made from it any more.
    """
    if deadline.never:
        return image
    made = image.copy()
    # From here on those made from it look at it, to see whether they are killed.
    made.set_progress(True)
    held = _Held(made)
    seen = weakref.ref(held)

    def kill() -> None:
        running = seen()
        if running is not None:
            running.image.set_kill(True)

    weakref.finalize(held, WATCH.remove, WATCH.add(deadline, kill)).atexit = False
    # What is listed here lives as long as any picture made from this one.
    made._references.append(held)  # noqa: SLF001
    return made


def watched(image: Image) -> Image:
    """Return a picture that holds its pixels itself, stopped by the deadline that is current."""
    return stop_when(image, current())
