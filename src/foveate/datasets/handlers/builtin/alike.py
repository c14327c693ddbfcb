"""Pictures that look the same: by a hash of 64 bits that survives sizes and compression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.pixels import brought_to, from_array, to_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

LOOKED_AT: Final = 256
"""Long side at which a picture is looked at."""
SIDE: Final = 32
BITS: Final = 8
"""Of each axis: the lowest frequencies."""
FINE: Final = 4096
"""Of so many parts cosines are written."""


def hash_of(pixels: NDArray[np.uint8]) -> int:
    """Return the perceptual hash of (height, width, 3) RGB: signs of its lowest frequencies.

    C. Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010).
    """
    small = to_array(brought_to(from_array(pixels), Size(SIDE, SIDE))).astype(np.int64)
    grey = small @ np.array([299, 587, 114])
    low = _cosines() @ grey @ _cosines().T
    bits = (low > np.median(low.reshape(-1)[1:])).reshape(-1)
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _cosines() -> NDArray[np.int64]:
    """Return the first rows of the discrete cosine transform, as whole numbers.

    Of flat and mirrored pictures half of the frequencies are 0, or, with fractions, what the order
    of a sum leaves: noise that is another on each kind of processor.
    """
    at, frequency = np.arange(SIDE) + 0.5, np.arange(BITS)[:, None]
    return np.asarray(np.rint(FINE * np.cos(np.pi * frequency * at / SIDE)), np.int64)


def first_of_each(hashes: Iterable[tuple[str, int]], most: int) -> Iterator[str]:
    """Yield the names whose hash is farther than `most` bits from those before that were kept.

    >>> list(first_of_each([("a", 0b0), ("b", 0b1), ("c", 0b111)], 1))
    ['a', 'c']
    """
    kept = np.zeros(0, np.uint64)
    found: list[int] = []
    for name, bits in hashes:
        if len(found) > len(kept) + _TAIL:
            kept = np.array(found, np.uint64)
        far = np.bitwise_count(kept ^ np.uint64(bits))
        near = bool((far <= most).any())
        near = near or any((other ^ bits).bit_count() <= most for other in found[len(kept) :])
        if not near:
            found.append(bits)
            yield name


_TAIL: Final = 256
"""Hashes that are compared one by one, until an array is made of all."""
