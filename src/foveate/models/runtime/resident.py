"""How much memory this process holds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_FILE: Final = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return the bytes of this process that lie in memory; 0 where the kernel does not say."""
    try:
        return int(_FILE.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
