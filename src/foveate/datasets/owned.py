"""Folders of this machine that are gone with who had them, or when the next one begins."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from foveate import locks
from foveate.datasets.handlers.runner import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

YOUNG_S: Final = 60.0
"""Where anybody may begin one, a folder that is younger may be locked in a moment."""
FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
"""How folders are opened that no link may lead to."""
MOST_DEEP: Final = 100_000
"""Folders in each other that are removed."""


@dataclass(slots=True)
class Owned:
    """An empty folder, locked while somebody has it. Windows locks no folders."""

    folder: Path
    _lock: int | None = None

    @classmethod
    def begun(cls, prefix: str, within: Path | None = None, young_s: float = YOUNG_S) -> Self:
        """Return a new one, called so, where temporary files lie if no place is said.

        What nobody has any more is removed.
        """
        place = within or Path(tempfile.gettempdir())
        sweep(prefix, place, young_s)
        own = cls(Path(tempfile.mkdtemp(prefix=prefix, dir=place)))
        if sys.platform != "win32":
            own._lock = os.open(own.folder, os.O_RDONLY)
            with suppress(
                OSError
            ):  # on a share that knows no such locks: nobody sweeps there either
                locks.take(own._lock)
        return own

    def remove(self) -> None:
        """Leave nothing of it."""
        _remove(self.folder)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep(prefix: str, within: Path, young_s: float = YOUNG_S) -> None:
    """Remove the folders called so that nobody has any more."""
    for left in within.glob(f"{prefix}*"):
        _sweep(left, young_s)


def _sweep(folder: Path, young_s: float) -> None:
    """Remove the folder of somebody who was killed. Others may call theirs so, or their pipes."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        lock = os.open(folder, FOLDER)
        try:
            found = os.fstat(lock)
            is_ours = found.st_uid in (os.geteuid(), NOBODY)
            if is_ours and time.time() - found.st_mtime >= young_s and locks.take(lock):
                _remove(folder)
        finally:
            os.close(lock)


def _remove(folder: Path) -> None:
    """Remove a folder as far as can be, however deep it is, and whatever its rights are."""
    if sys.platform == "win32":
        shutil.rmtree(folder, ignore_errors=True)
        return
    with suppress(OSError):
        with _opened(folder) as top:
            for _ in range(MOST_DEEP):
                if not _thinned(top):
                    break
        folder.rmdir()


def _thinned(top: int) -> bool:
    """Remove what lies in a folder, and lift what is below it by one; return whether any went.

    No path of it need be short enough for the system, nor few enough folders be open at once.
    """
    went = False
    for name, is_folder in _entries(top):
        with suppress(OSError):
            if is_folder:
                with _opened(name, top) as below:
                    went |= _lifted(below, top)
                os.rmdir(name, dir_fd=top)
            else:
                os.unlink(name, dir_fd=top)
            went = True
    return went


def _lifted(below: int, top: int) -> bool:
    """Remove the files of a folder, and move its folders to another; return whether any went."""
    went = False
    for name, is_folder in _entries(below):
        with suppress(OSError):
            if is_folder:
                _open_up(name, below)  # who moves a folder has to be able to write to it
                os.rename(name, secrets.token_hex(16), src_dir_fd=below, dst_dir_fd=top)
            else:
                os.unlink(name, dir_fd=below)
            went = True
    return went


def _entries(folder: int) -> list[tuple[str, bool]]:
    with os.scandir(folder) as found:
        return [(each.name, each.is_dir(follow_symlinks=False)) for each in found]


@contextmanager
def _opened(name: str | Path, within: int | None = None) -> Iterator[int]:
    _open_up(name, within)
    opened = os.open(name, FOLDER, dir_fd=within)
    try:
        yield opened
    finally:
        os.close(opened)


def _open_up(name: str | Path, within: int | None) -> None:
    """Let its owner do all with a folder. Root may anyway, and could be led astray by a link."""
    if sys.platform != "win32" and os.geteuid() != 0:
        os.chmod(name, 0o700, dir_fd=within)
