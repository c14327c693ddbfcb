"""The file of jobs: one for all processes of a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.errors import QueueUnusable
from foveate.jobs.tables import LATER, TABLES
from foveate.storage import books

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.errors import FoveateError


class Books(books.Books):
    """A SQLite file with the tables of jobs, where none are named."""

    def __init__(
        self,
        file: Path,
        tables: str = TABLES,
        raises: type[FoveateError] = QueueUnusable,
        later: Sequence[tuple[str, str]] = LATER,
        *,
        busy_s: float = books.BUSY_S,
    ) -> None:
        """Take where it is."""
        super().__init__(file, tables, raises, later, busy_s=busy_s)
