"""Pictures of folders, and those that a pattern matches: in order, one folder in memory."""

from __future__ import annotations

import os
from fnmatch import translate
from pathlib import Path
from re import compile as compiled
from typing import TYPE_CHECKING, Final

from foveate.batches.row import Row, version_of
from foveate.batches.template import HIDDEN
from foveate.pictures import is_left_out, is_picture

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Sequence

    Wanted = Sequence[re.Pattern[str] | None]

SPECIAL: Final = frozenset("*?[")


def in_folder(
    folder: str, out: str, leads: Callable[[str], bool] = lambda _: True
) -> Iterator[Row]:
    """Yield the pictures below a folder but for those of `out`; hidden ones are none.

    What other batches made below it is none, either, unless the folder itself is their destination.
    Of the folders below it those are read to which a wanted path `leads`. One that cannot be read,
    or is gone by now, is a row with that problem.
    """
    root = os.path.abspath(folder).rstrip("/")  # noqa: PTH100 - links stay what they are called
    # No link between folders is followed: below the root, names alone tell what is `out`.
    real = os.path.realpath(folder).rstrip("/")
    made = f"{os.path.realpath(out)}/" if out else ""
    waiting = [""]  # no recursion: folders may lie deeper than Python calls
    while waiting:
        inner = waiting.pop()
        file = f"{root}/{inner}"
        if inner and not inner.endswith("/"):
            if (row := _row(file, inner)) is not None:
                yield row
        elif f"{real}/{inner}" != made and not (inner and _is_destination(file)):
            try:
                found = [inner + name for name in reversed(_sorted_names(file))]
                waiting += [each for each in found if not each.endswith("/") or leads(each[:-1])]
            except OSError as why:
                yield _unread(file, inner, why)


def _is_destination(place: str) -> bool:
    return os.path.exists(f"{place}{HIDDEN}")  # noqa: PTH110


def _unread(place: str, inner: str, why: OSError) -> Row:
    problem = f"Expected a folder that can be read, got: {why.strerror}."
    return Row(key=place.rstrip("/"), path=inner.rstrip("/"), problem=problem)


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
    wanted = [_regex(part) for part in pattern.split("/")[_fixed(pattern) :]]
    base = os.path.abspath(root).rstrip("/")  # noqa: PTH100
    for row in in_folder(root, out, lambda inner: _leads(inner.split("/"), wanted)):
        if row.problem or _fits(row.key[len(base) + 1 :].split("/"), wanted):
            yield row


def _fits(parts: Sequence[str], wanted: Wanted) -> bool:
    """Return whether the parts of a path are as the parts of a pattern want them.

    >>> _fits(["a", "b", "c.jpg"], [None, _regex("*.jpg")]), _fits(["a", "b"], [_regex("*")])
    (True, False)
    """
    return len(parts) in _fitted(parts, wanted)[-1]


def _leads(parts: Sequence[str], wanted: Wanted) -> bool:
    """Return whether a pattern may match something below a folder.

    >>> _leads(["a"], [_regex("*"), _regex("*.jpg")]), _leads(["a"], [_regex("*")])
    (True, False)
    """
    begun = _fitted(parts, wanted)[: None if wanted[-1] is None else -1]
    return any(len(parts) in fitted for fitted in begun)


def _fitted(parts: Sequence[str], wanted: Wanted) -> list[set[int]]:
    """Return how many of the first parts fit none, the first, the first two, ... of a pattern.

    All numbers at once, for a pattern may have many `**`, and each stands for any.
    """
    found = [{0}]
    for part in wanted:
        before = found[-1]
        if part is None:
            found.append(set(range(min(before, default=len(parts) + 1), len(parts) + 1)))
        else:
            found.append({n + 1 for n in before if n < len(parts) and part.match(parts[n])})
    return found


def _regex(part: str) -> re.Pattern[str] | None:
    """Return what a part of a pattern matches; None for `**`, which is any folders."""
    return None if part == "**" else compiled(translate(part))
