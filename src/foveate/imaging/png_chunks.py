"""The chunks of a PNG that are not its picture (W3C PNG 3, 11.3): text and EXIF.

libpng inflates every compressed text before the first pixel, up to megabytes for each kilobyte,
and nobody here reads any. Profiles and chunks that it does not know it bounds by itself.
"""

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

MAX_CHUNKS: Final = 65_536
"""Some encoders write one for every 8 KiB of pixels: 12,000 in the largest file that is read."""
MAX_TEXTS: Final = 1_000
MAX_PLAIN_BYTES: Final = 1024 * 1024
MAX_COMPRESSED_BYTES: Final = 8 * 1024
"""Deflate makes at most 1,032 bytes of one: 8 MiB in all. Beyond, no text is handed on."""

_COMPRESSED: Final = frozenset({b"zTXt", b"iTXt"})
_TEXTS: Final = _COMPRESSED | {b"tEXt"}
_WATCHED: Final = _TEXTS | {b"eXIf"}
_HEAD: Final = struct.Struct(">I4s")
_BESIDE: Final = 12
"""Bytes of a chunk beside its data: length, kind, checksum."""
_SAMPLES: Final = {0: 1, 2: 3, 3: 4, 4: 2, 6: 4}
"""Samples a pixel of each colour type, palettes unfolded."""
_WIDE: Final = 16


def read_png(data: bytes) -> Header:
    """Return what of a PNG to keep from libpng. Raises BrokenImage for endless chunks."""
    watched = [(kind, Edit(at, end)) for kind, at, end in chunks(data) if kind in _WATCHED]
    texts = [(kind, edit) for kind, edit in watched if kind in _TEXTS]
    bad = [edit for kind, edit in watched if kind == b"eXIf" and tangled(data, edit.start + 8)]
    dropped = [*(edit for _, edit in texts), *bad] if _is_heavy(data, texts) else bad
    return Header(
        edits=tuple(_joined(sorted(dropped))),
        orientation=orientation(block_at(data, bad[0].start + 8)) if bad else None,
        held_a_pixel=_held(data),
    )


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each chunk, where it starts and where it ends, its checksum with it.

    Raises BrokenImage for endless ones.
    """
    at, last = 8, len(data) - _BESIDE
    for _ in range(MAX_CHUNKS):
        if at > last:
            return
        length, kind = _HEAD.unpack_from(data, at)
        end = at + _BESIDE + length
        yield kind, at, end
        at = end
    raise BrokenImage(f"Expected a PNG of at most {MAX_CHUNKS} chunks, got more.")


def _is_heavy(data: bytes, texts: list[tuple[bytes, Edit]]) -> bool:
    compressed = sum(_compressed_bytes(data, kind, edit) for kind, edit in texts)
    return (
        len(texts) > MAX_TEXTS
        or compressed > MAX_COMPRESSED_BYTES
        or sum(edit.end - edit.start for _, edit in texts) > MAX_PLAIN_BYTES
    )


def _compressed_bytes(data: bytes, kind: bytes, edit: Edit) -> int:
    """Return the bytes that are to be inflated: of iTXt, its flag behind the keyword says."""
    if kind not in _COMPRESSED:
        return 0
    end = data.find(b"\0", edit.start + 8, edit.start + 8 + 80)
    plain = kind == b"iTXt" and end >= 0 and data[end + 1 : end + 2] == b"\0"
    return 0 if plain else edit.end - edit.start


def _joined(edits: list[Edit]) -> Iterator[Edit]:
    """Yield the edits with neighbours as one."""
    waiting: Edit | None = None
    for edit in edits:
        if waiting and waiting.end == edit.start:
            waiting = Edit(waiting.start, edit.end)
        else:
            if waiting:
                yield waiting
            waiting = edit
    if waiting:
        yield waiting


def _held(data: bytes) -> float:
    """Return the bytes a pixel that an interlaced picture takes until its last pass."""
    depth, colour, *_, interlaced = data[24:29].ljust(5, b"\0")
    return _SAMPLES.get(colour, 4) * (2 if depth == _WIDE else 1) if interlaced else 0
