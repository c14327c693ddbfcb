"""Lets foveate, and nothing else, see no more of Python than there is on Windows.

    python as_windows.py PROGRAM [ARGUMENT]

It stands between the modules of foveate and the standard library, which itself goes
on as it must on this system. Paths stay those of this system, too.
"""

from __future__ import annotations

import builtins
import fcntl
import os
import runpy
import struct
import subprocess
import sys
from types import ModuleType
from typing import Any

GONE = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty", "uvloop"}
LACKS = {
    "os": (
        "O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY O_DSYNC O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW "
        "O_NONBLOCK O_PATH O_SYNC O_TMPFILE RWF_NOWAIT SC_PAGE_SIZE chown copy_file_range eventfd "
        "fchdir fchmod fchown fdatasync fork getegid geteuid getgid getgroups getloadavg getpgid "
        "getpgrp getpriority getsid getuid getxattr killpg lockf lchown memfd_create mkfifo mknod "
        "nice pidfd_open posix_fadvise posix_fallocate posix_spawn pread preadv pwrite pwritev "
        "readv register_at_fork sched_getaffinity sched_setaffinity sendfile setgid setgroups "
        "setpgid setpriority setsid setuid splice statvfs sysconf uname wait3 wait4 waitid writev"
    ),
    "select": "epoll poll POLLIN POLLOUT POLLHUP POLLERR",
    "signal": (
        "SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 "
        "SIGXCPU SIGXFSZ alarm pthread_kill pthread_sigmask setitimer sigwait"
    ),
    "socket": "AF_UNIX SO_REUSEPORT SO_PEERCRED send_fds recv_fds",
    "sys": "",
    "subprocess": "",
    "ctypes": "",
    "time": "clock_gettime clock_gettime_ns CLOCK_MONOTONIC CLOCK_THREAD_CPUTIME_ID tzset",
}
LOCK = "hhqqi0q"
"""struct flock of 64-bit Linux, for locks that belong to an open file, as those of Windows do."""


class View(ModuleType):
    """A module without what Windows lacks, and with what it has instead."""

    def __init__(self, real: ModuleType, lacks: set[str], instead: dict[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(instead, _real=real, _lacks=lacks)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__["_lacks"]:
            raise AttributeError(f"{self.__name__}.{name} is not on Windows")
        return getattr(self.__dict__["_real"], name)


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    def __init__(self, args: Any, **how: Any) -> None:
        assert not how.get("pass_fds"), "Windows passes no descriptors"
        super().__init__(args, **how)


def kill(process: int, number: int) -> None:
    raise AssertionError(f"os.kill({process}, {number}) ends a process on Windows")


def locking(descriptor: int, mode: int, count: int) -> None:
    at = os.lseek(descriptor, 0, os.SEEK_CUR)
    assert at + count < 1 << 31, "Windows' library counts in 31 bits"
    kind = fcntl.F_UNLCK if mode == msvcrt.LK_UNLCK else fcntl.F_WRLCK
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack(LOCK, kind, 0, at, count, 0))
    except BlockingIOError:
        raise PermissionError(13, "Permission denied") from None


def without(library: Any, *positional: Any, **named: Any) -> Any:
    assert library is not None, "Windows has no library of the process"
    return ctypes.CDLL(library, *positional, **named)


import ctypes  # noqa: E402 - `without` says what it stands for

msvcrt = ModuleType("msvcrt")
msvcrt.__dict__.update(LK_NBLCK=2, LK_UNLCK=0, locking=locking)
INSTEAD: dict[str, dict[str, Any]] = {
    "ctypes": {"CDLL": without},
    "os": {"O_BINARY": 0, "getlogin": lambda: "ann", "kill": kill, "name": "nt"},
    "subprocess": {"Popen": Popen},
    "sys": {"platform": "win32"},
}
VIEWS = {
    name: View(__import__(name), set(lacks.split()), INSTEAD.get(name, {}))
    for name, lacks in LACKS.items()
} | {"msvcrt": msvcrt}
really = builtins.__import__


def imported(
    name: str,
    globals: Any = None,  # noqa: A002 - as Python calls it
    locals: Any = None,  # noqa: A002
    fromlist: Any = (),
    level: int = 0,
) -> Any:
    of = (globals or {}).get("__name__", "")
    if of.partition(".")[0] != "foveate" or level:
        return really(name, globals, locals, fromlist, level)
    top = name.partition(".")[0]
    if top in GONE:
        raise ModuleNotFoundError(f"No module named {top!r}", name=top)
    if top in VIEWS and (top == name or not fromlist):
        return VIEWS[top]
    return really(name, globals, locals, fromlist, level)


def hide() -> None:
    """Begin, before anything of foveate is imported."""
    builtins.__import__ = imported
    sys.modules["uvloop"] = None  # type: ignore[assignment] # nor does the server find it


if __name__ == "__main__":
    hide()
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
