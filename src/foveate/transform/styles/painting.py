"""Paint what a style has planned, band by band: memory stays bounded however large the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current
from foveate.imaging.planes import enlarged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.transform.styles.study import Plane, Rgb

BAND_PIXELS: Final = 1 << 18
"""About so many pixels are painted at a time: what is worked on stays in the cache."""
BESIDE: Final = 2
"""Rows above and below a band that crisp edges look at."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of what is painted."""

    planes: NDArray[np.float32]
    """(k, rows, width): the planes of the painting there."""
    x: Plane
    """(1, width): where columns are, in pixels of the study."""
    y: Plane
    """(rows, 1): where rows are."""
    zoom: float
    """Painted pixels per pixel of the study."""


@dataclass(frozen=True, slots=True)
class Painting:
    """How to paint: planes that change slowly, and what is made of them at each pixel."""

    planes: Sequence[Plane]
    """(h, w) each, at the study's size."""
    paint: Callable[[Band], Rgb]
    """Return (rows, width, 3) in 0..1 of a band."""


def painted(painting: Painting, size: Size) -> NDArray[np.uint8]:
    """Return (height, width, 3) of a painting at any size of its shape.

    Raises TimedOut and ClientDisconnected.
    """
    stack = np.stack(painting.planes, -1)
    whole = enlarged(stack, size)
    zoom = size.width / stack.shape[1]
    out = np.empty((size.height, size.width, 3), np.uint8)
    step = max(1, BAND_PIXELS // size.width)
    x = (np.arange(size.width, dtype=np.float32)[None] + np.float32(0.5)) / np.float32(zoom)
    for top in range(0, size.height, step):
        current().check()
        first, last = max(0, top - BESIDE), min(size.height, top + step + BESIDE)
        y = (np.arange(first, last, dtype=np.float32)[:, None] + np.float32(0.5)) / np.float32(zoom)
        band = Band(np.ascontiguousarray(whole(first, last).transpose(2, 0, 1)), x, y, zoom)
        rgb = painting.paint(band)[top - first :][: step]
        rgb = rgb[: size.height - top] * np.float32(255) + np.float32(0.5)
        out[top : top + len(rgb)] = rgb.clip(0, 255).astype(np.uint8)
    return out
