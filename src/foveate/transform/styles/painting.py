"""Paint what a style has planned, band by band: memory stays bounded however large the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current
from foveate.imaging.planes import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.transform.styles.study import Paint, Plane

BAND_PIXELS: Final = 1 << 18
"""About so many pixels are painted at a time: what is worked on stays in the cache."""
BESIDE: Final = 2
"""Rows above and below a band that crisp edges look at."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of what is painted."""

    planes: tuple[Plane, ...]
    """(rows, width) each: the planes of the painting there."""
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
    """At the study's size or smaller: they are brought to what is painted."""
    paint: Callable[[Band], Paint]
    """Return (3, rows, width) in 0..1 of a band."""


def painted(painting: Painting, size: Size, width: int) -> NDArray[np.uint8]:
    """Return (height, width, 3) of a painting at any size of its shape; the study has `width`.

    Raises TimedOut and ClientDisconnected.
    """
    planes = [rows_of(plane, size) for plane in painting.planes]
    zoom = size.width / width
    out = np.empty((size.height, size.width, 3), np.uint8)
    step = max(1, BAND_PIXELS // size.width)
    for top in range(0, size.height, step):
        current().check()
        first, last = max(0, top - BESIDE), min(size.height, top + step + BESIDE)
        there = tuple(rows(first, last) for rows in planes)
        band = Band(
            there, _middles(0, size.width, zoom)[None], _middles(first, last, zoom)[:, None], zoom
        )
        rgb = painting.paint(band)[:, top - first :][:, : min(step, size.height - top)]
        scaled = (rgb * np.float32(255) + np.float32(0.5)).clip(0, 255).astype(np.uint8)
        out[top : top + step] = scaled.transpose(1, 2, 0)
    return out


def _middles(first: int, last: int, zoom: float) -> Plane:
    """Return where the middles of pixels are, in pixels of the study."""
    places: Plane = ((np.arange(first, last) + 0.5) / zoom).astype(np.float32)
    return places
