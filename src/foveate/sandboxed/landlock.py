"""No file is opened any more but below some folders, and no port is reached (Linux 5.13 on).

Source: the kernel's Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The same on every processor."""
_ASK_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

_RIGHTS: Final = ((5, 16), (3, 15), (2, 14), (1, 13))
"""From which version of the interface on how many rights on files have a bit."""
_FILES, _PORTS, _SCOPES = 1, 4, 6
"""From which version on there are rights on files, on TCP ports, and on signals and sockets."""


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return the version of the interface, 0 where there is none."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def restrict(folders: Iterable[str]) -> bool:
    """Take the right to open anything but what lies below `folders`, which can be read.

    Returns whether the kernel does it. `~` is the home of whoever runs this.
    """
    known = version()
    if known < _FILES:
        return False
    bits = next(count for least, count in _RIGHTS if known >= least)
    words = ((1 << bits) - 1, 0b11 * (known >= _PORTS), 0b11 * (known >= _SCOPES))
    used = 1 + (known >= _PORTS) + (known >= _SCOPES)
    handled = (ctypes.c_uint64 * used)(*words[:used])
    rules = _call(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if rules < 0:
        return False
    for folder in folders:
        _allow_reading(rules, os.path.expanduser(folder))  # noqa: PTH111 - pathlib costs 3 ms
    restricted = _call(_RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return restricted


def _allow_reading(rules: int, folder: str) -> None:
    with suppress(OSError):  # not on this machine
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
        below = _PathBeneath(_READ_FILE | _READ_DIR, opened)
        _call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(below), 0)
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(ctypes.CDLL(None).syscall(ctypes.c_long(number), *given))
