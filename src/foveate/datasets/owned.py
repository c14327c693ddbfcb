"""Folders of this machine that are gone with who had them, or when the next one begins."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from foveate import locks

YOUNG_S: Final = 60.0


@dataclass(slots=True)
class Owned:
    """An empty folder, locked while somebody has it. Windows locks no folders."""

    folder: Path
    _lock: int | None = None

    @classmethod
    def begun(cls, prefix: str) -> Self:
        """Return a new one, called so; what nobody has any more is removed."""
        for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            _sweep(left)
        own = cls(Path(tempfile.mkdtemp(prefix=prefix)))
        if sys.platform != "win32":
            own._lock = os.open(own.folder, os.O_RDONLY)
            locks.take(own._lock)
        return own

    def remove(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _sweep(folder: Path) -> None:
    """Remove the folder of somebody who was killed."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            # A young one may be locked in a moment.
            if time.time() - folder.stat().st_mtime > YOUNG_S and locks.take(lock):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
