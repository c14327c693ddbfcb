"""What it is to us that a batch cannot write: its own fault, or a disk that may have room later."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption, DiskFull, NotWritten

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
FULL_FOR_SQLITE: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
UNCLEAR: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""Without room it can neither write nor, as it needs files of its own for that, open or read: but
what it met may be a right, or a bound, as well."""
OF_SQLITE: Final = ("", "-wal", "-shm")
"""How the names of the files end that it has for one."""
TRIED_BYTES: Final = 64 * 1024
"""More than the largest file that it needs before it can read."""
NO_MANIFEST: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
PRIMARY: Final = 0xFF
"""The bits of a code of SQLite that say what it is; the others say where."""


def damaged(what: object, why: sqlite3.Error) -> BadOption:
    """Return what to raise where a manifest is none that can be read."""
    public = "What is there from an earlier run is no manifest that can be read."
    return BadOption(f"Expected a manifest at {what}, got none: {why}.", public=public)


def unwritten(
    what: str, why: OSError | sqlite3.Error, place: Path | None = None
) -> NotWritten | DiskFull:
    """Return what to raise where `what` cannot be written: to a file of SQLite, that at `place`."""
    if place is not None and isinstance(why, sqlite3.Error) and primary_code(why) in UNCLEAR:
        why = _met(place) or why
    if isinstance(why, OSError):
        full, said = why.errno in FULL, why.strerror or str(why)
    else:
        full, said = primary_code(why) in FULL_FOR_SQLITE, str(why)
    kind: type[NotWritten | DiskFull] = DiskFull if full else NotWritten
    return kind(f"Expected to write {what}, got: {said}.")


def _met(place: Path) -> OSError | None:
    """Return what keeps us from writing to a file of SQLite, or in a folder; None for nothing."""
    is_folder = place.is_dir()
    files = [] if is_folder else [place.with_name(place.name + end) for end in OF_SQLITE]
    try:
        for each in files:
            _check(each)
        with TemporaryFile(dir=place if is_folder else place.parent) as tried:
            # As large as it will be: there may be room, yet not for a file of that size.
            tried.seek(max((each.stat().st_size for each in files if each.exists()), default=0))
            tried.write(bytes(TRIED_BYTES))
            tried.flush()
            os.fsync(tried.fileno())
    except OSError as why:
        return why
    return None


def _check(file: Path) -> None:
    """Raise OSError for what is there and cannot be written to; it is not opened.

    Who closes a file lets go of the locks on it that SQLite has in this process.
    """
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    ours = os.access in os.supports_effective_ids
    if file.exists() and not os.access(file, os.R_OK | os.W_OK, effective_ids=ours):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def primary_code(why: sqlite3.Error) -> int:
    """Return what SQLite says that an error is; 0 of those that are Python's own."""
    return int(getattr(why, "sqlite_errorcode", 0)) & PRIMARY


@contextmanager
def writing(what: object) -> Iterator[None]:
    """Raise NotWritten, or DiskFull, where nothing can be written; BadOption for what is none."""
    try:
        yield
    except (OSError, sqlite3.Error) as why:
        if isinstance(why, sqlite3.Error) and primary_code(why) in NO_MANIFEST:
            raise damaged(what, why) from why
        raise unwritten(f"to {what}", why, what if isinstance(what, Path) else None) from why
