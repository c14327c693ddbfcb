"""What is to stay when the power goes: names in a folder, and all that was written to a disk."""

from __future__ import annotations

import ctypes
import os
import secrets
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


def give_name(file: Path, name: Path) -> None:
    """Have a whole file under a name that nothing has. Raises FileExistsError."""
    try:
        os.link(file, name)
    except (FileExistsError, FileNotFoundError, NotADirectoryError):
        raise
    except OSError:  # a place without links: an empty file has the name until the whole one has
        name.open("xb").close()
        file.replace(name)
    else:
        file.unlink()


def write_whole(file: Path, data: bytes) -> None:
    """Write a file over what has its name: it is there whole, and stays. Raises OSError."""
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(file.parent.parent)
    # Whoever lists a folder by obstore does not see what is called so.
    fresh = file.with_name(f"{file.name}#{secrets.randbits(48)}")
    try:
        with fresh.open("xb") as written:
            written.write(data)
            written.flush()
            os.fsync(written.fileno())
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def on_and_on() -> None:
    """Go on: nobody asks for an end."""


def sync_files(files: Sequence[Path], top: Path, halt: Callable[[], None] = on_and_on) -> None:
    """Return once these are on the disk, and their names, in all folders up to `top`.

    Raises OSError, and what `halt` does, which is asked before each. Not all of the disk: what
    others write there would be waited for, too.
    """
    for each in files:
        halt()
        with each.open("rb+") as file:
            os.fsync(file.fileno())
    folders = {each for near in {file.parent for file in files} for each in _up_to(top, near)}
    for folder in sorted(folders):
        sync_folder(folder)


def _up_to(top: Path, folder: Path) -> Iterator[Path]:
    return (each for each in (folder, *folder.parents) if each.is_relative_to(top))


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk. Windows has no way to ask for that."""
    if sys.platform == "win32":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_disk(folder: Path) -> None:
    """Return once all is on the disk that was written where a folder is. Raises OSError.

    On Linux it is that file system alone, elsewhere each; on Windows it is none.
    """
    if sys.platform == "linux":
        _sync_one(folder)
    elif sys.platform != "win32":
        os.sync()


def _sync_one(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(file):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(file)
