"""How the sandbox says what it found: one line of JSON, then blobs, then pixels."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS: Final = {
    "L": (1, "uchar", "b-w"),
    "LA": (2, "uchar", "b-w"),
    "RGB": (3, "uchar", "srgb"),
    "RGBA": (4, "uchar", "srgb"),
    "RGBa": (4, "uchar", "srgb"),
    "CMYK": (4, "uchar", "cmyk"),
    "LAB": (3, "float", "lab"),
    "I;16": (1, "ushort", "grey16"),
    "I;16L": (1, "ushort", "grey16"),
    "LA;16": (2, "ushort", "grey16"),
    "RGB;16": (3, "ushort", "rgb16"),
    "RGBA;16": (4, "ushort", "rgb16"),
    "RGBa;16": (4, "ushort", "rgb16"),
}
"""Bands, number format and interpretation, in libvips' words, of Pillow's modes and some more."""


def say(facts: Mapping[str, object], *body: bytes | memoryview) -> None:
    """Answer with facts and what comes behind them."""
    out = sys.stdout.buffer
    out.write(json.dumps(facts).encode() + b"\n")
    for part in body:
        out.write(part)
    out.flush()


def say_pixels(
    size: tuple[int, int],
    mode: str,
    pixels: Sequence[bytes | memoryview],
    blobs: Mapping[str, bytes] | None = None,
    **more: object,
) -> None:
    """Answer with a picture of that size and mode, whose pixels come in one or several parts."""
    bands, number, interpretation = KINDS[mode]
    kept = {name: blob for name, blob in (blobs or {}).items() if blob}
    facts = {
        "width": size[0],
        "height": size[1],
        "bands": bands,
        "format": number,
        "interpretation": interpretation,
        "blobs": {name: len(blob) for name, blob in kept.items()},
    }
    say(facts | more, *kept.values(), *pixels)


def check(size: tuple[int, int], expected: tuple[int, int]) -> None:
    """Raise ValueError where a decoder's size is not the one that the limits looked at."""
    if size != expected:
        raise ValueError(f"Expected width and height {expected} as in the header, got {size}.")
