"""What it is to us that a batch cannot write: its own fault, or a disk that may have room later."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption, DiskFull, NotWritten

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
FULL_FOR_SQLITE: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)
"""Without room it can neither write nor, as it needs files of its own for that, open or read."""
NO_MANIFEST: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
PRIMARY: Final = 0xFF
"""The bits of a code of SQLite that say what it is; the others say where."""


def damaged(what: object, why: sqlite3.Error) -> BadOption:
    """Return what to raise where a manifest is none that can be read."""
    public = "What is there from an earlier run is no manifest that can be read."
    return BadOption(f"Expected a manifest at {what}, got none: {why}.", public=public)


def unwritten(what: str, why: OSError | sqlite3.Error) -> NotWritten | DiskFull:
    """Return what to raise where `what` cannot be written."""
    if isinstance(why, OSError):
        full, said = why.errno in FULL, why.strerror or str(why)
    else:
        full, said = primary_code(why) in FULL_FOR_SQLITE, str(why)
    kind: type[NotWritten | DiskFull] = DiskFull if full else NotWritten
    return kind(f"Expected to write {what}, got: {said}.")


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
        raise unwritten(f"to {what}", why) from why
