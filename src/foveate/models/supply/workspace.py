"""Where files are written before they stand under their final names.

A hidden folder on the same filesystem, from which they are renamed into place, under a lock that
other processes wait for.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate import locks

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)
_NAMES: Final = ".pull-"


@contextmanager
def workspace(home: Path) -> Iterator[Path]:
    """Give an empty hidden folder in `home`; one process at a time, the others wait."""
    home = home.absolute()  # package clients are started in another folder
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        if not locks.take(lock.fileno()):
            log.info("Waiting for another process that is fetching into %s.", home)
            locks.wait(lock.fileno())
        for leftover in home.glob(f"{_NAMES}*"):
            # Whoever holds the lock is alone, so these are of a process that was killed.
            shutil.rmtree(leftover, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=_NAMES, dir=home))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def place(data: bytes, path: Path, work: Path) -> None:
    """Write a file under its final name, where it is whole or not at all."""
    fresh = work / "fresh"
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        # Without this a power cut after the rename could leave an empty file under the name.
        os.fsync(file.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.replace(path)


def partial_of(sha256: str, work: Path) -> Path:
    """Return the file for what comes of a download; it outlives the workspace."""
    return work.parent / f".part-{sha256}"
