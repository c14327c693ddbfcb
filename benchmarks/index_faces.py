"""Faces for the face index: real embeddings, and as many like them as are wanted.

New people are drawn around the mean of LFW's embeddings with their covariance, half of each a real
face; photos of one person are as near to each other as LFW's are (a cosine of 0.77).
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from results import DATA

from foveate.enrolled import EnrolledFace
from foveate.geometry.box import Box
from people import embedder, pixels, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PHOTOS: Final = 4
"""Of each person."""
REAL, DRAWN, PHOTO, QUERY = 0.5, 0.87, 0.55, 0.4
BLOCK: Final = 40_000
MODEL: Final = "benchmark-1"
BOX: Final = Box(0, 0, 100, 120)


@cache
def lfw() -> tuple[NDArray[np.float32], list[str]]:
    """Return the embeddings of lfw_pairs, and who each is of."""
    pairs = rows_of("lfw_pairs", "pairs.csv")
    files = sorted({pair[side] for pair in pairs for side in "ab"})
    vectors = embedder.of_crops([pixels(DATA / "lfw_pairs/images" / file) for file in files])
    return vectors, [file.partition("/")[0] for file in files]


@cache
def _spread() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    real, _ = lfw()
    mean = real.mean(0)
    _, lengths, axes = np.linalg.svd(real - mean, full_matrices=False)
    return mean, (axes.T * (lengths / np.sqrt(len(real)))).astype(np.float32).T


def _drawn(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    _, root = _spread()
    return rng.standard_normal((count, len(root))).astype(np.float32) @ root


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def many(count: int, seed: int = 0) -> Iterator[NDArray[np.float32]]:
    """Yield blocks of unit vectors, photos of one person behind each other; always the same."""
    rng = np.random.default_rng(seed)
    (real, _), (mean, _) = lfw(), _spread()
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        people = -(-size // PHOTOS)
        half = REAL * (real[rng.integers(0, len(real), people)] - mean)
        person = (half + DRAWN * _drawn(rng, people)).repeat(PHOTOS, axis=0)[:size]
        yield _unit(mean + person + PHOTO * _drawn(rng, size))


def asked(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return another photo of so many people out of these."""
    rng = np.random.default_rng(1)
    those = vectors[rng.integers(0, len(vectors), count)]
    return _unit(those + QUERY * _drawn(rng, count))


def faces(vectors: NDArray[np.float32], start: int = 0) -> list[EnrolledFace]:
    """Return faces with ids by their number, spread as those by chance are."""
    now = time.time()
    return [
        EnrolledFace(
            id=name_of(start + row),
            subject=f"person {(start + row) // PHOTOS}",
            embedding=vector,
            box=BOX,
            source=f"photos/{start + row}.jpg",
            added=now,
        )
        for row, vector in enumerate(vectors)
    ]


def name_of(number: int) -> str:
    """Return the id of a face by its number: 32 hex digits, in no order."""
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"


def number_of(name: str) -> int:
    """Return the number of a face by its id."""
    inverse = pow(0x9E3779B97F4A7C15F39CC0605CEDC835, -1, 2**128)
    return int(name, 16) * inverse % 2**128
