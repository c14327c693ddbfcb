"""A file that comes piece by piece: it has its name once it is whole."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIECE: Final = 1024 * 1024


class Growing:
    """What is here of a file, by another name; a process that is killed leaves it to the next."""

    def __init__(self, file: Path, expected: int, count: Callable[[int], None]) -> None:
        """Take how many bytes it will have, and who is told of those that are here."""
        self._file = file
        self._half = file.with_name(f".{file.name}.half")
        self._expected = expected
        self._count = count
        self._digest = sha256()
        self.size = 0

    def __enter__(self) -> Self:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if self._file.exists():
            # Nobody knows whether it is what was asked for: it is looked at as the rest is.
            self._file.replace(self._half)
        self._open = self._half.open("a+b")
        self._open.seek(0)
        while piece := self._open.read(PIECE):
            self._take(piece)
        if self.size > self._expected:
            self.restart()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def is_whole(self) -> bool:
        """Return whether all of it is here."""
        return self.size == self._expected

    @property
    def sha256(self) -> str:
        """Return the digest of what is here, in hex."""
        return self._digest.hexdigest()

    def write(self, part: bytes) -> None:
        """Append a piece; what is beyond its end is left out."""
        kept = part[: self._expected - self.size]
        self._open.write(kept)
        self._take(kept)

    def restart(self) -> None:
        """Forget what is here."""
        self._open.seek(0)
        self._open.truncate()
        self._count(-self.size)
        self._digest, self.size = sha256(), 0

    def finish(self) -> None:
        """Give it its name, under which the power may go."""
        self._open.flush()
        os.fsync(self._open.fileno())
        self._open.close()
        self._half.replace(self._file)

    def _take(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)
        self._count(len(piece))
