"""How long a design is looked at, whatever is in it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from foveate.deadline import Deadline, current
from foveate.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 10.0
"""That one change, or one design, is looked at: dozens of texts are in one of them."""
UNSEEN: Final = (
    "Not all of the design could be looked at within {1:g} seconds, for the check of {0}: expected "
    "fewer texts and blocks, or a smaller change."
)


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Let what is done inside be over after a while, or as soon as what is around it is."""
    around = current()
    with Deadline(min(around.until, time.monotonic() + seconds), around.cancelled):
        yield


@contextmanager
def as_far_as_seen(missed: list[str], name: str) -> Iterator[None]:
    """Let a look that the patience ends be told of by a name.

    Raises what the deadline around it does: nobody waits for what is left.
    """
    try:
        yield
    except TimedOut:
        here = current()
        if here.disconnected or not here():
            raise  # a picture did not come
        missed.append(name)
