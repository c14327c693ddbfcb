"""Who belongs together among faces that nobody named, and which faces are the same picture.

Both come from the graph of near neighbours, which is found exactly, a block of rows at a time.
Groups come by Chinese whispers (Biemann 2006): everybody starts in a group of his own and then,
again and again, joins the group that the neighbours pull to most, by how near they are. It needs no
number of groups, takes time in proportion to the neighbours, and is what dlib and digiKam group
faces with. Ours goes in a fixed order, so the same faces make the same groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

TOGETHER: Final = 0.5
"""From this cosine on two faces pull each other. Of LFW's people, 999 of 1,000 pairs that it puts
together are right, and it finds 97 % of all; 0.44 finds 98 %, and 4 % of its pairs are wrong."""
SAME_PICTURE: Final = 0.93
"""As near are copies of one picture that were halved, mirrored or compressed to quality 50; two
photos of one person are not, of 931 pairs of LFW."""
BLOCK: Final = 256
"""Rows compared at once: among 100,000 faces their cosines take 100 MB."""
MOST_NEIGHBOURS: Final = 50
ROUNDS: Final = 20

BYTES_A_FACE: Final = 24 * 1024
"""At most: 2 KB as numbers, three times while they are read, 200 bytes for each neighbour, and its
part of a block."""

Edge = tuple[int, int, float]


def neighbours(
    vectors: NDArray[np.float32], least: float, most: int = MOST_NEIGHBOURS
) -> Iterator[Edge]:
    """Yield pairs of rows, the smaller first, whose cosine is at least that, and the cosine.

    `vectors` are (faces, 512) unit vectors. Each row gives the nearest `most` of those behind it.
    Raises TimedOut and ClientDisconnected between two blocks.
    """
    count = len(vectors)
    for start in range(0, count, BLOCK):
        current().check()
        cosines = vectors[start : start + BLOCK] @ vectors[start:].T
        for row, line in enumerate(cosines):
            line[: row + 1] = -1.0
            near = np.flatnonzero(line >= least)
            if len(near) > most:
                near = near[np.argpartition(-line[near], most)[:most]]
            for other in near.tolist():
                yield start + row, start + other, float(line[other])


def groups(vectors: NDArray[np.float32], least: float = TOGETHER) -> list[list[int]]:
    """Return the rows of each group of (faces, 512) unit vectors, largest group first.

    A row alone is a group as well. From the cosine `least` on two of them pull each other.
    """
    edges: list[list[tuple[int, float]]] = [[] for _ in vectors]
    for one, other, cosine in neighbours(vectors, least):
        edges[one].append((other, cosine))
        edges[other].append((one, cosine))
    found: dict[int, list[int]] = {}
    for row, label in enumerate(_whisper(edges)):
        found.setdefault(label, []).append(row)
    return sorted(found.values(), key=lambda rows: (-len(rows), rows[0]))


def _whisper(edges: Sequence[Sequence[tuple[int, float]]]) -> list[int]:
    labels = list(range(len(edges)))
    for turn in range(ROUNDS):
        current().check()
        changed = False
        for row in np.random.default_rng(turn).permutation(len(edges)).tolist():
            pulled = _pull(edges[row], labels)
            if pulled is not None and pulled != labels[row]:
                labels[row], changed = pulled, True
        if not changed:
            break
    return labels


def _pull(near: Sequence[tuple[int, float]], labels: Sequence[int]) -> int | None:
    """Return the group that neighbours pull to most; the lower one of two that pull alike."""
    weights: dict[int, float] = {}
    for other, cosine in near:
        weights[labels[other]] = weights.get(labels[other], 0.0) + cosine
    return max(weights, key=lambda label: (weights[label], -label), default=None)
