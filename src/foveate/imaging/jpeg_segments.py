"""The segments of a JPEG (ITU-T T.81, annex B) before its pixels: EXIF, frame, scans."""

from __future__ import annotations

from typing import Final

from foveate.errors import BrokenImage
from foveate.imaging.directories import block_at, marked, tangled
from foveate.imaging.exif import PREFIX, orientation
from foveate.imaging.header import ELSEWHERE, NOTHING_SAID, Header, occurrences
from foveate.sandboxed.jpeg_markers import APP1, FRAMES, START_OF_SCAN, segments
from foveate.values import Edit

MAX_SCANS: Final = 200
"""Encoders write ten, or twenty at their most thorough."""

_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_BITS: Final = 8
"""Of a sample: all that libvips has a decoder for."""
_COEFFICIENT: Final = 2
"""Bytes in which libjpeg keeps a coefficient until the last scan."""


def read_jpeg(data: bytes) -> Header:
    """Return what a JPEG says before its pixels.

    Raises BrokenImage for more segments or scans than encoders write.
    """
    frame = scan = 0
    blocks: list[int] = []
    for marker, at in segments(data):
        if marker == APP1 and data.startswith(PREFIX, at + 2):
            blocks.append(at + 2)
        elif marker in FRAMES:
            frame = at
        elif marker == START_OF_SCAN:
            scan = at
    if frame and data[frame + 2] != _BITS:
        return ELSEWHERE
    if not scan:  # out of order: what looks like EXIF may be some
        blocks = marked(data, PREFIX)
    held = _held_for_scans(data, frame, scan)
    bad = [place for place in blocks if tangled(data, place)]
    if not bad:
        return Header(held_a_pixel=held) if held else NOTHING_SAID
    return Header(
        edits=tuple(Edit(place, place + len(PREFIX), bytes(len(PREFIX))) for place in bad),
        orientation=orientation(block_at(data, blocks[0])),
        held_a_pixel=held,
    )


def _held_for_scans(data: bytes, frame: int, scan: int) -> float:
    """Return the bytes a pixel that libjpeg holds when several scans make the picture.

    Each scan goes over the whole picture, and libjpeg cannot be stopped meanwhile.
    """
    if scan and not (frame and (_is_progressive(data, frame) or data[scan + 2] < data[frame + 7])):
        return 0.0
    if occurrences(data, b"\xff\xda") > MAX_SCANS:
        raise BrokenImage(f"Expected a JPEG of at most {MAX_SCANS} scans, got more.")
    factors = data[frame + 9 : frame + 8 + 3 * data[frame + 7] : 3] if frame else b""
    across, down = [each >> 4 for each in factors], [each & 15 for each in factors]
    finest = max(across, default=0) * max(down, default=0)
    blocks = sum(a * b for a, b in zip(across, down, strict=True))
    return _COEFFICIENT * blocks / finest if finest else 0.0


def _is_progressive(data: bytes, frame: int) -> bool:
    return data[frame - 1] in _PROGRESSIVE
