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
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from typing import IO

    from foveate.values import Facts

PROGRAM: Final = Path(__file__).parents[1] / "sandboxed" / "__main__.py"
MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""A hundred million pixels are 400 MB, and some decoders hold them twice."""
SMALL_FILE: Final = 5_000_000
SMALL_BYTES: Final = 500 * 1024 * 1024
"""What a small file may cost, its decoder and the pixels that come back together."""
OF_FILE: Final = 100
"""How often the bytes of a larger file a decoder may take: pictures take less."""
LEAST_BYTES: Final = 128 * 1024 * 1024
_PIXEL_BYTES: Final = {
    ImageFormat.HEIC: 12,
    ImageFormat.SVG: 12,
    ImageFormat.JP2: 30,
    ImageFormat.JPEG: 20,
    ImageFormat.JXL: 26,
    "bmp": 14,
    "codec": 34,
    "netpbm": 17,
    "pillow": 17,
    "psd": 42,
    "tiff": 44,
}
"""For each pixel, there and on its way back: of a format, or of all that a decoder reads.

Measured on noisy pictures of the widest samples that each of them reads, upwards rounded.
"""
_SHORT: Final = re.compile(
    r"MemoryError|out of memory|bad_alloc|Cannot allocate|memory allocation error|Allocating \d+"
    r"|File too large",
    re.IGNORECASE,
)


def pixel_bytes(facts: Facts) -> int:
    """Return what a pixel of a picture takes that is decoded there."""
    known = _PIXEL_BYTES
    return known[facts.format] if facts.format in known else known[facts.decoder]


def memory_bytes(size: int, answer_bytes: int = 0) -> int:
    """Return what a decoder may take for a file of `size` bytes, beside so many that it answers.

    A small file that needs much is a bomb more often than a picture: HEICs of 48 megapixels, which
    phones write, take less.

    >>> [memory_bytes(size) >> 20 for size in (1_000, 6_000_000, 90_000_000)]
    [500, 572, 1024]
    >>> [memory_bytes(1_000, pixels * 3) >> 20 for pixels in (12_000_000, 48_000_000)]
    [465, 362]
    """
    if size < SMALL_FILE:
        return max(LEAST_BYTES, SMALL_BYTES - answer_bytes)
    return min(MEMORY_BYTES, OF_FILE * size)


def ask(
    task: str,
    data: bytes,
    *arguments: str,
    timeout_s: float,
    answer_bytes: int = 0,
    pipes: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Return what the program says about `data`, with the rest of its answer under `body`.

    `answer_bytes` is what that rest will take, where it is known. It has the ends of `pipes` too.

    It is ended when the time is over, and when the current deadline is. Raises TimedOut,
    ClientDisconnected, DecoderKilled when somebody else ended it, TooManyPixels when it needs too
    much memory and says so, and BrokenImage when it fails or crashes.
    """
    allowed = memory_bytes(len(data), answer_bytes)
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
            pipes=pipes,
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
