"""What whoever waits in vain for long work is told: how far it came, and what helps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from foveate.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.trace import Trace


@contextmanager
def telling(trace: Trace, unfinished: str) -> Iterator[None]:
    """Tell it, at first `unfinished`; what is done inside may change that in the trace."""
    trace.unfinished = unfinished
    try:
        yield
    except TimedOut as late:
        raise TimedOut(str(late), public=trace.unfinished) from late
    trace.unfinished = ""
