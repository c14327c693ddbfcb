"""What the system has of a file in memory already: read at once, on an event loop."""

from __future__ import annotations

import os
import sys
from typing import Final

MOST_BYTES: Final = 512 * 1024
"""Copied in some 50 us; for more than that, the way to a thread and back is worth it."""
NOWAIT: Final[int] = getattr(os, "RWF_NOWAIT", 0)
"""Linux alone can be asked not to wait for a disk (preadv2(2))."""


def read_at_hand(descriptor: int, size: int) -> bytes:
    """Return the `size` bytes of a whole file. Raises BlockingIOError where that may take long."""
    if sys.platform == "win32" or not NOWAIT or size > MOST_BYTES:
        raise BlockingIOError
    found = bytearray(size)
    try:
        count = os.preadv(descriptor, [found], 0, NOWAIT)
    except OSError as why:  # not in memory, or of a file system that cannot tell
        raise BlockingIOError from why
    if count < size:
        raise BlockingIOError
    return bytes(found)
