"""Who writes: one process at a time, told by a lock on a file in the folder of the index."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from foveate import locks
from foveate.errors import IndexLocked
from foveate.people.folder import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

NAME: Final = "writer.lock"
POLL_S: Final = 0.003
"""Shorter than a writer pauses between two batches, so that whoever waits has his turn."""


def folder_lock(folder: Path, wait_s: float) -> Callable[[], AbstractContextManager[None]]:
    """Return what is entered to write. Raises IndexLocked after `wait_s`, naming who writes.

    The kernel lets go of the lock when its process ends, however that happens.
    """

    @contextmanager
    def locked() -> Iterator[None]:
        make(folder)
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(file, wait_s)
            try:
                os.ftruncate(file, 0)
                os.lseek(file, 0, os.SEEK_SET)
                os.write(file, str(os.getpid()).encode())
                yield
            finally:
                locks.release(file)
        finally:
            os.close(file)

    return locked


def _take(file: int, wait_s: float) -> None:
    last = time.monotonic() + wait_s
    while not locks.take(file):
        if time.monotonic() > last:
            os.lseek(file, 0, os.SEEK_SET)
            owner = os.read(file, 20).decode("ascii", "replace") or "unknown"
            raise IndexLocked(
                f"Process {owner} writes to the face index, for more than {wait_s:g} s. "
                "Wait for it to end, or end it."
            )
        time.sleep(POLL_S)
