"""Which files of a folder are pictures, by their names alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from foveate.values import ImageFormat

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS: Final = frozenset({f".{kind}" for kind in ImageFormat}) | {
    *(".jpg", ".jpe", ".jfif", ".tif", ".heif", ".j2k", ".svgz", ".dib", ".ppm", ".pgm", ".pbm"),
    *(".psb", ".jxr", ".wdp", ".hdp", ".fit", ".flc"),
}
"""How names of what is read end; what a list or a command names is read whatever it is called."""
SYSTEMS: Final = frozenset({"@eaDir", "__MACOSX", "#recycle"})
"""What network drives and archives leave beside pictures."""


def is_picture(name: str) -> bool:
    """Return whether a name is that of a picture.

    >>> is_picture("a/b.JPG"), is_picture("notes.txt")
    (True, False)
    """
    return os.path.splitext(name)[1].lower() in ENDINGS  # noqa: PTH122 - millions of times


def is_left_out(name: str) -> bool:
    """Return whether a file or a folder is none of a folder's: hidden, or left there by a system.

    >>> is_left_out(".cache"), is_left_out("@eaDir"), is_left_out("holidays")
    (True, True, False)
    """
    return name.startswith(".") or name in SYSTEMS


def pictures_below(folder: Path) -> list[Path]:
    """Return the files of a folder, and of those in it, that are pictures, in order."""
    files = (file for file in folder.rglob("*") if is_picture(file.name) and file.is_file())
    return sorted(
        file for file in files if not any(map(is_left_out, file.relative_to(folder).parts))
    )
