"""The system calls that computing on a picture takes, and no others (Linux, by seccomp BPF).

A call that is not in the table fails with EPERM: no socket, no new process, no file, no ptrace.
Sources: seccomp(2), the kernel's asm/unistd_64.h and asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPUTING: Final[dict[str, tuple[int, int | None]]] = {
    # memory
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "msync": (26, 227),
    "mincore": (27, 232),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    # what is open already
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "dup": (32, 23),
    "ftruncate": (77, 46),
    "fadvise64": (221, 223),
    "poll": (7, None),
    "ppoll": (271, 73),
    "pipe2": (293, 59),
    "eventfd2": (290, 19),
    # threads of this process
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "gettid": (186, 178),
    "getcpu": (309, 168),
    # signals to itself
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    # time, chance, and what it is itself
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "restart_syscall": (219, 128),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getrusage": (98, 165),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
"""Numbers on x86_64 and on aarch64; None where a processor has no such call."""
READING: Final[dict[str, tuple[int, int | None]]] = {
    "stat": (4, None),
    "lstat": (6, None),
    "access": (21, None),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
}
"""To find files and to read folders."""


class Checked(NamedTuple):
    """A call that is let through while some bits of one argument are right."""

    numbers: tuple[int, int]
    argument: int
    mask: int
    value: int


_EVERY_BIT: Final = 0xFFFFFFFF
_CLONE_THREAD: Final = 0x00010000
_PR_SET_NAME: Final = 15
_MAP_SHARED: Final = 1
_OF_DESCRIPTORS: Final = 0xFFFFFFFC
"""All but the lowest four commands, which copy a descriptor and tell and set its flags: others make
the kernel send signals to anybody."""
_TERMINAL: Final = 0x5401
"""TCGETS: whether something is a terminal."""
_CLONE3: Final = 435
"""Its flags lie in memory, where no filter looks: who is told that there is none uses clone."""


def checked(*, reading: bool) -> list[Checked]:
    """Return the calls whose arguments decide."""
    itself = os.getpid()
    # Whatever could write: access modes, O_CREAT, O_TRUNC, O_APPEND, O_TMPFILE.
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000
    opens = [Checked((257, 56), 2, writes, 0)] if reading else []
    return [
        *opens,
        Checked((9, 222), 3, _MAP_SHARED, 0),  # mmap: shared memory has no bound
        Checked((72, 25), 1, _OF_DESCRIPTORS, 0),  # fcntl
        Checked((56, 220), 0, _CLONE_THREAD, _CLONE_THREAD),
        Checked((234, 131), 0, _EVERY_BIT, itself),  # tgkill, for abort
        Checked((62, 129), 0, _EVERY_BIT, itself),  # kill
        Checked((157, 167), 0, _EVERY_BIT, _PR_SET_NAME),  # prctl
        Checked((302, 261), 0, _EVERY_BIT, 0),  # prlimit64, of itself
        Checked((16, 29), 1, _EVERY_BIT, _TERMINAL),  # ioctl
    ]


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("code", ctypes.POINTER(_Instruction)))


class _Machine(NamedTuple):
    column: int
    audit: int
    """AUDIT_ARCH_*, what the kernel calls the processor."""
    seccomp: int


_MACHINES: Final = {
    "x86_64": _Machine(0, 0xC000003E, 317),
    "aarch64": _Machine(1, 0xC00000B7, 277),
}
_LOAD, _EQUAL, _AND, _RETURN = 0x20, 0x15, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where `struct seccomp_data` holds them; an argument is 8 bytes, its low half first."""
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_SET_FILTER, _ALL_THREADS = 1, 1


def _program(machine: _Machine, *, reading: bool) -> Iterator[tuple[int, int, int, int]]:
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _EQUAL, 1, 0, machine.audit
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER
    for numbers in (COMPUTING | (READING if reading else {})).values():
        number = numbers[machine.column]
        if number is not None:
            yield _EQUAL, 0, 1, number
            yield _RETURN, 0, 0, _ALLOW
    for call in checked(reading=reading):
        yield _EQUAL, 0, 5, call.numbers[machine.column]
        yield _LOAD, 0, 0, _ARGUMENTS + 8 * call.argument
        yield _AND, 0, 0, call.mask
        yield _EQUAL, 0, 1, call.value
        yield _RETURN, 0, 0, _ALLOW
        yield _RETURN, 0, 0, _FAIL | errno.EPERM
    yield _EQUAL, 0, 1, _CLONE3
    yield _RETURN, 0, 0, _FAIL | errno.ENOSYS
    yield _RETURN, 0, 0, _FAIL | errno.EPERM


def restrict(*, reading: bool) -> bool:
    """Allow no other calls from here on, in no thread; with `reading`, files can be read.

    Needs no_new_privs. Returns whether the kernel does it.
    """
    if sys.platform == "win32":
        return False
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    rows = [_Instruction(*row) for row in _program(machine, reading=reading)]
    code = (_Instruction * len(rows))(*rows)
    program = _Program(len(rows), code)
    done = ctypes.CDLL(None).syscall(
        ctypes.c_long(machine.seccomp), _SET_FILTER, _ALL_THREADS, ctypes.byref(program)
    )
    return int(done) == 0
