"""Which pictures are nearly the same, by their features: unit vectors of 1280 numbers.

Copies that were resized, compressed, mirrored or cropped by a fifth keep a cosine of 0.8 or more
with what they were made of, and different photos stay below: `python benchmarks/tags.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

NEAR: Final = 0.8
"""The cosine from which on two pictures count as nearly the same."""
BLOCK: Final = 512
"""Pictures compared with all others at a time: a few megabytes, in one product of matrices."""
STORED: Final = np.float16
"""2.5 kB a picture; cosines are off by a thousandth at most."""


class Repeats:
    """Says of each picture that comes whether one like it came before: a filter for a stream.

    It keeps 2.5 kB of each picture that is new, and nothing of the others.
    """

    def __init__(self, threshold: float = NEAR) -> None:
        self.threshold = threshold
        self._kept = np.zeros((0, 0), STORED)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, vector: NDArray[np.float32]) -> int | None:
        """Return the number, counted from 0, of the kept picture that this one repeats, or None.

        None is of one that is new: from then on it is kept. `vector` is (n,), of length 1.
        """
        if self._count:
            near = cosines(self._kept[: self._count], vector)
            best = int(near.argmax())
            if near[best] >= self.threshold:
                return best
        if self._count == len(self._kept):
            grown = np.zeros((max(64, 2 * self._count), len(vector)), STORED)
            if self._count:
                grown[: self._count] = self._kept
            self._kept = grown
        self._kept[self._count] = vector
        self._count += 1
        return None


def cosines(vectors: NDArray[np.floating], one: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return (count,): how alike each of (count, n) unit vectors is to one of them, up to 1."""
    found = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        block = slice(start, start + BLOCK)
        found[block] = vectors[block].astype(np.float32) @ one.astype(np.float32)
    return found


def groups(
    vectors: Sequence[NDArray[np.floating]],
    order: Iterable[int],
    threshold: float = NEAR,
) -> list[list[tuple[int, float]]]:
    """Return the pictures of which there are several, by number, with their cosines.

    Each group begins with the one that comes first in `order`; all others are alike to that one,
    so that a chain of small differences never joins what is far apart. Best first.
    """
    leaders = Repeats(threshold)
    members: list[list[tuple[int, float]]] = []
    for number in order:
        vector = np.asarray(vectors[number], np.float32)
        repeated = leaders.add(vector)
        if repeated is None:
            members.append([(number, 1.0)])
        else:
            first = np.asarray(vectors[members[repeated][0][0]], np.float32)
            members[repeated].append((number, min(1.0, float(first @ vector))))
    found = [group for group in members if len(group) > 1]
    return [[first, *sorted(rest, key=lambda one: -one[1])] for first, *rest in found]
