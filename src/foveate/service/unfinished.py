"""What whoever waits in vain for long work is told: how far it came, and what helps."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from foveate.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from foveate.trace import Trace

FEWER: Final = (
    "Ask for the first one alone (anim=false), send fewer frames, or raise "
    "FOVEATE_LIMITS__TIMEOUT_S."
)


def frames_late(seen: int, count: int) -> str:
    """Return what to tell where time is over before all frames of an animation are looked at."""
    return (
        f"{seen} frames of an animation of {count} were looked at when its time was over. {FEWER}"
    )


def frames_undrawn(drawn: int, count: int) -> str:
    """Return what to tell where time is over before all frames are in the answer."""
    return f"{drawn} frames of an animation of {count} were drawn when its time was over. {FEWER}"


def too_many_frames(fit: int, count: int) -> str:
    """Return what to tell where that is known before."""
    return (
        f"Expected an animation of about {fit} frames that differ at most, as there is no time to "
        f"look at more, got {count}. {FEWER}"
    )


def frames_unfit(fit: int, count: int) -> str:
    """Return what to tell where there is no memory for all frames of an animation."""
    room = f"of about {fit} frames at most" if fit > 1 else "of smaller frames"
    return (
        f"Expected an animation {room}, as there is no memory to look at more, got {count}. Ask "
        "for the first one alone (anim=false) or for a smaller width, or send fewer frames."
    )


def drawing(trace: Trace, frames: int) -> AbstractContextManager[None]:
    """Tell how many frames of an animation were drawn; of a picture there is nothing to tell."""
    return telling(trace, frames_undrawn(0, frames)) if frames > 1 else nullcontext()


@contextmanager
def telling(trace: Trace, unfinished: str) -> Iterator[None]:
    """Tell it, at first `unfinished`; what is done inside may change that in the trace."""
    trace.unfinished = unfinished
    try:
        yield
    except TimedOut as late:
        raise TimedOut(str(late), public=trace.unfinished) from late
    trace.unfinished = ""
