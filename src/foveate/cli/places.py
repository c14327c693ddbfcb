"""Where commands write: never over what they read, nor twice into one file."""

from __future__ import annotations

import mimetypes
import os
import secrets
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.cli.several import STANDARD
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Mark = Path | tuple[int, int]
    """What tells a file from others: where it really is, or its device and inode."""

PNG: Final = "image/png"


def _marks(file: Path) -> set[Mark]:
    """Return what tells a file from others, through links of both kinds."""
    # Not Path.resolve, which fails for a link that leads to itself.
    marks: set[Mark] = {Path(os.path.realpath(file))}
    with suppress(OSError):  # not there yet
        marks.add(_inode(file.stat()))
    return marks


def _inode(known: os.stat_result) -> tuple[int, int]:
    return known.st_dev, known.st_ino


def _marks_of(name: str) -> set[Mark]:
    """Return the same of what a picture is read from, nothing if that is no file."""
    from foveate.storage.anywhere import file_of

    # What is wrong with a name, its reading says.
    with suppress(OSError, RuntimeError, ValueError):
        if name == STANDARD:
            return {_inode(os.fstat(0))}
        if (file := file_of(name)) is not None:
            return _marks(Path(file).expanduser())
    return set()


@dataclass(frozen=True, slots=True)
class Places:
    """The files that one command reads, and those that it wrote: all that it writes goes here."""

    read: frozenset[Mark]
    written: set[Mark] = field(default_factory=set)

    @classmethod
    def of(cls, names: Iterable[str]) -> Places:
        """Return the places of pictures by their names."""
        return cls(frozenset[Any]().union(*map(_marks_of, names)))

    def check(self, file: Path) -> None:
        """Raise BadOption for one of the pictures, and for what was made of another one already."""
        marks = _marks(file)
        if marks & self.read:
            raise BadOption(f"Expected another name than that of a picture to read, got {file}.")
        if marks & self.written:
            raise BadOption(f"Expected a name for each picture, got {file} twice: rename one.")

    def deliver(self, data: bytes, dest: Path) -> bool:
        """Write a picture, and return whether to a file; `-` is standard output.

        Raises BadOption as `check`, and where that is a terminal, which bytes would upset.
        """
        if str(dest) != STANDARD:
            self.check(dest)
            _put(data, dest)
            self.written.update(_marks(dest))
            return True
        if sys.stdout.isatty():
            raise BadOption(
                "Expected standard output to lead to a file or a program, got a terminal. Add "
                "> FILE, or see the picture with --show."
            )
        sys.stdout.buffer.write(data)
        return False


def _put(data: bytes, dest: Path) -> None:
    """Write a whole file or none: a link gives way to it, and what is no file takes the bytes."""
    if dest.exists() and not dest.is_file():
        dest.write_bytes(data)
        return
    fresh = dest.with_name(f".foveate-{secrets.token_hex(8)}")
    try:
        with fresh.open("xb") as file:
            file.write(data)
        if dest.is_file() and not dest.is_symlink():
            shutil.copymode(dest, fresh)
        fresh.replace(dest)
    except OSError as why:
        raise OSError(why.errno, why.strerror, str(dest)) from why
    finally:
        with suppress(OSError):  # it is in its place, or why it is not was said
            fresh.unlink()


def check_ending(dest: Path, content_type: str) -> None:
    """Raise BadOption where a file name would lie about the picture in it."""
    from foveate.imaging.encode import ending_of

    named, _ = mimetypes.guess_type(dest.name)
    if named is not None and named.startswith("image/") and named != content_type:
        wanted = f"{dest.stem}{ending_of(content_type)}"
        raise BadOption(f"Expected a name for {content_type} such as {wanted}, got {dest.name!r}.")


def for_drawing(names: Sequence[str], dest: Path | None, option: str) -> Places:
    """Return the places of pictures; with `dest`, of the one a drawing of which may go there.

    It is looked at before anything is drawn. Raises BadOption for several pictures, a name that
    lies, and the picture itself.
    """
    places = Places.of(names)
    if dest is not None:
        if len(names) != 1:
            raise BadOption(f"Expected one picture with {option}, got {len(names)}.")
        check_ending(dest, PNG)
        places.check(dest)
    return places
