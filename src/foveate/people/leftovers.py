"""What must not stay in a folder if its process ends in the middle: told by a file beside a table.

A table is rewritten at once, or not at all; the files before, with what was to go, are removed
after, and those of a table that is dropped one by one. The mark is set before and taken away at the
end, so whoever writes next finishes that first. What is being written has a mark of its own: it is
in a file before the table knows of it, so it may stay there when nobody finds it by its name.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX: Final = ".unfinished"
WRITING: Final = ".writing"
"""Ends the names of marks of rows on their way into a table. Every commit has one, for some 30 us.
"""
OLD_FILES: Final = "old files"
"""What is to go are files that the table no longer needs."""
TABLE: Final = "table"
"""All of the table is to go."""


class Leftovers:
    """The marks in a folder. In a bucket, which is None, there are none."""

    def __init__(
        self, folder: Path | None, suffix: str = SUFFIX, *, outlives_power: bool = True
    ) -> None:
        """Take what the names of marks end in, and whether one is on the disk before work begins.

        That takes ten times as long as a mark that outlives its process alone.
        """
        self._folder, self._suffix, self._outlives_power = folder, suffix, outlives_power

    @contextmanager
    def until_done(self, collection: str, what: str = OLD_FILES) -> Iterator[None]:
        """Mark a collection with what is to go, and take that back when it ends well.

        A mark that was there before stays: what it was set for is still to be done.
        """
        if self._folder is None or (what == OLD_FILES and self.of(collection)):
            yield
            return
        flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
        file = os.open(self._folder / f"{collection}{self._suffix}", flags, 0o600)
        try:
            os.write(file, what.encode())
            if self._outlives_power:
                os.fsync(file)
        finally:
            os.close(file)
        yield
        self.done(collection)

    def of(self, collection: str) -> bool:
        """Return whether files of a collection hold what is to be gone."""
        return self._folder is not None and (self._folder / f"{collection}{self._suffix}").exists()

    def done(self, collection: str) -> None:
        """Take the mark away: everything is gone."""
        if self._folder is not None:
            (self._folder / f"{collection}{self._suffix}").unlink(missing_ok=True)

    def all(self) -> dict[str, str]:
        """Return the collections that are marked, each with what is to go."""
        found = {}
        for path in sorted(self._folder.glob(f"*{self._suffix}") if self._folder else ()):
            with suppress(FileNotFoundError):  # another process finished it just now
                found[path.name.removesuffix(self._suffix)] = path.read_text("ascii", "replace")
        return found

    def half_dropped(self) -> set[str]:
        """Return the collections that were dropped, and of which files are still there."""
        return {name for name, what in self.all().items() if what == TABLE}
