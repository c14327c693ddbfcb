"""What a process gives up for good before it reads what a stranger made.

Each measure stands alone: where a kernel does not know one, the others hold. Windows knows none.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from mmap import PAGESIZE
from typing import Final

from foveate.sandboxed import landlock, seccomp

NOBODY: Final = 65_534
MAX_FILES: Final = 64
GRACE_S: Final = 2
"""Between the signal that says why and the one that cannot be survived."""
FONT_FOLDERS: Final = (
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/local/share/fonts",
    "/var/cache/fontconfig",
    "~/.fonts",
    "~/.local/share/fonts",
    "~/.cache/fontconfig",
    "~/.config/fontconfig",
)
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def confine(memory_bytes: int, cpu_s: int, *, parent: int, fonts: bool = False) -> None:
    """Give up memory and time beyond these, root, files, sockets, and other processes.

    With `fonts`, files of fonts can still be read.
    """
    if sys.platform == "win32":
        return
    bound(memory_bytes, cpu_s)
    _drop_root()
    die_with(parent)  # the kernel forgets it with the user
    if sys.platform != "linux":
        return
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(FONT_FOLDERS if fonts else ())
    seccomp.restrict(reading=fonts)


def bound(memory_bytes: int, cpu_s: int) -> None:
    """Let the kernel watch over this process, and over what it writes, from here on.

    What its libraries take already is not counted.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not everywhere

    data = memory_bytes + _data_bytes()
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + GRACE_S),
        (resource.RLIMIT_DATA, data, data),
        (resource.RLIMIT_FSIZE, memory_bytes, memory_bytes),
        (resource.RLIMIT_NOFILE, MAX_FILES, MAX_FILES),
    ):
        resource.setrlimit(kind, (soft, hard))


def _data_bytes() -> int:
    """Return the private memory that this process has asked for; 0 where the kernel is silent."""
    try:
        with open("/proc/self/statm", encoding="ascii") as said:  # noqa: PTH123 - pathlib costs 3 ms
            return int(said.read().split()[5]) * PAGESIZE
    except OSError:
        return 0


def die_with(parent: int) -> None:
    """Let the kernel end this process with that one, which started it; on Linux alone."""
    if sys.platform != "linux":
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("Expected the process that asked to be there, and it is gone.")


def _drop_root() -> None:
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    with suppress(OSError):  # a container may know of no other user
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)
