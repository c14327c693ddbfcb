"""CRC-32C, which TFRecord guards its records with: by arrays, where no processor instruction is.

The sums of many short pieces are computed side by side, and joined two by two: appending bytes to
a message multiplies its sum by a matrix of bits that depends on their number alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[np.uint32]
    """(2, 65536): what the lower and the higher half of a sum become."""

POLYNOMIAL: Final = 0x82F63B78
"""Castagnoli's, the lowest bit first."""
PIECE: Final = 64
"""Bytes that are summed one after the other."""
ALL: Final = 0xFFFFFFFF
BYTE: Final = 8
BYTES: Final = 4
HALF: Final = 0xFFFF
HALF_BITS: Final = 16
MASK_TURN: Final = 15
MASK_ADD: Final = 0xA282EAD8
"""Of TFRecord: sums over sums are weak, so that those in files are changed."""


def masked(data: bytes) -> int:
    """Return the sum as TFRecord writes it."""
    crc = crc32c(data)
    return (((crc >> MASK_TURN) | (crc << (32 - MASK_TURN))) + MASK_ADD) & ALL


def crc32c(data: bytes) -> int:
    """Return the CRC-32C of bytes.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    count = len(data) // PIECE
    whole = np.frombuffer(data, np.uint8, count * PIECE).reshape(count, PIECE)
    crc = _joined(_side_by_side(whole), ALL) if count else ALL
    table = _byte_table()
    for byte in data[count * PIECE :]:
        crc = int(table[(crc ^ byte) & 0xFF]) ^ (crc >> BYTE)
    return crc ^ ALL


@cache
def _byte_table() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(BYTE):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(POLYNOMIAL), table >> 1)
    return table.astype(np.uint32)


def _side_by_side(pieces: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the sum of each row, from 0 on."""
    words = np.ascontiguousarray(pieces).view("<u4").T
    four, crcs = _advance(BYTES), np.zeros(len(pieces), np.uint32)
    for word in np.ascontiguousarray(words):
        crcs = _applied(four, crcs ^ word)
    return crcs


def _joined(crcs: NDArray[np.uint32], before: int) -> int:
    """Return the sum over pieces, one after the other; `before` is that of what is before."""
    level = 0
    # What is before the first piece is like a sum that is changed by all pieces after it.
    crcs = crcs.copy()
    crcs[0] ^= _applied(_advance(PIECE), np.array([before], np.uint32))[0]
    while len(crcs) > 1:
        odd = len(crcs) % 2
        # A piece of nothing, in front: it adds nothing to the sum.
        crcs = np.concatenate([np.zeros(odd, np.uint32), crcs])
        crcs = _applied(_advance(PIECE << level), crcs[::2]) ^ crcs[1::2]
        level += 1
    return int(crcs[0])


def _applied(table: Table, crcs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    joined: NDArray[np.uint32] = table[0][crcs & HALF] ^ table[1][crcs >> HALF_BITS]
    return joined


@cache
def _advance(count: int) -> Table:
    """Return what sums become by so many bytes of zeros: a power of two, from four on."""
    halves = np.arange(HALF + 1, dtype=np.uint32)
    crcs = np.stack([halves, halves << HALF_BITS])
    if count > BYTES:
        half = _advance(count // 2)
        return _applied(half, _applied(half, crcs))
    for _ in range(BYTES):
        crcs = _byte_table()[crcs & 0xFF] ^ (crcs >> BYTE)
    return crcs
