"""What runs a handler in its own environment: one file, of the standard library alone.

    PYTHON -P -s -S runner.py       frames on standard input and output, a log on standard error

A frame is the length of a JSON head in 4 bytes, the head, and the blobs whose names and lengths it
tells. The first one says which handler, its configuration and its bounds; before a line of the
handler is run the process gives up what it does not need. What a kernel does not know is left out,
but for the network: where it cannot be kept away and is not allowed, nothing runs.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import sys
import sysconfig
import traceback
from contextlib import suppress
from importlib.metadata import entry_points
from io import TextIOWrapper
from mmap import PAGESIZE
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.metadata import EntryPoint

GROUP = "foveate.handlers"
NOBODY = 65_534
MAX_FILES = 256
PICTURE = "picture"
HOME = os.path.dirname(os.path.dirname(sys.executable))  # noqa: PTH120
"""Of its environment: without `site` nothing else says where that is."""
READABLE = (
    *(*sys.path, HOME, sys.prefix, sys.base_prefix),
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"),
    *("/dev/null", "/dev/zero", "/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/proc/self"),
    *("/sys/devices/system/cpu", "/sys/fs/cgroup"),
)
ONLINE = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/run/systemd/resolve"),
    *("/etc/ssl", "/etc/pki", "/etc/ca-certificates"),
)


class Pipes:
    """Frames in, and frames out."""

    def __init__(self, into: BinaryIO, out: BinaryIO) -> None:
        self._into, self._out = into, out

    @classmethod
    def claimed(cls) -> Pipes:
        """Return those of this process, out of reach of what prints and reads."""
        into, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        if isinstance(sys.stdout, TextIOWrapper):  # who crashes has no time to say more
            sys.stdout.reconfigure(line_buffering=True)
        return cls(into, out)

    def read(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Return a head and its blobs. Raises EOFError when nobody is in front any more."""
        head = json.loads(self._exactly(int.from_bytes(self._exactly(4), "big")).decode())
        return head, {name: self._exactly(size) for name, size in head.get("blobs", [])}

    def say(self, head: Mapping[str, Any], blobs: Mapping[str, bytes] | None = None) -> None:
        """Send a frame."""
        told = written(head, blobs or {})
        self._out.write(len(told).to_bytes(4, "big") + told)
        for data in (blobs or {}).values():
            self._out.write(data)
        self._out.flush()

    def _exactly(self, size: int) -> bytes:
        data = self._into.read(size)
        if len(data) < size:
            raise EOFError
        return data


def written(head: Mapping[str, Any], blobs: Mapping[str, bytes]) -> bytes:
    """Return the head of a frame with these blobs."""
    sizes = [[name, len(data)] for name, data in blobs.items()]
    return json.dumps({**head, "blobs": sizes}).encode()


class Pictures(dict[str, bytes]):
    """Pictures by their source: those at hand, and any other that is asked for."""

    def __init__(self, pipes: Pipes, near: Mapping[str, bytes]) -> None:
        super().__init__(near)
        self._pipes = pipes

    def __missing__(self, source: str) -> bytes:
        """Return the picture of another sample. Raises KeyError where that is none."""
        self._pipes.say({"read": source})
        head, blobs = self._pipes.read()
        if "refused" in head:
            raise KeyError(head["refused"])
        return blobs[PICTURE]


def serve(pipes: Pipes, handler: Any, config: Mapping[str, Any], **more: Any) -> None:  # noqa: ANN401
    """Answer what is asked of a handler, until nobody asks any more; some by `more` verbs."""
    verbs = {"describe": _describe, "prepare": _prepare, "select": _select, **more}
    while True:
        try:
            head, blobs = pipes.read()
        except EOFError:
            return
        try:
            for told, parts in verbs[head["do"]](pipes, handler, config, head, blobs):
                pipes.say(told, parts)
            pipes.say({"done": True})
        except Exception as why:  # noqa: BLE001 - whatever a handler raises is an answer
            pipes.say(_met(why))


def _met(why: Exception) -> dict[str, str]:
    """Return what is said of an error: one picture is left out, or all of it ends."""
    if getattr(why, "refuses_configuration", False):
        return {"refuses": f"{why}"[:4000]}  # by its own words: no line of code is to blame
    word = "skips" if getattr(why, "skips_picture", False) else "error"
    if word == "error":
        _print_traceback()
    return {word: _named(why)}


def _named(why: BaseException) -> str:
    """Return an error by its class, and what it says, if it does."""
    return ": ".join(filter(None, (type(why).__name__, f"{why}")))[:4000]


def _print_traceback() -> None:
    """Print where an error was met, in files as modules have them: whoever asks is told the log."""
    text = traceback.format_exc()
    for place in sorted({os.path.dirname(__file__), *sys.path}, key=len, reverse=True):  # noqa: PTH120
        text = text.replace(f'File "{place}{os.sep}', 'File "')
    sys.stderr.write(text)


def _describe(*given: Any) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:  # noqa: ANN401
    yield {"schema": given[1].SCHEMA, "version": getattr(given[1], "VERSION", "")}, {}


def _prepare(
    pipes: Pipes,
    handler: Any,  # noqa: ANN401
    config: Mapping[str, Any],
    head: Mapping[str, Any],
    blobs: Mapping[str, bytes],
) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:
    sample = head["sample"]
    pictures = Pictures(pipes, {sample["source"]: blobs[PICTURE]})
    for made in handler.prepare(sample, pictures, config, head["seed"]):
        told = dict(made)
        parts = {"data": bytes(told.pop("data")), **dict(told.pop("targets", {}))}
        yield {"made": told}, parts


def _select(
    pipes: Pipes,
    handler: Any,  # noqa: ANN401
    config: Mapping[str, Any],
    head: Mapping[str, Any],
    _: Mapping[str, bytes],
) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:
    told = (pipes.read()[0]["sample"] for _ in range(head["count"]))
    # All of them before a line of a stranger's is run: he asks for pictures in between.
    samples: Iterable[dict[str, Any]] = told if hasattr(handler, "kept") else list(told)
    if hasattr(handler, "kept"):
        samples = handler.kept(samples)
    if hasattr(handler, "select"):
        samples = handler.select(samples, Pictures(pipes, {}), config, head["seed"])
    for sample in samples:
        yield {"sample": dict(sample)}, {}


def main() -> None:
    """Be the process of one handler."""
    pipes = Pipes.claimed()
    start, _ = pipes.read()
    try:
        handler = _begun(start)
    except BaseException as why:  # noqa: BLE001 - a module may raise what it likes
        _print_traceback()
        pipes.say({"error": _named(why)})
        sys.exit(1)
    pipes.say({"ready": True})
    serve(pipes, handler, start["config"])


def _begun(start: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the handler, imported within its bounds."""
    os.environ["HOME"] = os.getcwd()  # noqa: PTH109
    confine(start["limits"], parent=start["parent"])
    sys.path.append(sysconfig.get_path("purelib", "venv", {"base": HOME}))
    found = entry_points(group=GROUP, name=start["handler"])
    if not found:
        raise LookupError(f"Expected an entry point {start['handler']!r} of {GROUP}, got none.")
    return _loaded(next(iter(found)))


def _loaded(point: EntryPoint) -> Any:  # noqa: ANN401
    """Return what an entry point names. Raises LookupError where its package does not hold that."""
    try:
        return point.load()
    except ModuleNotFoundError as why:
        if why.name is None or not f"{point.module}.".startswith(f"{why.name}."):
            raise  # it is there, and needs what is not
        wanted = f"Expected a package with the module that {point.name} = {point.value!r} names"
        raise LookupError(f"{wanted}, got one without: look at what its wheel holds.") from why


def confine(limits: Mapping[str, Any], *, parent: int) -> None:
    """Give up memory, files, other processes, and the network but where it is allowed.

    Raises PermissionError where the network cannot be given up, or where a kernel refuses what it
    knows.
    """
    _bound(limits["memory_bytes"], limits["disk_bytes"])
    reads_all = _landlock_version() > 0
    _drop_root(keep_reading=reads_all)
    confined = _end_with(parent)
    if confined:
        _prctl(38, 1)  # PR_SET_NO_NEW_PRIVS
        _shut_files([*READABLE, *(ONLINE if limits["network"] else ())])
        confined = _shut_calls(network=limits["network"])
    if not confined and not limits["network"]:
        raise PermissionError("Expected a system that keeps a handler from the network, got none.")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    _expect(_libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def _expect(answer: int, what: str) -> None:
    if answer < 0:
        why = os.strerror(ctypes.get_errno())
        raise PermissionError(f"Expected a system that confines a handler, got {what}: {why}.")


def _bound(memory_bytes: int, disk_bytes: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    data = memory_bytes + _data_bytes()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))
    resource.setrlimit(resource.RLIMIT_FSIZE, (disk_bytes, disk_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_FILES, MAX_FILES))


def _data_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as said:  # noqa: PTH123
            return int(said.read().split()[5]) * PAGESIZE
    except OSError:
        return 0


def _drop_root(*, keep_reading: bool) -> None:
    """Be nobody; who may read every file goes on to, where files are shut in another way."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return
    reading = 1 << 2  # CAP_DAC_READ_SEARCH: packages may lie in a home that is closed to others
    _prctl(8, 1)  # PR_SET_KEEPCAPS
    with suppress(OSError):  # a container may know of no other user
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if not keep_reading or _keep(reading) < 0:  # a container may not have that one
        _expect(_keep(0), "capset")


def _keep(capabilities: int) -> int:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    return int(_libc().capset(header, (ctypes.c_uint32 * 6)(capabilities, capabilities)))


def _end_with(parent: int) -> bool:
    """Let the kernel end this process with the one that started it. Returns whether it does."""
    if sys.platform != "linux":
        return False
    _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        sys.exit("Expected the process that asked to be there, and it is gone.")
    return True


def _syscall(number: int, *arguments: object) -> int:
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(_libc().syscall(ctypes.c_long(number), *given))


# Files, by Landlock: the kernel's Documentation/userspace-api/landlock.rst.


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _landlock_version() -> int:
    return max(0, _syscall(444, None, 0, 1)) if sys.platform == "linux" else 0


def _shut_files(readable: Iterable[str]) -> None:
    """Open nothing any more but what can be read, and all that is below the current folder."""
    version = _landlock_version()
    if sys.platform != "linux" or not version:
        return
    every = (1 << (13 if version == 1 else 14 if version == 2 else 15 if version < 5 else 16)) - 1  # noqa: PLR2004
    scopes = (0, 1 << 1) if version >= 6 else ()  # noqa: PLR2004 - no signal leaves it, by any call
    handled = (ctypes.c_uint64 * (1 + len(scopes)))(every, *scopes)
    rules = _syscall(444, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    _expect(rules, "landlock_create_ruleset")
    reading = 1 << 2 | 1 << 3
    for place, rights in [*((place, reading) for place in readable), (".", every)]:
        with suppress(OSError):  # not on this machine
            opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
            of_files = 1 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
            of_files &= every
            allowed = rights if os.path.isdir(place) else rights & of_files  # noqa: PTH112
            below = _PathBeneath(allowed, opened)
            _syscall(445, rules, 1, ctypes.byref(below), 0)
            os.close(opened)
    _expect(_syscall(446, rules, 0), "landlock_restrict_self")
    os.close(rules)


# System calls, by seccomp(2): numbers on x86_64 and on aarch64, None where there is no such call.

NETWORK = {"socket": (41, 198)}
REFUSED = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "kcmp": (312, 272),
    "shmget": (29, 194),
    "shmat": (30, 196),  # by the number of a segment, of whoever made it
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "inotify_add_watch": (254, 27),
    "file_setattr": (469, 469),
    "syslog": (103, 116),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "personality": (135, 92),
}
IGNORED = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
}
"""What is answered as if it were done: Landlock lets it be done to any file of the user.

Whoever copies a file does it to the copy, and would end by a refusal.
"""
_CLONE_THREAD, _CLONE3 = 0x10000, 435
_SHARED_MEMORY = 0x21  # MAP_SHARED | MAP_ANONYMOUS, which no bound counts
_X32 = 0x40000000  # other numbers for the same calls
_MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
_LOAD, _EQUAL, _LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def _conditions() -> list[tuple[tuple[int, int], int, int, tuple[int, ...], bool]]:
    """Return calls, which argument of theirs decides, its bits, values, and what if it is one.

    A call is refused where one of its rows says so.
    """
    every, itself = 0xFFFFFFFF, (0, os.getpid())
    return [
        ((56, 220), 0, _CLONE_THREAD, (_CLONE_THREAD,), True),  # clone: threads alone
        ((62, 129), 0, every, itself[1:], True),  # kill: 0 is all of its group
        ((234, 131), 0, every, itself[1:], True),  # tgkill
        ((302, 261), 0, every, itself, True),  # prlimit64
        ((9, 222), 3, _SHARED_MEMORY, (_SHARED_MEMORY,), False),  # mmap
        ((157, 167), 0, every, (1,), False),  # prctl: PR_SET_PDEATHSIG
        # Whoever owns a file or a socket gets its signals, SIGKILL if so asked.
        ((72, 25), 1, every, (8, 15, 1024), False),  # fcntl: F_SETOWN, F_SETOWN_EX, F_SETLEASE
        ((16, 29), 1, every, (0x8901, 0x8902), False),  # ioctl: FIOSETOWN, SIOCSPGRP
        # Marks of a file need no right to write: FS_IOC_SETFLAGS, _FSSETXATTR, _ENABLE_VERITY.
        ((16, 29), 1, every, (0x40086602, 0x401C5820, 0x40806685), False),
        # How much of the machine others get.
        ((141, 140), 0, every, (0,), True),  # setpriority: no group, no user
        ((141, 140), 1, every, itself, True),
        ((251, 30), 0, every, (1,), True),  # ioprio_set: no group, no user
        ((251, 30), 1, every, itself, True),
        ((142, 118), 0, every, itself, True),  # sched_setparam
        ((144, 119), 0, every, itself, True),  # sched_setscheduler
        ((203, 122), 0, every, itself, True),  # sched_setaffinity
        ((314, 274), 0, every, itself, True),  # sched_setattr
        ((256, 238), 0, every, itself, True),  # migrate_pages
        ((279, 239), 0, every, itself, True),  # move_pages
    ]


def _program(column: int, audit: int, *, network: bool) -> Iterator[tuple[int, int, int, int]]:
    fail = _FAIL | errno.EPERM
    yield _LOAD, 0, 0, 4
    yield _EQUAL, 1, 0, audit
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, 0
    yield _LEAST, 0, 1, _X32
    yield _RETURN, 0, 0, fail
    refused = dict.fromkeys((REFUSED if network else REFUSED | NETWORK).values(), fail)
    ignored = dict.fromkeys(IGNORED.values(), _FAIL)  # by error 0: the call returns 0
    for numbers, answer in (refused | ignored).items():
        number = numbers[column]
        if number is not None:
            yield _EQUAL, 0, 1, number
            yield _RETURN, 0, 0, answer
    for numbers, argument, bits, values, allowed in _conditions():
        yield _EQUAL, 0, 4 + len(values), numbers[column]
        yield _LOAD, 0, 0, 16 + 8 * argument
        yield _AND, 0, 0, bits
        for left, value in zip(range(len(values) - 1, -1, -1), values, strict=True):
            # Behind all values is the refusal, and behind that what comes next.
            yield _EQUAL, left + allowed, 0 if left or allowed else 1, value
        yield _RETURN, 0, 0, fail
        yield _LOAD, 0, 0, 0
    yield _EQUAL, 0, 1, _CLONE3  # its flags lie where no filter looks
    yield _RETURN, 0, 0, _FAIL | errno.ENOSYS
    yield _RETURN, 0, 0, _ALLOW


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Code(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("code", ctypes.POINTER(_Instruction)))


def _shut_calls(*, network: bool) -> bool:
    """Refuse other processes, and the network if so. Returns whether the kernel does it."""
    if sys.platform == "win32":
        return False
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    column, audit, seccomp = machine
    rows = [_Instruction(*row) for row in _program(column, audit, network=network)]
    code = _Code(len(rows), (_Instruction * len(rows))(*rows))
    return _syscall(seccomp, 1, 1, ctypes.byref(code)) == 0


if __name__ == "__main__":
    main()
