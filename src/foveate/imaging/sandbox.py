"""Decoders that can be made to crash, to hang or to swell run in a process of their own.

This is the side that asks; `sandboxed.py` is the program that runs there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from foveate.errors import BrokenImage, TimedOut
from foveate.imaging.engine import Image
from foveate.imaging.fields import with_blobs

PROGRAM: Final = Path(__file__).with_name("sandboxed.py")
MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""A hundred million pixels are 400 MB, and some decoders hold them twice."""


def ask(task: str, data: bytes, *arguments: str, timeout_s: float) -> dict[str, Any]:
    """Return what the program says about `data`, with the rest of its answer under `body`.

    Raises TimedOut, and BrokenImage when it fails, crashes or needs too much memory.
    """
    limits = (str(MEMORY_BYTES), str(round(timeout_s) + 1))
    command = [sys.executable, "-I", str(PROGRAM), *limits, task, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and words of our own
            command, input=data, capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as why:
        raise TimedOut(f"Expected {task} to be done within {timeout_s} s.") from why
    if done.returncode:
        reason = done.stderr.decode(errors="replace").split("\n")[-2:]
        raise BrokenImage(f"Expected data for {task}: exit {done.returncode} {' '.join(reason)}")
    end = done.stdout.index(b"\n") + 1
    answer: dict[str, Any] = json.loads(done.stdout[:end])
    # A view: the pixels may be hundreds of megabytes.
    return answer | {"body": memoryview(done.stdout)[end:]}


def picture(answer: dict[str, Any]) -> Image:
    """Return the picture of an answer: its blobs stand in front of its pixels."""
    body, blobs = answer["body"], {}
    for name, length in answer["blobs"].items():
        blobs[name], body = bytes(body[:length]), body[length:]
    image = Image.new_from_memory(
        body, answer["width"], answer["height"], answer["bands"], answer["format"]
    )
    return with_blobs(image.copy(interpretation=answer["interpretation"]), blobs)
