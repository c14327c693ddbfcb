"""Arrays as bytes, for stages that run elsewhere: raw, with their shape, in one known order.

Version 1, little-endian: `fva1`, a byte for the kind of number (`u`: uint8, `f`: float32), a byte
for the number of axes, four bytes for the length of each, then the numbers, last axis fastest.
"""

from __future__ import annotations

import struct
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.errors import BadBody

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MAGIC: Final = b"fva1"
KINDS: Final[Mapping[bytes, np.dtype[Any]]] = {b"u": np.dtype("u1"), b"f": np.dtype("<f4")}
CODES: Final = {kind: code for code, kind in KINDS.items()}
MOST_AXES: Final = 4
HEAD: Final = struct.Struct("<4scB")


def array_to_bytes(array: NDArray[Any]) -> bytes:
    """Return an array of uint8 or float32 of little-endian numbers as bytes.

    Raises KeyError for other numbers.
    """
    code = CODES[array.dtype]
    lengths = struct.pack(f"<{array.ndim}I", *array.shape)
    # Joined from where it lies: thumbnails are a megabyte, and copies would stay in the heap.
    numbers = np.ascontiguousarray(array).data
    return b"".join((HEAD.pack(MAGIC, code, array.ndim), lengths, numbers))


def array_from_bytes(data: bytes) -> NDArray[Any]:
    """Return the array that `array_to_bytes` wrote, read-only. Raises BadBody for anything else."""
    magic, code, axes = HEAD.unpack_from(data) if len(data) >= HEAD.size else (b"", b"", 0)
    start = HEAD.size + 4 * axes
    if magic != MAGIC or code not in KINDS or axes > MOST_AXES or len(data) < start:
        raise BadBody(f"Expected an array that begins with {MAGIC.decode()}, got something else.")
    shape = struct.unpack_from(f"<{axes}I", data, HEAD.size)
    wanted = prod(shape) * KINDS[code].itemsize
    if len(data) - start != wanted:
        raise BadBody(f"Expected {wanted} bytes for an array of {shape}, got {len(data) - start}.")
    try:
        return np.frombuffer(data, KINDS[code], offset=start).reshape(shape)
    except ValueError as why:  # of an empty one: NumPy bounds the product of its other axes too
        raise BadBody(f"Expected an array of a size that there can be, got {shape}.") from why
