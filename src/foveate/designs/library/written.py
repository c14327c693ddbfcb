"""What is written of a picture: its name and folders, what lies beside it, what is in the file."""

from __future__ import annotations

import json
import os
import re
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.imaging.described import HEAD, MOST, TEXTS, described, of_xmp

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDECARS: Final = (".txt", ".xmp", ".json")
"""Endings of files beside a picture, which are called as it is, with its own ending or without."""
UNLINKED: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
"""Opens what lies there, and waits for nobody who writes into a pipe."""
SIDE_BYTES: Final = 64 * 1024
_SAID: Final = ("caption", "description", "title", "alt", "headline")
_CAMERA: Final = re.compile(
    r"(?i)^(?:img|dsc|dscn|dscf|pxl|dji|mvi|vid|photo|image|picture|scan|screenshot|untitled|copy"
    r"|final|edit|edited|web|small|large|thumb|original|jpe?g|png|images?|pictures?|photos?"
    r"|static|assets?|media|uploads?|public)$"
)
"""Words of names that say nothing of what is seen."""
_PART: Final = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[\u3040-\u30ff\u3400-\u9fff]+")
_SHORTEST: Final = 3
_FOLDERS: Final = 2
"""Folders above a picture whose names count."""


def named(name: str) -> str:
    """Return what the path of a picture says.

    >>> named("greece/IMG_0021-whiteHouses.jpg"), named("a/DSC0001.JPG"), named("花/桜.png")
    ('white Houses greece', '', '桜 花')
    """
    path = PurePosixPath(name)
    parts = [path.stem, *reversed(path.parent.parts[-_FOLDERS:])]
    words = [word for part in parts for word in _PART.findall(part)]
    return " ".join(word for word in words if _tells(word))


def _tells(word: str) -> bool:
    return not _CAMERA.match(word) and (len(word) >= _SHORTEST or not word.isascii())


def sidecars(picture: Path) -> Iterator[Path]:
    """Yield the files that may say something of a picture, whether they are there or not."""
    for ending in SIDECARS:
        yield picture.with_suffix(ending)
        yield picture.with_name(picture.name + ending)


def written(picture: Path, folder: Path) -> tuple[str, ...]:
    """Return captions of a picture, those beside it first. Raises OSError where it is gone.

    A link beside it may lead to what lies in the folder, and nowhere else.
    """
    inside = folder.resolve()
    with picture.open("rb") as opened:
        head = opened.read(HEAD)
    texts = [text for file in sidecars(picture) for text in _beside(file, inside)]
    with suppress(BrokenImage):  # whoever looks at the picture tells
        texts += described(head)
    said = (" ".join(text.split())[:MOST] for text in texts)
    return tuple(dict.fromkeys(filter(None, said)))[:TEXTS]


def within(file: Path, inside: Path) -> bool:
    """Return whether a file is one, and lies in a resolved folder wherever links lead."""
    try:
        return file.is_file() and file.resolve().is_relative_to(inside)
    except (OSError, RuntimeError):  # a link to itself, or to a name that no file can have
        return False


def _beside(file: Path, inside: Path) -> list[str]:
    data = _head(file) if within(file, inside) else b""
    if file.suffix == ".xmp":
        return list(of_xmp(data))
    text = data.decode("utf-8", "replace")
    return list(_of_json(text)) if file.suffix == ".json" else [text]


def _head(file: Path) -> bytes:
    """Return how a file begins; nothing of what came into its place and is none."""
    try:
        with os.fdopen(os.open(file.resolve(), UNLINKED), "rb") as opened:
            return (
                opened.read(SIDE_BYTES) if stat.S_ISREG(os.fstat(opened.fileno()).st_mode) else b""
            )
    except (OSError, RuntimeError):
        return b""


def _of_json(text: str) -> Iterator[str]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(told, dict):
        said = (told[key] for key in _SAID if isinstance(told.get(key), str))
        yield from (each.encode(errors="replace").decode() for each in said)  # half letters
