"""Who ends a handler that takes more than it may: looked at some times a second."""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
from contextlib import suppress
from itertools import chain
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.datasets.handlers.limits import Limits

EVERY_S: Final = 0.05
BLOCK: Final = 512
"""Bytes of a block, as stat(2) counts them."""
LEAST: Final = 4096
"""What a file or a folder takes at least."""
A_CORE: Final = 4
"""Threads that there may be beside, for each: libraries begin some that follow cores."""
GONE: Final = (FileNotFoundError, NotADirectoryError)
"""What is met where something goes while it is looked at."""


class Bounds(NamedTuple):
    """What somebody has for what he is asked."""

    number: int = 0
    """Of what is asked, from the first on."""
    seconds: float = inf
    cpu_s: float = inf
    until: float = inf
    """When its time is over, by `time.monotonic`."""

    @property
    def told(self) -> str:
        """Return them in words."""
        return f"an answer within {self.seconds:g} s and {self.cpu_s:g} s of processors"


class Watch:
    """Ends a process that goes beyond a bound, and knows which one that was."""

    def __init__(
        self, pid: int, folder: Path, limits: Limits, end: Callable[[], None], *, ours: bool = False
    ) -> None:
        """Watch over it. One of ours may write shards, beside what is below its folder."""
        self._pid, self._folder, self._end, self._ours = pid, folder, end, ours
        self._disk_bytes = limits.disk_bytes
        self._most_threads = limits.threads + A_CORE * (os.cpu_count() or 1)
        self._bounds = Bounds()
        self._seen, self._spent_before = 0, 0.0
        self._over = threading.Event()
        self.why = ""
        threading.Thread(target=self._look_on, daemon=True, name="foveate-handler-watch").start()

    def begin(self, seconds: float, cpu_s: float) -> None:
        """Give it so long from now on for what it is asked.

        Of processors from the next look on: it is asked many things between two looks.
        """
        number, until = self._bounds.number + 1, time.monotonic() + seconds
        self._bounds = Bounds(number, seconds, cpu_s, until)

    def rest(self) -> None:
        """Let it be: nobody asks it anything."""
        self._bounds = Bounds(self._bounds.number)

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def _look_on(self) -> None:
        while not self._over.wait(EVERY_S):
            if why := self._looked():
                self.why = why
                self._end()
                return

    def _looked(self) -> str:
        """Return what it takes too much of, or nothing; what cannot be seen is too much."""
        try:
            return self._beyond()
        except Exception as why:  # noqa: BLE001 - it may hide nothing, whatever it comes up with
            return f"Expected files of which the size can be seen, got {why!s:.300}."

    def _beyond(self) -> str:
        """Return what it takes too much of, or nothing."""
        bounds = self._bounds
        if time.monotonic() > bounds.until or self._spent_on(bounds.number) > bounds.cpu_s:
            return f"Expected {bounds.told}, got none."
        if (threads := self._threads()) > self._most_threads:
            return f"Expected at most {self._most_threads} threads, got {threads}."
        if (used := self._written()) > self._disk_bytes:
            return f"Expected at most {self._disk_bytes} bytes on disk, got {used}."
        return ""

    def _spent_on(self, number: int) -> float:
        """Return the seconds of processors that it has had since it was seen to be asked this."""
        spent = self._spent()
        if number != self._seen:
            self._seen, self._spent_before = number, spent
        return spent - self._spent_before

    def _spent(self) -> float:
        """Return the seconds of processors that it has had; 0 where the system does not say."""
        if sys.platform == "win32":
            return 0.0
        told = self._told()
        return (told[11] + told[12]) / os.sysconf("SC_CLK_TCK") if told else 0.0

    def _threads(self) -> int:
        """Return how many threads it has; 0 where the system does not say."""
        told = self._told()
        return told[17] if told else 0

    def _told(self) -> list[int]:
        """Return what proc_pid_stat(5) tells of it from the third on, its state as 0."""
        with suppress(OSError, ValueError):
            told = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
            return [0, *map(int, told[1:])]
        return []

    def _written(self) -> int:
        """Return what its files take: those with names, and those that it holds open to write.

        What is beyond the bound is not counted any further. Raises OSError for what is hidden.
        """
        used, known = 0, set()
        for found in chain(_below(self._folder), self._open()):
            own = (found.st_dev, found.st_ino)
            used += 0 if own in known else _bytes_of(found)
            known.add(own)
            if used > self._disk_bytes:
                break
        return used

    def _open(self) -> Iterator[os.stat_result]:
        """Yield what it has open and may write to: its name may be gone, or out of sight.

        Of one of ours, what has no name: it hides nothing, and its shards are bounded otherwise.
        """
        with suppress(OSError):
            for each in Path(f"/proc/{self._pid}/fd").iterdir():
                with suppress(OSError):
                    found = each.stat()
                    writes = not self._ours and each.lstat().st_mode & stat.S_IWUSR
                    if stat.S_ISREG(found.st_mode) and (writes or found.st_nlink == 0):
                        yield found


def _below(folder: Path) -> Iterator[os.stat_result]:
    """Yield all that lies below a folder, however deep. Raises OSError for what is hidden."""
    left = [os.fspath(folder)]
    while left:
        with suppress(*GONE), os.scandir(left.pop()) as found:
            for each in found:
                with suppress(*GONE):
                    yield each.stat(follow_symlinks=False)
                    if each.is_dir(follow_symlinks=False):
                        left.append(each.path)


def _bytes_of(found: os.stat_result) -> int:
    if sys.platform == "win32":
        return max(LEAST, found.st_size)
    return max(LEAST, found.st_blocks * BLOCK)
