"""The header of a JPEG XL codestream, bit by bit (ISO/IEC 18181-1, Annexes A, D and E)."""

from __future__ import annotations

from typing import Final, NamedTuple

HEADER_BYTES: Final = 4096
"""What comes in front of profile and pixels is shorter by far."""
_CODESTREAM: Final = b"\xff\x0a"
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_TURNED: Final = 5
"""From this EXIF orientation on, the picture lies on its side."""

_Choice = tuple[int, int]
"""A start, and how many bits are added to it."""
_SIDE: Final[tuple[_Choice, ...]] = ((1, 9), (1, 13), (1, 18), (1, 30))
_PREVIEW_8THS: Final[tuple[_Choice, ...]] = ((16, 0), (32, 0), (1, 5), (33, 9))
_PREVIEW: Final[tuple[_Choice, ...]] = ((1, 6), (65, 8), (321, 10), (1345, 12))
_TICKS: Final[tuple[_Choice, ...]] = ((100, 0), (1000, 0), (1, 10), (1, 30))
_TICKS_BELOW: Final[tuple[_Choice, ...]] = ((1, 0), (1001, 0), (1, 8), (1, 10))
_LOOPS: Final[tuple[_Choice, ...]] = ((0, 0), (0, 3), (0, 16), (0, 32))
_WHOLE_BITS: Final[tuple[_Choice, ...]] = ((8, 0), (10, 0), (12, 0), (1, 6))
_FLOAT_BITS: Final[tuple[_Choice, ...]] = ((32, 0), (16, 0), (24, 0), (1, 6))
_EXTRAS: Final[tuple[_Choice, ...]] = ((0, 0), (1, 0), (2, 4), (1, 12))
_ENUM: Final[tuple[_Choice, ...]] = ((0, 0), (1, 0), (2, 4), (18, 6))
_SHIFT: Final[tuple[_Choice, ...]] = ((0, 0), (3, 0), (4, 0), (1, 3))
_NAME: Final[tuple[_Choice, ...]] = ((0, 0), (0, 4), (16, 5), (48, 10))
_ALPHA, _SPOT_COLOUR, _FILTER_ARRAY = 0, 2, 5


class JxlHeader(NamedTuple):
    """Size, upright, bits of a sample, 0 for floats, and whether there is alpha."""

    width: int
    height: int
    bits: int
    alpha: bool


class _Bits:
    """Bits from the lowest of the first byte on; zeros behind the end."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value

    def choose(self, choices: tuple[_Choice, ...]) -> int:
        start, count = choices[self.take(2)]
        return start + self.take(count)


def read_jxl(data: bytes) -> JxlHeader:
    """Return what the header says, of a bare codestream or one in boxes. Raises ValueError."""
    bits = _Bits(_codestream(data)[len(_CODESTREAM) : HEADER_BYTES])
    width, height = _size(bits)
    if bits.take(1):  # all as usual
        return JxlHeader(width, height, bits=8, alpha=False)
    if bits.take(1) and _orientation(bits) >= _TURNED:
        width, height = height, width
    depth = _depth(bits)
    bits.take(1)
    return JxlHeader(width, height, depth, _has_alpha(bits))


def _codestream(data: bytes) -> bytes:
    """Return the first bytes of the codestream: the box that holds it, or its first part."""
    if data.startswith(_CODESTREAM):
        return data[:HEADER_BYTES]
    at = 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind in {b"jxlc", b"jxlp"}:
            start = at + head + (4 if kind == b"jxlp" else 0)
            return data[start : start + HEADER_BYTES]
        at += max(size, head) if size else len(data)
    raise ValueError("Expected a codestream in a JPEG XL, got none.")


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)
    height = _side(bits, small)
    ratio = bits.take(3)
    if not ratio:
        return _side(bits, small), height
    above, below = _RATIOS[ratio - 1]
    return height * above // below, height


def _side(bits: _Bits, small: int) -> int:
    return 8 * (1 + bits.take(5)) if small else bits.choose(_SIDE)


def _orientation(bits: _Bits) -> int:
    """Return the orientation, and go on behind size to show, preview and animation."""
    orientation = 1 + bits.take(3)
    if bits.take(1):
        _size(bits)
    if bits.take(1):
        choices = _PREVIEW_8THS if bits.take(1) else _PREVIEW
        bits.choose(choices)
        if not bits.take(3):
            bits.choose(choices)
    if bits.take(1):
        for choices in (_TICKS, _TICKS_BELOW, _LOOPS):
            bits.choose(choices)
        bits.take(1)
    return orientation


def _depth(bits: _Bits) -> int:
    if not bits.take(1):
        return bits.choose(_WHOLE_BITS)
    bits.choose(_FLOAT_BITS)
    bits.take(4)
    return 0


def _has_alpha(bits: _Bits) -> bool:
    """Return whether one of the extra channels is alpha; those in front of it have to be read."""
    for _ in range(bits.choose(_EXTRAS)):
        if bits.take(1):  # alpha of 8 bits, as usual
            return True
        kind = bits.choose(_ENUM)
        if kind == _ALPHA:
            return True
        _depth(bits)
        bits.choose(_SHIFT)
        bits.take(8 * bits.choose(_NAME))
        if kind == _SPOT_COLOUR:
            bits.take(4 * 16)
        if kind == _FILTER_ARRAY:
            bits.choose(((1, 0), (0, 2), (3, 4), (19, 8)))
    return False
