"""Decoders that can be made to crash, to hang or to swell run in a process of their own.

This is the side that asks; the package `sandboxed` is the program that runs there.
"""

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BrokenImage, DecoderKilled, TimedOut
from foveate.imaging.engine import Image
from foveate.imaging.fields import with_blobs

if TYPE_CHECKING:
    from typing import IO

    from foveate.deadline import Deadline

PROGRAM: Final = Path(__file__).parents[1] / "sandboxed" / "__main__.py"
MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""A hundred million pixels are 400 MB, and some decoders hold them twice."""
LOOK_S: Final = 0.1
"""How often to look whether anybody still waits."""
REASON_BYTES: Final = 4096
INHERITED: Final = (
    # Without these, some machines do not find the libraries of Python.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    # Where fonts are.
    "HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
)
"""All that is passed on of the environment, in which there may be keys."""
ALONE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def ask(
    task: str, data: bytes, *arguments: str, timeout_s: float, deadline: Deadline | None = None
) -> dict[str, Any]:
    """Return what the program says about `data`, with the rest of its answer under `body`.

    It is ended when the time is over, and when the deadline is: that is looked at ten times a
    second. Raises TimedOut, ClientDisconnected, DecoderKilled when somebody else ended it, and
    BrokenImage when it fails, crashes or needs too much memory.
    """
    limits = (str(MEMORY_BYTES), str(round(timeout_s) + 1), str(os.getpid()))
    command = [sys.executable, "-I", str(PROGRAM), *limits, task, *arguments]
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with _unnamed() as given, _unnamed() as said:
        given.write(data)
        given.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own program, and words of our own
            command, stdin=given, stdout=said, stderr=subprocess.PIPE, env=kept | ALONE
        ) as child:
            try:
                reason = _wait(child, task, timeout_s, deadline)
            finally:
                child.kill()  # does nothing to one that is done
        _check(child.returncode, task, reason)
        return _read(said)


def _wait(
    child: subprocess.Popen[bytes], task: str, timeout_s: float, deadline: Deadline | None
) -> bytes:
    """Return the end of what the child complains about, once it is done."""
    assert child.stderr is not None  # noqa: S101 - for the type checker
    until, reason, errors = time.monotonic() + timeout_s, b"", child.stderr.fileno()
    poll = select.poll()
    poll.register(errors, select.POLLIN | select.POLLHUP)
    while True:
        if deadline is not None:
            deadline.check()
        left = until - time.monotonic()
        if left <= 0:
            raise TimedOut(f"Expected {task} to be done within {timeout_s} s.")
        if not poll.poll(min(left, LOOK_S) * 1000):
            continue
        words = os.read(errors, REASON_BYTES)
        reason = (reason + words)[-REASON_BYTES:]
        if not words:
            break
    try:
        child.wait(max(LOOK_S, until - time.monotonic()))
    except subprocess.TimeoutExpired as why:
        raise TimedOut(f"Expected {task} to be done within {timeout_s} s.") from why
    return reason


def _check(code: int, task: str, reason: bytes) -> None:
    if not code:
        return
    if code == -signal.SIGKILL:
        raise DecoderKilled(f"Expected {task} to end by itself, and it was killed.")
    if code == -signal.SIGXCPU:
        raise TimedOut(f"Expected {task} to take less processor time.")
    last = " ".join(reason.decode(errors="replace").split("\n")[-2:])
    raise BrokenImage(f"Expected data for {task}: exit {code} {last}")


def _unnamed() -> IO[bytes]:
    """Return a file that no other process finds: through a pipe, pixels would be copied twice."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("answer"), "r+b")
    return tempfile.TemporaryFile()


def _read(said: IO[bytes]) -> dict[str, Any]:
    try:
        whole = mmap.mmap(said.fileno(), 0, access=mmap.ACCESS_READ)
        end = whole.find(b"\n") + 1
        answer: dict[str, Any] = json.loads(whole[:end])
    except ValueError as why:
        raise BrokenImage(f"Expected an answer from the sandbox: {why}") from why
    return answer | {"body": memoryview(whole)[end:]}


def picture(answer: dict[str, Any]) -> Image:
    """Return the picture of an answer: its blobs stand in front of its pixels."""
    body, blobs = answer["body"], {}
    for name, length in answer["blobs"].items():
        blobs[name], body = bytes(body[:length]), body[length:]
    image = Image.new_from_memory(
        body, answer["width"], answer["height"], answer["bands"], answer["format"]
    )
    return with_blobs(image.copy(interpretation=answer["interpretation"]), blobs)
