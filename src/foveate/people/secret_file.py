"""What the mode of a file with secrets may be."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

OPEN: Final = stat.S_IRWXO | stat.S_IWGRP
"""Bits that none of these has. A group may read it, as secrets are handed to containers."""


def unfit_mode(path: Path, mode: int) -> str:
    """Return in a sentence why a file of that mode is not read; empty where it may be.

    On Windows it always may: there the mode does not say who reads it.

    >>> from pathlib import Path
    >>> unfit_mode(Path("keys"), 0o100640)
    ''
    """
    if sys.platform == "win32" or not mode & OPEN:
        return ""
    return (
        "expected a file that only its owner may change and not everybody may read, got mode "
        f"{stat.S_IMODE(mode):o}. chmod 600 {path}"
    )
