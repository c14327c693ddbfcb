"""Which pictures are nearly the same, by their features: unit vectors of 1280 numbers.

Copies that were resized, compressed, mirrored or cropped by a fifth keep a cosine of 0.8 or more
with what they were made of, and different photos stay below: `python benchmarks/tags.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

NEAR: Final = 0.8
"""The cosine from which on two pictures count as nearly the same."""
BLOCK: Final = 1024
"""Pictures compared with as many others at a time: 5 MB of each, and a product of 4 MB."""
STORED: Final = np.float16
"""2.5 kB a picture; cosines are off by a thousandth at most."""


class Repeats:
    """Says of each picture that comes whether one like it came before: a filter for a stream.

    It keeps 5 kB of each picture that is new, and nothing of the others.
    """

    def __init__(self, threshold: float = NEAR) -> None:
        self.threshold = threshold
        self._blocks: list[NDArray[np.float32]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, vector: NDArray[np.floating]) -> int | None:
        """Return the number, counted from 0, of the kept picture that this one repeats, or None.

        None is of one that is new: from then on it is kept. `vector` is (n,), of length 1.
        """
        ((repeated, _),) = self.add_all(vector[None])
        return repeated

    def add_all(self, vectors: NDArray[np.floating]) -> list[tuple[int | None, float]]:
        """Return the same of each of (count, n) vectors in turn, with the cosine of the two.

        The more at once, the faster, up to BLOCK of them.
        """
        starts = range(0, len(vectors), BLOCK)
        return [told for at in starts for told in self._told(vectors[at : at + BLOCK])]

    def _told(self, vectors: NDArray[np.floating]) -> Iterator[tuple[int | None, float]]:
        block = vectors.astype(np.float32)
        best, cosine = self._nearest(block)
        among = block @ block.T
        for row, vector in enumerate(block):
            if cosine[row] >= self.threshold:
                yield int(best[row]), float(cosine[row])
                continue
            nearer = among[row] > cosine
            best[nearer], cosine[nearer] = self._count, among[row][nearer]
            self._keep(vector)
            yield None, 1.0

    def _nearest(self, block: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the nearest kept picture of each of a block, and its cosine."""
        best = np.zeros(len(block), np.intp)
        cosine = np.full(len(block), -np.inf, np.float32)
        for number, kept in enumerate(self._blocks):
            near = block @ kept[: self._count - number * BLOCK].T
            found = near.argmax(1)
            there = near[np.arange(len(block)), found]
            nearer = there > cosine
            best[nearer], cosine[nearer] = found[nearer] + number * BLOCK, there[nearer]
        return best, cosine

    def _keep(self, vector: NDArray[np.float32]) -> None:
        number, row = divmod(self._count, BLOCK)
        if number == len(self._blocks):
            self._blocks.append(np.empty((BLOCK, len(vector)), np.float32))
        self._blocks[number][row] = vector
        self._count += 1


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
    leaders, numbers = Repeats(threshold), list(order)
    members: list[list[tuple[int, float]]] = []
    for start in range(0, len(numbers), BLOCK):
        block = numbers[start : start + BLOCK]
        told = leaders.add_all(np.stack([vectors[number] for number in block]))
        for number, (repeated, cosine) in zip(block, told, strict=True):
            if repeated is None:
                members.append([(number, 1.0)])
            else:
                members[repeated].append((number, min(1.0, cosine)))
    found = [group for group in members if len(group) > 1]
    return [[first, *sorted(rest, key=lambda one: -one[1])] for first, *rest in found]
