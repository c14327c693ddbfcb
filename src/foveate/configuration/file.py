"""Small files that settings name."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 1024 * 1024


def small_text(path: Path, encoding: str) -> str:
    """Return what is in a regular file of at most `MOST_BYTES`: a device may never end.

    Raises OSError, and ValueError for any other, or another encoding.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # before opening: a pipe would wait for its writer
        raise ValueError("not a regular file")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    return data.decode(encoding)
