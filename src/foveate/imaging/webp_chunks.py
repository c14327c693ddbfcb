"""The chunks of a WebP (RIFF; RFC 9649, section 2.7): frames and EXIF."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.imaging.directories import block_at, tangled
from foveate.imaging.exif import orientation
from foveate.imaging.header import Header
from foveate.values import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHUNKS: Final = 20_000
HELD_A_PIXEL: Final = 5.0
"""Measured: 9 bytes a pixel in all."""

_HEAD: Final = struct.Struct("<4sI")


def read_webp(data: bytes) -> Header:
    """Return what of a WebP to keep from libexif. Raises BrokenImage for endless chunks."""
    bad = [at for kind, at in chunks(data) if kind == b"EXIF" and tangled(data, at + _HEAD.size)]
    return Header(
        # A chunk of a kind that nobody knows, where it stands: no length changes.
        edits=tuple(Edit(at, at + 4, b"JUNK") for at in bad),
        orientation=orientation(block_at(data, bad[0] + _HEAD.size)) if bad else None,
        held_a_pixel=HELD_A_PIXEL,
    )


def chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield kind and place of each chunk."""
    at, last = 12, len(data) - _HEAD.size
    for _ in range(MAX_CHUNKS):
        if at > last:
            return
        kind, length = _HEAD.unpack_from(data, at)
        yield kind, at
        at += _HEAD.size + length + (length & 1)
    raise BrokenImage(f"Expected a WebP of at most {MAX_CHUNKS} chunks, got more.")
