"""Pictures of folders, and those that a pattern matches: in order, one folder in memory."""

from __future__ import annotations

import os
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from re import compile as compiled
from typing import TYPE_CHECKING, Final

from foveate.batches.row import Row, version_of
from foveate.batches.template import HIDDEN
from foveate.pictures import is_left_out, is_picture

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

SPECIAL: Final = frozenset("*?[")


def in_folder(folder: str, out: str) -> Iterator[Row]:
    """Yield the pictures below a folder but for those of `out`; hidden ones are none."""
    root = os.path.abspath(folder)  # noqa: PTH100 - links stay what they are called
    yield from _below(root, "", os.path.realpath(out) if out else "")


def _below(root: str, under: str, out: str) -> Iterator[Row]:
    place = f"{root}/{under}" if under else root
    if (out and os.path.realpath(place) == out) or os.path.exists(f"{place}/{HIDDEN}"):  # noqa: PTH110
        return
    for name in _sorted_names(place):
        inner = f"{under}/{name}" if under else name
        if name.endswith("/"):
            yield from _below(root, inner[:-1], out)
        elif (row := _row(f"{root}/{inner}", inner)) is not None:
            yield row


def _sorted_names(place: str) -> list[str]:
    """Return the names of pictures, and of folders with a slash behind them, in order."""
    names = []
    with os.scandir(place) as found:
        for entry in found:
            name = entry.name
            if is_left_out(name):
                continue
            if entry.is_dir(follow_symlinks=False):
                names.append(f"{name}/")
            elif is_picture(name):
                names.append(name)
    names.sort()
    return names


def _row(file: str, inner: str) -> Row | None:
    try:
        found = os.stat(file)  # noqa: PTH116
    except OSError:  # gone meanwhile, or a link that leads nowhere
        return None
    path = os.path.splitext(inner)[0]  # noqa: PTH122
    return Row(key=file, path=path, version=version_of(found))


def is_pattern(name: str) -> bool:
    """Return whether a name is a pattern: `photos/**/*.jpg`."""
    return not SPECIAL.isdisjoint(name) and not os.path.lexists(name)


def root_of(pattern: str) -> str:
    """Return the folder below which all is that a pattern matches.

    >>> root_of("photos/2024/**/*.jpg"), root_of("a*.jpg"), root_of("/a*.jpg")
    ('photos/2024', '.', '/')
    """
    fixed = "/".join(pattern.split("/")[: _fixed(pattern)])
    return fixed or ("/" if pattern.startswith("/") else ".")


def _fixed(pattern: str) -> int:
    parts = pattern.split("/")
    return next(number for number, part in enumerate(parts) if not SPECIAL.isdisjoint(part))


def matching(pattern: str, out: str) -> Iterator[Row]:
    """Yield the pictures that a pattern matches, in order; `**` is any folders."""
    root = root_of(pattern)
    if not Path(root).is_dir():
        return
    wanted = tuple(pattern.split("/")[_fixed(pattern) :])
    base = os.path.abspath(root).rstrip("/")  # noqa: PTH100
    for row in in_folder(root, out):
        if _fits(tuple(row.key[len(base) + 1 :].split("/")), wanted):
            yield row


def _fits(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    """Return whether the parts of a path are as the parts of a pattern want them.

    >>> _fits(("a", "b", "c.jpg"), ("**", "*.jpg")), _fits(("a", "b.jpg"), ("*.jpg",))
    (True, False)
    """
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return any(_fits(parts[start:], wanted[1:]) for start in range(len(parts) + 1))
    return bool(parts) and bool(_regex(wanted[0]).match(parts[0])) and _fits(parts[1:], wanted[1:])


@lru_cache(64)
def _regex(part: str) -> re.Pattern[str]:
    return compiled(translate(part))
