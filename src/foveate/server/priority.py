"""Who goes first when cores are short: the thread that answers, before those that work."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Final

BEHIND: Final = 5
"""By how much a worker is nicer than the process; it inherits that to the threads it starts."""


LAST: Final = 19
"""As nice as there is."""


def step_back(by: int = BEHIND) -> None:
    """Let this thread run behind the main one, where threads have a niceness: on Linux."""
    if sys.platform == "linux":
        nice = os.getpriority(os.PRIO_PROCESS, os.getpid()) + by
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
