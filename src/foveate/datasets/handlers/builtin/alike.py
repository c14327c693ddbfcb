"""Pictures that look the same: by a hash of 64 bits that survives sizes and compression."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
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
WHOLE: Final = BITS * BITS
FEW: Final = 5
"""Pieces of hashes that may differ in more bits are so short that most hashes have the same."""
SLOWER: Final = 128
"""So many hashes are compared together in the time of one alone."""


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
    kept = _Kept(most)
    for name, bits in hashes:
        if not kept.is_near(bits):
            kept.add(bits)
            yield name


class _Kept:
    """Hashes, by pieces of their bits: of two that differ in fewer bits, a piece is the same."""

    def __init__(self, most: int) -> None:
        self._most, self._count, self._all = most, 0, np.zeros(1024, np.uint64)
        edges = [WHOLE * piece // (most + 1) for piece in range(most + 2)]
        self._pieces = list(pairwise(edges)) if most <= FEW else []
        self._by_piece = [defaultdict[int, list[int]](list) for _ in self._pieces]

    def is_near(self, bits: int) -> bool:
        """Return whether one of them differs from a hash in so few bits."""
        same = [known.get(piece, ()) for known, piece in self._of(bits)]
        if not same or sum(map(len, same)) * SLOWER > self._count:
            far = np.bitwise_count(self._all[: self._count] ^ np.uint64(bits))
            return bool((far <= self._most).any())
        return any((other ^ bits).bit_count() <= self._most for each in same for other in each)

    def add(self, bits: int) -> None:
        """Have one more."""
        if self._count == len(self._all):
            self._all = np.concatenate([self._all, np.zeros_like(self._all)])
        self._all[self._count] = bits
        self._count += 1
        for known, piece in self._of(bits):
            known[piece].append(bits)

    def _of(self, bits: int) -> Iterator[tuple[defaultdict[int, list[int]], int]]:
        """Yield those of each of its pieces by what they have there, and what it has."""
        for known, (start, end) in zip(self._by_piece, self._pieces, strict=True):
            yield known, bits >> start & (1 << end - start) - 1
