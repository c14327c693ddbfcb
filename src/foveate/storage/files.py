"""Originals in a folder."""

from __future__ import annotations

import asyncio
import os
import select
import stat
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from foveate.errors import SourceNotFound, SourceTimeout, SourceTooLarge
from foveate.storage.at_hand import read_at_hand
from foveate.storage.failures import of_file
from foveate.storage.keys import plain, segments
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from io import FileIO
    from pathlib import Path

if sys.platform == "win32":
    OPEN: Final = os.O_RDONLY | os.O_BINARY
    AT_ONCE: Final = 0
else:
    # A pipe must not hang the open, and the last name must still be the file that was checked.
    OPEN: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    AT_ONCE: Final = os.O_NONBLOCK
CHUNK: Final = 1024 * 1024
"""Bytes that are read at once where nobody says how many there are."""


class FolderOrigin:
    """The files of one folder, by decoded relative path; hidden files and ways out are refused."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        self._root = os.path.realpath(root)
        self._max_bytes = max_bytes

    async def version(self, key: str) -> str | None:
        """Return size and modification time. Some 10 us, so it stays on the event loop."""
        return _version(self._find(key)[1])

    def version_now(self, key: str) -> str | None:
        """Return the same for a file that was read before, by one stat; None when it is gone.

        A link may lead out of the folder by now. Nothing is opened here, and what it leads to has
        another version, which sends the request through `version`.
        """
        try:
            return _version(os.stat(f"{self._root}/{key}"))  # noqa: PTH116 - twice as fast as Path
        except (OSError, ValueError):
            return None

    def last(self, key: str) -> None:
        """Return None: nothing is remembered."""

    def forget_bytes(self) -> None:
        """Do nothing: no bytes are read but for who asks."""

    async def read(self, key: str) -> Source:
        """Return the file. Raises SourceNotFound or its siblings, or Unavailable."""
        try:
            return self._read(key, read_at_hand)
        except BlockingIOError:
            return await asyncio.to_thread(self._read, key, os.read)

    def read_here(self, key: str) -> bytes:
        """Return the bytes of the file, to a thread that may block. Raises as `read`."""
        return self._read(key, os.read).data

    def _read(self, key: str, read: Callable[[int, int], bytes]) -> Source:
        path, _ = self._find(key)
        try:
            descriptor = os.open(path, OPEN)
        except OSError as why:
            raise of_file(why)(f"Cannot open {path}: {why.strerror}.") from why
        with open(descriptor, "rb", buffering=0):  # noqa: PTH123 - a descriptor, no path
            # The open file is asked again: it is the one that is read, whatever the name is now.
            found = _regular(os.fstat(descriptor), key)
            if found.st_size > self._max_bytes:
                raise SourceTooLarge(
                    f"{key}: expected at most {self._max_bytes} bytes, got {found.st_size}."
                )
            return Source(read(descriptor, found.st_size), _version(found))

    def _find(self, key: str) -> tuple[str, os.stat_result]:
        """Return where the file is and its stat; one lstat for each part that the key names."""
        parts = segments(key)
        _refuse_hidden(parts, key)
        path = self._root
        try:
            if sys.platform == "win32":
                # Short names, junctions and streams lead elsewhere, and are no links by their stat.
                path = self._follow("/".join(map(plain, parts)))
                return path, _regular(os.lstat(path), key)
            for part in parts:
                path = f"{path}/{part}"
                found = os.lstat(path)
                if stat.S_ISLNK(found.st_mode):
                    path = self._follow("/".join(parts))
                    found = os.lstat(path)
                    break
        except (OSError, ValueError) as why:
            raise of_file(why)(f"Cannot find {key!r} in {self._root}: {why}.") from why
        return path, _regular(found, key)

    def _follow(self, key: str) -> str:
        """Return where a path with a symbolic link in it really ends, if that is in the folder."""
        path = os.path.realpath(f"{self._root}/{key}", strict=True)
        if os.path.commonpath([path, self._root]) != self._root:
            raise SourceNotFound(f"Expected a file in {self._root}, but {key!r} links to {path}.")
        _refuse_hidden(PurePath(path[len(self._root) :]).parts, key)
        return path


def read_any(path: str, max_bytes: int, patience_s: float) -> bytes:
    """Return what is in a file, or comes out of a pipe or a device.

    Blocks while something comes. Raises OSError or ValueError, SourceTooLarge, and SourceTimeout
    after `patience_s` of silence.
    """
    chunks: list[bytes] = []
    left = max_bytes + 1
    # Without blocking: a pipe to which nobody writes would hold its thread for ever.
    with open(path, "rb", buffering=0, opener=_open_now) as file:
        found = os.fstat(file.fileno())
        waits = not stat.S_ISREG(found.st_mode)
        while left:
            if waits:
                _wait(file, path, patience_s)
            chunk = file.read(min(left, CHUNK if waits else found.st_size + 1))
            if chunk == b"":
                return b"".join(chunks)
            if chunk is not None:
                chunks.append(chunk)
                left -= len(chunk)
    raise SourceTooLarge(f"{path}: expected at most {max_bytes} bytes.")


def _open_now(path: str, flags: int) -> int:
    return os.open(path, flags | AT_ONCE)


def _wait(file: FileIO, path: str, patience_s: float) -> None:
    if sys.platform == "win32":
        return  # it blocks: there is no poll
    poll = select.poll()
    poll.register(file, select.POLLIN)
    if not poll.poll(patience_s * 1000):
        raise SourceTimeout(f"{path}: expected bytes within {patience_s} s, got none.")


def _refuse_hidden(parts: Sequence[str], key: str) -> None:
    if any(part.startswith(".") for part in parts):
        raise SourceNotFound(f"Expected no hidden file, got {key!r}.")


def _regular(found: os.stat_result, key: str) -> os.stat_result:
    if not stat.S_ISREG(found.st_mode):
        raise SourceNotFound(f"Expected a file, but {key!r} is something else.")
    return found


def _version(found: os.stat_result) -> str:
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"
