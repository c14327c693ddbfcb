"""The frames of a GIF or a WebP file, counted without decoding: a cut file is told, and bounded.

GIF says nowhere how many frames it has, so decoders answer with those that they come across, and
a download that broke off is a shorter animation to them. Here every block is stepped over: a file
that ends inside of one is cut. One that ends between blocks, without its trailer, is whole: many
are written so, and browsers show them completely. (GIF89a, sections 15 to 27; WebP container.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEAST_STEPS: Final = 50_000
BYTES_PER_STEP: Final = 128
"""Encoders fill sub-blocks with 254 or 255 bytes, all but the last one of a frame: a file of more
blocks than these two allow is only made to be walked for long."""
FULL: Final = 254
"""A sub-block of fewer bytes is the last one of its frame."""

_HEADER: Final = 13
_TRAILER, _IMAGE, _EXTENSION, _FILL = 0x3B, 0x2C, 0x21, 0x00
_BLOCKS: Final = frozenset({_IMAGE, _EXTENSION, _FILL})
"""Anything else is the trailer, or no GIF any more: whatever is behind it, nobody shows."""
_CONTROL: Final = b"\xf9"
_RIFF: Final = 12
_CHUNK: Final = 8
_MOVES: Final = 0x02


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk over the blocks of a file found."""

    frames: int
    """Counted up to one more than was asked for."""
    first_end: int
    """Where the first frame ends in the file."""


def walk(data: bytes, kind: ImageFormat, most: int) -> Walked | None:
    """Return how many frames a file has, counted up to `most` + 1; None for formats without.

    Raises BrokenImage for a file that is cut, or that is made of nothing but crumbs.
    """
    walker = _WALKERS.get(kind)
    return walker(data, most) if walker else None


def first_frame(data: bytes, kind: ImageFormat, end: int) -> bytes:
    """Return a file with the first frame alone, which ends at `end`.

    Libraries read all of a file before they give its first frame, however many there are.
    """
    if kind is ImageFormat.GIF:
        return data[:end] + bytes([_TRAILER])
    return data[:4] + (end - 8).to_bytes(4, "little") + data[8:end]


class _Steps:
    """How many more blocks a walk may meet."""

    def __init__(self, data: bytes) -> None:
        self._left = LEAST_STEPS + len(data) // BYTES_PER_STEP

    def spend(self, steps: int = 1) -> None:
        """Raise BrokenImage when that is too many."""
        self._left -= steps
        if self._left < 0:
            raise BrokenImage("Expected blocks of the usual size, got a file made of crumbs.")

    def chain(self, data: bytes, at: int) -> int:
        """Return where a chain of sub-blocks ends: behind the empty one that closes it.

        The file may end in place of that one, where the last sub-block shows that it is the last.
        """
        start, size, steps = at, FULL, 0
        while at < len(data) and data[at] and steps <= self._left:
            size = data[at]
            at, steps = at + 1 + size, steps + 1
        self.spend(steps)
        if at > len(data) or (at == len(data) and (at == start or size >= FULL)):
            raise BrokenImage(f"Expected the rest of a frame, got the end at {len(data)} bytes.")
        return at + 1


def _walk_gif(data: bytes, most: int) -> Walked:
    at, frames, first_end, steps = _HEADER + _palette(data, 10), 0, 0, _Steps(data)
    announced = False
    while at < len(data) and data[at] in _BLOCKS:
        steps.spend()
        if data[at] == _FILL:
            at += 1
        elif data[at] == _EXTENSION:
            announced = data[at + 1 : at + 2] == _CONTROL
            at = steps.chain(data, at + 2)
        else:
            at = steps.chain(data, at + 11 + _palette(data, at + 9))
            frames, first_end, announced = frames + 1, first_end or at, False
            if frames > most:
                break
    if announced and at >= len(data):
        raise BrokenImage("Expected the frame that the last block announces, got the end.")
    return Walked(frames, first_end)


def _palette(data: bytes, at: int) -> int:
    """Return the bytes of the palette that the flags at that place announce."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _walk_webp(data: bytes, most: int) -> Walked:
    extended, flags = data[_RIFF : _RIFF + 4] == b"VP8X", data[_RIFF + _CHUNK : _RIFF + _CHUNK + 1]
    if not extended or not flags or not flags[0] & _MOVES:
        return Walked(1, len(data))
    whole = int.from_bytes(data[4:8], "little") + 8
    if whole > len(data):
        raise BrokenImage(f"Expected {whole} bytes of WebP, got {len(data)}.")
    at, frames, first_end, steps = _RIFF, 0, 0, _Steps(data)
    while at + _CHUNK <= whole and frames <= most:
        steps.spend()
        size = int.from_bytes(data[at + 4 : at + _CHUNK], "little")
        end = at + _CHUNK + size + (size & 1)
        if data[at : at + 4] == b"ANMF":
            frames, first_end = frames + 1, first_end or end
        at = end
    return Walked(frames, first_end)


_WALKERS: Final[Mapping[ImageFormat, Callable[[bytes, int], Walked]]] = {
    ImageFormat.GIF: _walk_gif,
    ImageFormat.WEBP: _walk_webp,
}
