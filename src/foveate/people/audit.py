"""Who asked the face index for what: a line of JSON each, appended and never changed.

No vector and no pixel stands in it. Rotation is the operator's: the file is opened anew for each
line, so it may be moved away at any time.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import AuditFailed
from foveate.people.folder import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

FILE: Final = "audit.jsonl"
BINARY: Final[int] = getattr(os, "O_BINARY", 0)
"""Without it Windows ends a line with two bytes."""
MOST_IDS: Final = 1000
"""Ids and names in one line; `count` says how many there were."""

DOOR: Final[ContextVar[str]] = ContextVar("door", default="library")
"""Through what the user of this process asks: `library`, or `cli`."""


@contextmanager
def through(door: str) -> Iterator[None]:
    """Let what is asked meanwhile be noted as asked through that door."""
    before = DOOR.set(door)
    try:
        yield
    finally:
        DOOR.reset(before)


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The log in a folder. Any number of processes may write to it."""

    folder: Path
    clock: Callable[[], float] = field(default=time.time)

    def write(self, entry: Mapping[str, Any], *, sync: bool = False) -> None:
        """Append a line with the time; with `sync` it is on the disk when this returns.

        Raises AuditFailed: then what it tells of must not be done.
        """
        told = {"time": round(self.clock(), 3), **entry}
        line = json.dumps(told, separators=(",", ":")).encode() + b"\n"
        try:
            self._append(line, sync=sync)
        except OSError as why:
            raise AuditFailed(f"The audit log could not be written: {why}") from why

    def _append(self, line: bytes, *, sync: bool) -> None:
        make(self.folder)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | BINARY
        file = os.open(self.folder / FILE, flags, 0o600)
        try:
            size = os.fstat(file).st_size
            if size and last_byte(file, size) != b"\n":
                line = b"\n" + line  # a disk was full in the middle of the line before
            # One write, so that lines of several processes do not mix.
            if os.write(file, line) != len(line):
                raise OSError("only a part of the line was written")
            if sync:
                os.fsync(file)
        finally:
            os.close(file)

    def entries(self, since: float = 0.0) -> Iterator[dict[str, Any]]:
        """Yield what was written since then, oldest first; what is no whole line is passed over."""
        try:
            file = (self.folder / FILE).open("rb")
        except FileNotFoundError:
            return
        with file:
            for line in file:
                entry = _read(line)
                if entry and entry["time"] >= since:
                    yield entry


def last_byte(file: int, size: int) -> bytes:
    """Return how an open file of that size ends."""
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1)


def _read(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}  # a disk was full in the middle of it
    return entry if isinstance(entry, dict) and isinstance(entry.get("time"), int | float) else {}
