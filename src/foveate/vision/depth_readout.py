"""What `gaze` knows of how near each patch of a photo is, beside a network for that.

benchmarks/fit_depth.py fitted the numbers; docs/guides/depth.md says on which photos.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.vision.packaged import digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.float32]

READOUT: Final = Path(__file__).with_name("depth.npy")
LAYER: Final = 384
"""Numbers of a patch that it goes by: those of the later of two layers."""
REACH: Final = 4.0
"""Numbers of the map go from -REACH to REACH; in photos they deviate by about 1."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing weighs in the logarithm of nearness."""

    patch: Map
    """(LAYER,): of the numbers of a patch."""
    near: float
    """Of the network's map, in deviations."""
    log: float
    """Of the logarithm of that, likewise."""
    row: float
    """Of the row, from -1 at the top to 1 at the bottom."""
    row_alone: float
    """Of the row where there is no network."""


@cache
def weights() -> Weights:
    """Return what comes with the package."""
    numbers: Map = np.load(READOUT, allow_pickle=False)
    return Weights(numbers[:LAYER], *map(float, numbers[LAYER:]))


def readout_digest() -> str:
    """Return what names the numbers of the readout."""
    return digest(READOUT)


def order(tokens: Map) -> Map:
    """Return what the readout says of (rows, columns, 768), (rows, columns) of a mean of 0.

    The larger, the nearer. Its scale is that of the weights beside it.
    """
    read = tokens[..., -LAYER:] @ weights().patch
    centred: Map = read - read.mean()
    return centred


def coded(ordered: Map) -> Map:
    """Return what `order` says as a map in 0..1, as maps are kept."""
    share: Map = (ordered / (2 * REACH) + 1 / 2).clip(0, 1).astype(np.float32)
    return share


def decoded(share: Map) -> Map:
    """Return what `coded` was given, to its last level."""
    ordered: Map = ((share - 1 / 2) * (2 * REACH)).astype(np.float32)
    return ordered
