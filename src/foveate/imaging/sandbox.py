"""Decoders that can be made to crash, to hang or to swell run in a process of their own.

This is the side that asks; the package `sandboxed` is the program that runs there.
"""

from __future__ import annotations

import json
import mmap
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BrokenImage, TooManyPixels
from foveate.imaging.child import run, unnamed
from foveate.imaging.engine import Image
from foveate.imaging.fields import with_blobs

if TYPE_CHECKING:
    from typing import IO

PROGRAM: Final = Path(__file__).parents[1] / "sandboxed" / "__main__.py"
MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""A hundred million pixels are 400 MB, and some decoders hold them twice."""
LEAST_BYTES: Final = 384 * 1024 * 1024
OF_FILE: Final = 100
"""How often the bytes of its file a decoder may take where that is more: pictures take less."""
_SHORT: Final = re.compile(
    r"MemoryError|out of memory|bad_alloc|Cannot allocate|memory allocation error|Allocating \d+",
    re.IGNORECASE,
)


def memory_bytes(size: int) -> int:
    """Return what a decoder may take for a file of `size` bytes.

    A small file that needs much is a bomb more often than a picture: HEICs of 48 megapixels, which
    phones write, take less than the least.

    >>> [memory_bytes(size) >> 20 for size in (1_000, 6_000_000, 90_000_000)]
    [384, 572, 1024]
    """
    return min(MEMORY_BYTES, max(LEAST_BYTES, OF_FILE * size))


def ask(task: str, data: bytes, *arguments: str, timeout_s: float) -> dict[str, Any]:
    """Return what the program says about `data`, with the rest of its answer under `body`.

    It is ended when the time is over, and when the current deadline is. Raises TimedOut,
    ClientDisconnected, DecoderKilled when somebody else ended it, TooManyPixels when it needs too
    much memory and says so, and BrokenImage when it fails or crashes.
    """
    allowed = memory_bytes(len(data))
    with unnamed() as given, unnamed() as said:
        given.write(data)
        given.seek(0)
        ended = run(
            PROGRAM,
            *(task, *arguments),
            task=task,
            given=given,
            said=said,
            memory_bytes=allowed,
            timeout_s=timeout_s,
        )
        if ended.code and _SHORT.search(ended.reason):
            sentence = (
                f"Expected a picture that is decoded in {allowed >> 20} MiB, got one for more."
            )
            raise TooManyPixels(sentence, public=sentence)
        if ended.code:
            raise BrokenImage(f"Expected data for {task}: exit {ended.code} {ended.reason}")
        return _read(said)


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
