"""Which files of a folder were found to be right, so that they are not read again to see it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = ".verified"
WORDS: Final = 4


class Verified:
    """What is noted of a folder: a line for each file, `SHA256 SIZE MTIME NAME`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writing = threading.Lock()
        self._known: dict[str, str] = {}
        if (folder / FILE).exists():
            for line in (folder / FILE).read_text(errors="replace").split("\n"):
                digest, *rest = line.split(" ", WORDS - 1)
                self._known[" ".join(rest)] = digest  # a line that a kill cut is nobody's

    def has(self, name: str, sha256: str) -> bool:
        """Return whether a file is as it was when it had that digest."""
        return (self._folder / name).is_file() and self._known.get(self._seen(name)) == sha256

    def note(self, name: str, sha256: str) -> None:
        """Note that a file has that digest."""
        line = f"\n{sha256} {self._seen(name)}\n"  # not behind what a kill cut
        with self._writing, (self._folder / FILE).open("a") as file:
            file.write(line)

    def _seen(self, name: str) -> str:
        found = (self._folder / name).stat()
        return f"{found.st_size} {found.st_mtime_ns} {name}"
