"""The end of what a handler writes to its log."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import IO, Final

LAST_WORDS_S: Final = 2.0
"""How long one that has ended may take to say so."""
LOG_BYTES: Final = 16 * 1024
"""What is kept of the end of its log."""


class Tail:
    """The end of what is written to a pipe, read so that nobody waits."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._kept = pipe, b""
        self._reader = threading.Thread(target=self._read, daemon=True, name="foveate-handler-log")
        self._reader.start()

    @property
    def text(self) -> str:
        """Return what is kept, as text."""
        return self._kept.decode(errors="replace").strip()

    def join(self) -> None:
        """Wait for its end."""
        self._reader.join(LAST_WORDS_S)

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while words := os.read(self._pipe.fileno(), LOG_BYTES):
                self._kept = (self._kept + words)[-LOG_BYTES:]
