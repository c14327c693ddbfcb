"""A program of ours in a process of its own, which ends with the request that it works for."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from foveate import trace
from foveate.deadline import Deadline, current
from foveate.errors import DecoderKilled, TimedOut

if TYPE_CHECKING:
    from pathlib import Path

REASON_BYTES: Final = 4096
INHERITED: Final = (
    # Without these, some machines do not find the libraries of Python.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    # Windows starts no program without it.
    "SYSTEMROOT",
    # Where fonts are.
    "HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
)
"""All that is passed on of the environment, in which there may be keys."""
ALONE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Ended(NamedTuple):
    """How a program ended that nobody stopped."""

    code: int
    """As `subprocess` has it: 0 for success, below for a signal."""
    reason: str
    """The last line of what it complained about."""


def run(  # noqa: PLR0913 - what goes in, what comes out, and bounds
    program: Path,
    *words: str,
    task: str,
    given: IO[bytes],
    said: IO[bytes],
    memory_bytes: int,
    timeout_s: float,
    pipes: tuple[int, ...] = (),
) -> Ended:
    """Let a program read `given` and write `said`, and return how it ended; `task` is for errors.

    Its first three arguments are what it has to bound itself by: bytes, seconds of a processor,
    and this process. It has the ends of `pipes` too, under their numbers. It is killed when the
    time is over, and when the current deadline is. Raises TimedOut, ClientDisconnected, and
    DecoderKilled when it was killed otherwise.
    """
    own, started = current(), time.monotonic()
    own.check()
    until = min(own.until, started + timeout_s)
    limits = (str(memory_bytes), str(math.ceil(until - started) + 1), str(os.getpid()))
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    deadline = Deadline(until, own.cancelled)
    with subprocess.Popen(  # noqa: S603 - our own program, and words of our own
        [sys.executable, "-I", str(program), *limits, *words],
        stdin=given,
        stdout=said,
        stderr=subprocess.PIPE,
        env=kept | ALONE,
        pass_fds=pipes,
    ) as child:
        try:
            with deadline.stopping(child.kill), trace.apart():
                reason = _last_words(child)
                code = _ended(child)
        finally:
            child.kill()  # does nothing to one that is done
    if _was_killed(code, deadline):
        raise _why(code, task, own, deadline)
    return Ended(code, reason)


def _was_killed(code: int, deadline: Deadline) -> bool:
    if sys.platform == "win32":
        return code != 0 and deadline()  # no signal is told: whoever is killed fails
    return code in {-signal.SIGKILL, -signal.SIGXCPU}


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Return its code once it has ended, and charge what it took to the request."""
    if sys.platform == "win32":
        return child.wait()
    try:
        _, status, used = os.wait4(child.pid, 0)
    except ChildProcessError:
        return child.wait()  # whoever killed it was told of its end
    child.returncode = os.waitstatus_to_exitcode(status)
    trace.current().charge(cpu_s=used.ru_utime + used.ru_stime)
    return child.returncode


def _last_words(child: subprocess.Popen[bytes]) -> str:
    """Return the last line that it writes to standard error, once it has closed that."""
    assert child.stderr is not None  # noqa: S101 - for the type checker
    reason = b""
    # No more of it is kept than that: it may be a stranger's file that writes.
    while words := os.read(child.stderr.fileno(), REASON_BYTES):
        reason = (reason + words)[-REASON_BYTES:]
    return reason.decode(errors="replace").strip().rpartition("\n")[2]


def _why(code: int, task: str, own: Deadline, deadline: Deadline) -> Exception:
    if own():
        return own.error
    if deadline():
        return TimedOut(f"Expected {task} to be done in its time.")
    if sys.platform != "win32" and code == -signal.SIGXCPU:
        return TimedOut(f"Expected {task} to take less processor time.")
    return DecoderKilled(f"Expected {task} to end by itself, and it was killed.")


def unnamed() -> IO[bytes]:
    """Return a file that no other process finds: through a pipe, pixels would be copied twice."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("pixels"), "r+b")
    return tempfile.TemporaryFile()
