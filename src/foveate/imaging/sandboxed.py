"""The program behind `sandbox.py`: a file in, one line of JSON and the pixels out.

    python -I sandboxed.py MEMORY_BYTES CPU_S TASK [ARGUMENT] < file

It imports nothing of ours, so that it starts in a moment.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_HEIC_BANDS: Final = {
    "L": (1, "uchar", "b-w"),
    "LA": (2, "uchar", "b-w"),
    "RGB": (3, "uchar", "srgb"),
    "RGBA": (4, "uchar", "srgb"),
    "RGBa": (4, "uchar", "srgb"),
    "RGB;16": (3, "ushort", "rgb16"),
    "RGBA;16": (4, "ushort", "rgb16"),
    "RGBa;16": (4, "ushort", "rgb16"),
    "I;16": (1, "ushort", "grey16"),
    "I;16L": (1, "ushort", "grey16"),
}
_HEIC_BLOBS: Final = {"icc_profile": "icc-profile-data", "exif": "exif-data", "xmp": "xmp-data"}


def draw_svg(data: bytes, scale: str) -> None:
    """Answer with the sanitised drawing as RGBA, `scale` times its size."""
    import pyvips  # noqa: PLC0415 - each task loads one library

    pyvips.concurrency_set(1)  # type: ignore[attr-defined]
    image = pyvips.Image.svgload_buffer(data, scale=float(scale))
    _answer(_shape(image.width, image.height, (4, "uchar", "srgb")), image.write_to_memory())


def decode_heic(data: bytes, width: str, height: str, bits: str = "8") -> None:
    """Answer with the picture of that size, which libheif has turned upright.

    Of deeper ones the `bits` that are asked for are kept, 8 or 16.
    """
    import pi_heif  # type: ignore[import-untyped] # noqa: PLC0415

    wanted, size = pi_heif.options, (int(width), int(height))
    wanted.THUMBNAILS = wanted.DEPTH_IMAGES = wanted.AUX_IMAGES = False
    heif = pi_heif.open_heif(data, convert_hdr_to_8bit=bits == "8")
    _check(heif.size, size)  # before anything is decoded: the limits looked at this size
    pixels = heif.data
    _check(heif.size, size)
    blobs = {name: heif.info.get(key) or b"" for key, name in _HEIC_BLOBS.items()}
    shape = _shape(*size, _HEIC_BANDS[heif.mode])
    lengths = {name: len(blob) for name, blob in blobs.items() if blob}
    premultiplied = heif.mode.startswith("RGBa")
    facts = shape | {"blobs": lengths, "premultiplied": premultiplied}
    _answer(facts, *blobs.values(), pixels)


def _check(size: tuple[int, int], expected: tuple[int, int]) -> None:
    if size != expected:
        raise ValueError(f"Expected width and height {expected} as in the header, got {size}.")


def _shape(width: int, height: int, kind: tuple[int, str, str]) -> dict[str, Any]:
    bands, number, interpretation = kind
    return {
        "width": width,
        "height": height,
        "bands": bands,
        "format": number,
        "interpretation": interpretation,
        "blobs": {},
    }


def _answer(facts: dict[str, Any], *body: bytes) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(facts).encode() + b"\n")
    for part in body:
        out.write(part)
    out.flush()


TASKS: Final[dict[str, Callable[..., None]]] = {
    "svg": draw_svg,
    "heic": decode_heic,
}


def confine(memory_bytes: int, cpu_s: int) -> None:
    """Let the kernel watch over this process, and over what it writes, from here on."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory_bytes, memory_bytes))


def main(memory_bytes: str, cpu_s: str, task: str, *arguments: str) -> None:
    """Do the task within bounds."""
    confine(int(memory_bytes), int(cpu_s))
    TASKS[task](sys.stdin.buffer.read(), *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
