"""Locks on files. The system lets go of one when its file is closed, or its process ends.

On POSIX they are advice among those who ask. On Windows whoever reads the place that is locked is
refused, so what is locked there lies behind all that is ever in a file.
"""

from __future__ import annotations

import os
import sys
from typing import Final

if sys.platform == "win32":
    import msvcrt
    import time

    WAIT_S: Final = 0.02
    WHOLE: Final = (1 << 31) - 2
    """The place that stands for a file: the last but one that Windows' C library can count to."""
    FIRST: Final = 1 << 30
    """Where other places begin. There are fewer than on POSIX: of two, one may wait for both."""

    def take(file: int, place: int | None = None) -> bool:
        """Lock a file, or a place in it, and return whether nobody else has it. Raises OSError."""
        at = WHOLE if place is None else FIRST + place % (WHOLE - FIRST)
        os.lseek(file, at, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def wait(file: int) -> None:
        """Lock a file, once nobody else has it."""
        while not take(file):
            time.sleep(WAIT_S)

    def release(file: int) -> None:
        """Let go of a file that is locked."""
        os.lseek(file, WHOLE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl
    from errno import EACCES, EAGAIN

    def take(file: int, place: int | None = None) -> bool:
        """Lock a file, or a place in it, and return whether nobody else has it. Raises OSError.

        A process has places, and lets go of all in a file when it closes it once.
        """
        try:
            if place is None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError as why:
            if why.errno not in {EACCES, EAGAIN}:
                raise
            return False
        return True

    def wait(file: int) -> None:
        """Lock a file, once nobody else has it."""
        fcntl.flock(file, fcntl.LOCK_EX)

    def release(file: int) -> None:
        """Let go of a file that is locked."""
        # Closing it would not do: a child that was forked meanwhile has the descriptor as well.
        fcntl.flock(file, fcntl.LOCK_UN)
