"""How much memory this process holds, and what of it networks may have."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from mmap import PAGESIZE
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE: Final = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return the bytes of this process that lie in memory; 0 where the kernel does not say."""
    try:
        return int(_FILE.read_text(encoding="ascii").split()[1]) * PAGESIZE
    except OSError:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The memory of this process, as networks share it."""

    most_bytes: int = sys.maxsize
    """What all networks may hold together."""
    release: Callable[[], None] = lambda: None
    """Gives back to the system what networks held that were dropped."""
    resident: Callable[[], int] = resident_bytes
