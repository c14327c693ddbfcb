"""What must not stay in a folder if its process ends in the middle: told by a file beside a table.

A table is rewritten at once, or not at all; the files before, with what was to go, are removed
after. The mark is set before and taken away at the end, so whoever writes next finishes that.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX: Final = ".unfinished"


class Leftovers:
    """The marks in a folder. In a bucket, which is None, there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @contextmanager
    def until_done(self, collection: str) -> Iterator[None]:
        """Mark a collection, and take that back when what is done ends well."""
        if self._folder is None:
            yield
            return
        file = os.open(self._folder / f"{collection}{SUFFIX}", os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.fsync(file)
        finally:
            os.close(file)
        yield
        self.done(collection)

    def of(self, collection: str) -> bool:
        """Return whether files of a collection hold what is to be gone."""
        return self._folder is not None and (self._folder / f"{collection}{SUFFIX}").exists()

    def done(self, collection: str) -> None:
        """Take the mark away: everything is gone."""
        if self._folder is not None:
            (self._folder / f"{collection}{SUFFIX}").unlink(missing_ok=True)

    def all(self) -> list[str]:
        """Return the collections that are marked."""
        found = self._folder.glob(f"*{SUFFIX}") if self._folder else ()
        return sorted(path.name.removesuffix(SUFFIX) for path in found)
