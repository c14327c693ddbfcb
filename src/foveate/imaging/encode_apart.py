"""Encoders that cannot be stopped run in a process of their own, which can be ended.

This is the side that asks; `encoder.py` is the program that runs there.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pyvips

from foveate.deadline import current
from foveate.errors import EncodeFailed
from foveate.imaging.fields import blob, number, numbers

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

PROGRAM: Final = Path(__file__).with_name("encoder.py")
MOST_S: Final = 3600.0
_NUMBERS: Final = ("page-height", "n-pages", "loop")


def encoded_apart(image: Image, saver: str, how: dict[str, Any]) -> bytes:
    """Return what libvips' `saver` writes with the keywords `how`, from a process of its own.

    Of what travels with the picture, the profile and what belongs to frames go along. Pixels are
    computed here. Raises pyvips.Error while they are, EncodeFailed, TimedOut, ClientDisconnected.
    """
    deadline = current()
    with _unnamed() as pixels, _unnamed() as said:
        image.rawsave_target(pyvips.Target.new_to_descriptor(pixels.fileno()))
        left_s = max(0.0, min(MOST_S, deadline.until - time.monotonic()))
        words = (json.dumps(_facts(image)), saver, json.dumps(how), str(math.ceil(left_s) + 1))
        process = subprocess.Popen(  # noqa: S603 - our own program, and words of our own
            [sys.executable, "-I", str(PROGRAM), *words],
            stdin=pixels,
            stdout=said,
            stderr=subprocess.PIPE,
        )
        with deadline.stopping(process.kill), process:
            _, reason = process.communicate()
            if process.returncode:
                last = reason.decode(errors="replace").strip().rpartition("\n")[2]
                raise EncodeFailed(f"Expected {saver} to write: exit {process.returncode} {last}")
        said.seek(0)
        return said.read()


def _facts(image: Image) -> dict[str, Any]:
    """Return what there is to know of raw pixels, as JSON can say it."""
    return {
        "shape": [image.width, image.height, image.bands],
        "interpretation": image.interpretation,
        "numbers": {name: number(image, name, 0) for name in _NUMBERS if image.get_typeof(name)},
        "delay": numbers(image, "delay"),
        "profile": b64encode(blob(image, "icc-profile-data")).decode(),
    }


def _unnamed() -> IO[bytes]:
    """Return a file in memory that no other process finds; where there is none, on disk."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("pixels"), "r+b")
    return tempfile.TemporaryFile()
