"""Rows on their way into a table: on disk, for there may be more of them than memory holds.

The file has no name, and is encrypted with a key that nobody has but this object: whether it ends
well or is killed, nothing of a face is left that could be read.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final, Self

from foveate.errors import IndexNotWritten
from foveate.people.lance import arrow
from foveate.people.sealing import KEY_BYTES, Keyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KIND: Final = "batch"
LENGTH_BYTES: Final = 8


class Spool:
    """Tables of Arrow, in the order in which they were added; read as often as is asked for."""

    def __init__(self, folder: Path | None) -> None:
        """Take where there is room; None is where the system keeps temporary files."""
        with _told():
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with this
        self._seal: Any = Keyring(lambda: (os.urandom(KEY_BYTES),)).new(KIND)
        self._batches = self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._rows

    def add(self, rows: Any) -> None:  # noqa: ANN401 - no types
        """Keep some rows. Raises IndexNotWritten for want of room."""
        stream = arrow().BufferOutputStream()
        with arrow().ipc.new_stream(stream, rows.schema) as writer:
            writer.write_table(rows)
        closed = self._seal.close(stream.getvalue().to_pybytes(), KIND, str(self._batches))
        with _told():
            self._file.write(len(closed).to_bytes(LENGTH_BYTES))
            self._file.write(closed)
        self._batches += 1
        self._rows += len(rows)

    def __iter__(self) -> Iterator[Any]:
        self._file.seek(0)
        for number in range(self._batches):
            length = int.from_bytes(self._file.read(LENGTH_BYTES))
            data = self._seal.open(self._file.read(length), KIND, str(number))
            yield arrow().ipc.open_stream(data).read_all()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise IndexNotWritten(f"What is made anew cannot be kept on the way: {why}") from why
