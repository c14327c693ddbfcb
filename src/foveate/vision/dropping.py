"""What is left of a matte once something is dropped from it, without a ghost of that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.guided import mean
from foveate.vision.masks import at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SPREAD: Final = 0.04
"""By so much of the side of a square of their area things are dropped more widely: outlines of two
networks never meet, and what lies between them is a rim of what was to go."""
HALF: Final = 0.5
HAZE: Final = 0.2
"""What an outline hardly claims is not spread."""
WHOLE: Final = 0.999


def without(alpha: Floats, dropped: Floats, *, spread: float = SPREAD) -> Floats:
    """Return alpha where nothing is that is dropped, as fine as the finer of both.

    What is half one thing and half the other is gone: a product would leave a ghost of it. So is
    what is left beside it as a sliver, narrower than what a spread of `SPREAD` takes.
    """
    sizes = zip(alpha.shape[::-1], dropped.shape[::-1], strict=True)
    size = Size(*(max(sides) for sides in sizes))
    alpha, dropped = at(alpha, size), at(dropped, size)
    area = int((dropped > HALF).sum())
    if not area:
        return (alpha - dropped).clip(0)
    wide = _spread(dropped, _radius(spread * area**HALF)) if spread else dropped
    return _sturdy((alpha - wide).clip(0), wide, _radius(SPREAD * area**HALF))


def _radius(pixels: float) -> int:
    """Return the nearest power of two, which sums of neighbours are fast for."""
    return 1 << round(math.log2(max(pixels, 1.0)))


def _around(plane: Floats, radius: int) -> Floats:
    around: Floats = mean(plane[None], radius)[0]
    return around


def _spread(dropped: Floats, radius: int) -> Floats:
    soft = _around((2 * dropped - 2 * HAZE).clip(0, 1), radius)
    wide: Floats = np.maximum(dropped, (4 * soft - HAZE).clip(0, 1))
    return wide


def _sturdy(left: Floats, dropped: Floats, radius: int) -> Floats:
    """Return what is left, and beside what was dropped only what is no sliver."""
    core = (_around((left > HALF).astype(np.float32), radius) >= WHOLE).astype(np.float32)
    kept = _around(core, 2 * radius) > 0
    beside = _around((dropped > HALF).astype(np.float32), 4 * radius) > 0
    return np.where(beside & ~kept, np.float32(0), left)
