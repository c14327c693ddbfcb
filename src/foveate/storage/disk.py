"""A cache on disk, bounded by bytes, that survives being killed and being shared."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from contextlib import contextmanager, suppress
from hashlib import blake2b, sha256
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple
from uuid import uuid4

from foveate import locks
from foveate.values import Purged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.values import Blob

log = logging.getLogger(__name__)

MAGIC: Final = b"fov1"
DIGEST_BYTES: Final = 16
HEADER_BYTES: Final = len(MAGIC) + DIGEST_BYTES
BLOCK: Final = 4096
"""Disks hand out whole blocks, so that is what a file counts in."""
UNFINISHED: Final = "unfinished"
CLAIMS: Final = "claims"
"""A file that stays empty: each key is a place in it, which one process can lock."""
CLAIM_DIGITS: Final = 12
SHARD: Final = re.compile(r"[0-9a-f]{2}")
GROUP_DIGITS: Final = 16
"""By which the files of a group are known, before those of the key."""
ENTRY: Final = re.compile(rf"([0-9a-f]{{{GROUP_DIGITS}}})?[0-9a-f]{{64}}")
GROUPED: Final = re.compile(rf"[0-9a-f]{{{GROUP_DIGITS + 64}}}")
TEMPORARY: Final = re.compile(r"(\d{1,9})-[0-9a-f]{32}")
TOUCH_EVERY_S: Final = 60.0
"""The time of modification is our time of use, and need not be more exact than this."""
ABANDONED_S: Final = 600.0
MAPPED_BYTES: Final = 1024 * 1024
"""Values from this size on come in pages of their own: such can be shared for as long as anybody
looks at them, are handed out without being zeroed first, and go back to the system at once."""
FILL_AFTER_SWEEP: Final = 0.9
SWEEP_EVERY: Final = 0.1
"""Part of the bound that we write between two looks at what other processes wrote."""


class _Entry(NamedTuple):
    used_at: float
    cost: int
    path: str


class DiskCache:
    """Keeps what was used last, in about `max_bytes`, under any number of processes.

    The folder itself is the index: every so often a background thread looks at all files and
    deletes those unused for longest. So a start reads nothing, nothing can get out of step, and
    the bound holds for all processes together, give or take a tenth for each.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._used = 0
        self._unswept = 0
        self._counting = threading.Lock()
        self._sweeping = threading.Lock()
        self._complained = False
        self._sweep_soon()

    def holds(self, key: str) -> bool:
        """Return whether there is a file for that key, whatever is in it."""
        return self._path(key).exists()

    def peek(self, key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first `size` bytes of what was put there, unchecked, and its whole length."""
        try:
            with self._path(key).open("rb") as file:
                found = file.read(HEADER_BYTES + size)
                length = os.fstat(file.fileno()).st_size - HEADER_BYTES
        except FileNotFoundError:
            return None
        except OSError as why:
            self._complain(why)
            return None
        return (found[HEADER_BYTES:], length) if found.startswith(MAGIC) else None

    def get(self, key: str) -> Blob | None:
        """Return what was put there, whole, or None."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                value = _read(file)
                used_at = os.fstat(file.fileno()).st_mtime
            if value is None:
                path.unlink(missing_ok=True)
            elif time.time() - used_at > TOUCH_EVERY_S:
                os.utime(path)
        except FileNotFoundError:
            return None
        except OSError as why:
            self._complain(why)
            return None
        return value

    def put(self, key: str, value: bytes) -> bool:
        """Keep it, and return whether that went well.

        A full or forbidden disk is said once in the log and is nobody's error.
        """
        cost = _cost(HEADER_BYTES + len(value))
        if cost > self._max_bytes:
            return False
        try:
            self._write(self._path(key), value)
        except OSError as why:
            self._complain(why)
            return False
        with self._counting:
            self._used += cost
            self._unswept += cost
            due = self._used > self._max_bytes or self._unswept > SWEEP_EVERY * self._max_bytes
        if due:
            self._sweep_soon()
        return True

    @contextmanager
    def claimed(self, key: str) -> Iterator[bool]:
        """Yield whether nobody else who shares the folder has claimed that key; till then we have.

        Whoever is killed lets go. Where there is no folder, or none with locks, nobody shares it. A
        process may hold one at a time: letting go of one, it lets go of all.
        """
        try:
            file = (self._folder / CLAIMS).open("ab")
        except OSError:
            yield True
            return
        with file:
            try:
                ours = locks.take(file.fileno(), int(_digits(key)[:CLAIM_DIGITS], 16))
            except OSError:
                ours = True
            yield ours

    def forget_all(self, groups: set[str]) -> None:
        """Delete what was put under all keys that begin with GROUP/.

        Raises OSError where that cannot be done.
        """
        begins = {_digits(group)[:GROUP_DIGITS] for group in groups}
        for shard in {each[:2] for each in begins}:
            for entry in _files(str(self._folder / shard), GROUPED):
                if entry.name[:GROUP_DIGITS] in begins:
                    _delete(entry.path)

    def purge(self, meant: Callable[[bytes], bool], size: int) -> Purged:
        """Delete what is meant by its first `size` bytes. Raises OSError where that cannot be."""
        sizes = []
        for entry in list(_entries(str(self._folder))):
            with suppress(FileNotFoundError):
                with Path(entry.path).open("rb") as file:
                    beginning = file.read(HEADER_BYTES + size)[HEADER_BYTES:]
                if meant(beginning):
                    _delete(entry.path)
                    sizes.append(entry.cost)
        return Purged(len(sizes), sum(sizes))

    def forget_older(self, age_s: float) -> None:
        """Delete what nobody read or wrote for so long. A forbidden disk is nobody's error."""
        before = time.time() - age_s
        try:
            for entry in list(_entries(str(self._folder))):
                if entry.used_at < before:
                    _delete(entry.path)
        except OSError as why:
            self._complain(why)

    def sweep(self) -> None:
        """Delete what was not used for longest until the bound holds, and what was left half."""
        with self._sweeping:
            with self._counting:
                self._unswept = 0
            for path in _abandoned(str(self._folder / UNFINISHED)):
                _delete(path)
            used = _shrink(sorted(_entries(str(self._folder))), self._max_bytes)
            with self._counting:
                self._used = used + self._unswept

    def _sweep_soon(self) -> None:
        if not self._sweeping.locked():
            threading.Thread(target=self._sweep_quietly, name="cache-sweep", daemon=True).start()

    def _sweep_quietly(self) -> None:
        try:
            self.sweep()
        except OSError as why:
            self._complain(why)

    def _complain(self, why: OSError) -> None:
        if not self._complained:
            self._complained = True
            log.warning("The cache in %s is not usable, going on without: %s", self._folder, why)

    def _path(self, key: str) -> Path:
        group, grouped, _ = key.partition("/")
        name = (_digits(group)[:GROUP_DIGITS] if grouped else "") + _digits(key)
        return self._folder / name[:2] / name

    def _write(self, path: Path, value: bytes) -> None:
        """Write beside and rename: whoever reads sees the old file or the new one, whole."""
        temporary = self._folder / UNFINISHED / f"{os.getpid()}-{uuid4().hex}"
        try:
            # No fsync: after a power cut the checksum tells, and a cache may forget.
            with _created(temporary) as file:
                file.write(MAGIC + _digest(value))
                file.write(value)
            _rename(temporary, path)
        except BaseException:
            _delete(str(temporary))
            raise


def sealed(value: bytes) -> bytes:
    """Return a value with the checksum by which `unsealed` knows it."""
    return MAGIC + _digest(value) + value


def unsealed(data: bytes) -> bytes | None:
    """Return what was sealed, or None when it is not what somebody sealed."""
    value = data[HEADER_BYTES:]
    return value if data[:HEADER_BYTES] == MAGIC + _digest(value) else None


def _digits(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _created(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.open("xb")


def _rename(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.replace(path)


def _read(file: BinaryIO) -> Blob | None:
    """Return the value in a file, or None when it is not what somebody put there."""
    header = file.read(HEADER_BYTES)
    size = os.fstat(file.fileno()).st_size - HEADER_BYTES
    value = file.read() if size < MAPPED_BYTES else _pages(file, size)
    return value if header == MAGIC + _digest(value) else None


def _pages(file: BinaryIO, size: int) -> mmap:
    # Anonymous: a mapped file that somebody cuts short would kill whoever reads it.
    pages = mmap(-1, size)
    file.readinto(pages)  # type: ignore[attr-defined] # of a buffered reader, which it is
    return pages


def _digest(value: Blob) -> bytes:
    return blake2b(value, digest_size=DIGEST_BYTES).digest()


def _cost(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _files(folder: str, names: re.Pattern[str]) -> Iterator[os.DirEntry[str]]:
    """Yield what is ours by its name: nothing else in the folder is touched, whoever put it."""
    try:
        with os.scandir(folder) as found:
            yield from (entry for entry in found if names.fullmatch(entry.name))
    except (FileNotFoundError, NotADirectoryError):
        return


def _entries(folder: str) -> Iterator[_Entry]:
    for shard in _files(folder, SHARD):
        for entry in _files(shard.path, ENTRY):
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # Another process was faster.
            yield _Entry(found.st_mtime, _cost(found.st_size), entry.path)


def _shrink(oldest_first: list[_Entry], max_bytes: int) -> int:
    """Delete entries if they are beyond the bound; return what the rest takes."""
    used = sum(entry.cost for entry in oldest_first)
    if used <= max_bytes:
        return used
    for entry in oldest_first:
        if used <= FILL_AFTER_SWEEP * max_bytes:
            break
        _delete(entry.path)
        used -= entry.cost
    return used


def _abandoned(folder: str) -> Iterator[str]:
    """Yield the temporary files whose writers are gone.

    Another container's writer looks gone too; it then fails to rename, and only forgets.
    """
    for entry in _files(folder, TEMPORARY):
        try:
            old = time.time() - entry.stat().st_mtime > ABANDONED_S
        except FileNotFoundError:
            continue
        if old or not _is_running(int(entry.name.partition("-")[0])):
            yield entry.path


def _is_running(process: int) -> bool:
    if sys.platform == "win32":
        return True  # to ask would be to end it: age alone tells
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _delete(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 - scandir hands out strings, a Path each would cost more
