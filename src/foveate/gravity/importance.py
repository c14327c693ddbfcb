"""How much each place matters to people: where they look, with faces, subject and centre fused.

The weights lie beside this file. `benchmarks/fit_saliency.py` fitted them, and those of the
network's readout, on eye tracking.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Box, Size
    from foveate.values import Face

    Numbers = NDArray[np.float64]

WEIGHTS: Final = Path(__file__).with_name("importance.toml")
SMALL_FACE: Final = 0.02
"""Up to this share of the picture a face draws all the looks that it can get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """By how much, in logarithms, each of these makes a place more looked at."""

    face: float
    """A face that surely is one."""
    small_face: float
    """The same, less the larger the face: looks do not grow with it."""
    matte: float
    """The subject, where a matte is known."""
    centre: tuple[float, ...]
    """Terms of `centre_terms`: photos have their subject there, and people look there first."""


@cache
def fitted() -> Weights:
    """Return the weights that come with this package."""
    rows = tomllib.loads(WEIGHTS.read_text())
    return Weights(**{**rows, "centre": tuple(rows["centre"])})


def importance(
    saliency: NDArray[np.floating],
    faces: Sequence[Face],
    matte: NDArray[np.floating] | None,
    size: Size,
    weights: Weights | None = None,
) -> Numbers:
    """Return the share of all looks that each place gets, as many rows and columns as `saliency`.

    `saliency` is 0..1 over a picture of `size`, the square root of a density; `matte` is alpha
    in 0..1 over the same picture, of any shape; faces are in its pixels. The shares sum to 1.
    `weights` are the fitted ones by default.
    """
    shape, weights = saliency.shape, weights or fitted()
    near, small = face_terms(faces, shape, size)
    terms = weights.face * near + weights.small_face * small
    terms += np.tensordot(centre_terms(shape), weights.centre, 1)
    if matte is not None:
        terms += weights.matte * resampled(matte, shape)
    # A map that is zero everywhere says nothing: then all places are alike to it.
    seen = saliency.astype(np.float64) ** 2 if saliency.any() else np.ones(shape)
    looks = seen * np.exp(terms - terms.max())
    share: Numbers = looks / looks.sum()
    return share


def centre_terms(shape: tuple[int, ...]) -> Numbers:
    """Return x², y, y², x⁴ and y⁴, each -1..1 over the picture, as (rows, columns, 5).

    No x: a picture is as likely as its mirror image.
    """
    y, x = (np.linspace(-1, 1, 2 * count + 1)[1::2] for count in shape)
    down, across = np.meshgrid(y, x, indexing="ij")
    return np.stack([across**2, down, down**2, across**4, down**4], axis=-1)


def face_terms(
    faces: Sequence[Face], shape: tuple[int, ...], size: Size
) -> tuple[Numbers, Numbers]:
    """Return how much of each cell is face, times its score: for any face, and for small ones."""
    near, small = np.zeros(shape), np.zeros(shape)
    for face in faces:
        there = face.score * covered(face.box, shape, size)
        near = np.maximum(near, there)
        share = face.box.area / size.area
        small = np.maximum(small, there * min(1.0, SMALL_FACE / max(share, 1e-9)))
    return near, small


def covered(box: Box, shape: tuple[int, ...], size: Size) -> Numbers:
    """Return the share, 0..1, of each cell of a (rows, columns) grid that lies in a box."""
    rows = _covered(box.top, box.bottom, np.linspace(0, size.height, shape[0] + 1))
    return np.outer(rows, _covered(box.left, box.right, np.linspace(0, size.width, shape[1] + 1)))


def _covered(low: float, high: float, edges: Numbers) -> Numbers:
    inside = np.diff(edges.clip(low, high))
    share: Numbers = inside / np.diff(edges)
    return share


def resampled(values: NDArray[np.floating], shape: tuple[int, ...]) -> Numbers:
    """Return the mean of a map over each cell of a (rows, columns) grid, exactly."""
    for count in shape:  # rows first; after the second turn rows are rows again
        sums = np.concatenate([np.zeros((1, values.shape[1])), values.cumsum(0, dtype=np.float64)])
        at = np.linspace(0, values.shape[0], count + 1)
        whole = np.minimum(at.astype(np.intp), values.shape[0] - 1)
        part = (at - whole)[:, None]
        totals = sums[whole] * (1 - part) + sums[whole + 1] * part
        values = (np.diff(totals, axis=0) * count / values.shape[0]).T
    return np.asarray(values, np.float64)
