"""Decoders that can be made to crash, to hang or to swell run in a process of their own.

This is the side that asks; `sandboxed.py` is the program that runs there.
"""

from __future__ import annotations

import json
import mmap
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BrokenImage, TimedOut
from foveate.imaging.engine import Image
from foveate.imaging.fields import with_blobs

if TYPE_CHECKING:
    from typing import IO

PROGRAM: Final = Path(__file__).with_name("sandboxed.py")
MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""A hundred million pixels are 400 MB, and some decoders hold them twice."""


def ask(task: str, data: bytes, *arguments: str, timeout_s: float) -> dict[str, Any]:
    """Return what the program says about `data`, with the rest of its answer under `body`.

    Raises TimedOut, and BrokenImage when it fails, crashes or needs too much memory.
    """
    limits = (str(MEMORY_BYTES), str(round(timeout_s) + 1))
    command = [sys.executable, "-I", str(PROGRAM), *limits, task, *arguments]
    with _unnamed() as said:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, and words of our own
                command,
                input=data,
                stdout=said,
                stderr=subprocess.PIPE,
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as why:
            raise TimedOut(f"Expected {task} to be done within {timeout_s} s.") from why
        if done.returncode:
            reason = " ".join(done.stderr.decode(errors="replace").split("\n")[-2:])
            raise BrokenImage(f"Expected data for {task}: exit {done.returncode} {reason}")
        return _read(said)


def _unnamed() -> IO[bytes]:
    """Return a file that no other process finds: through a pipe, pixels would be copied twice."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("answer"), "r+b")
    return tempfile.TemporaryFile()


def _read(said: IO[bytes]) -> dict[str, Any]:
    whole = mmap.mmap(said.fileno(), 0, access=mmap.ACCESS_READ)
    end = whole.find(b"\n") + 1
    answer: dict[str, Any] = json.loads(whole[:end])
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
