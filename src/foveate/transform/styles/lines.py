"""Lines as a pen draws them: where tones turn, smooth along the way.

After Kang et al., "Coherent line drawing" (2007), and Winnemöller et al., "XDoG" (2012): a
difference of gaussians, smoothed along the flow that the structure tensor tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.styles.study import Plane

WIDER: Final = 1.6
"""The outer gaussian's standard deviation, relative to the inner one's."""


def gradients(plane: Plane) -> tuple[Plane, Plane]:
    """Return the change of a plane across and down."""
    across, down = np.zeros_like(plane), np.zeros_like(plane)
    across[:, 1:-1] = plane[:, 2:] - plane[:, :-2]
    down[1:-1] = plane[2:] - plane[:-2]
    return across, down


def flow(plane: Plane, sigma: float) -> tuple[Plane, Plane]:
    """Return the unit vector, across and down, along which a plane changes least around a place."""
    across, down = gradients(plane)
    tensor = np.stack([across * across, down * down, across * down], -1)
    xx, yy, xy = soft(tensor, sigma).transpose(2, 0, 1)
    angle = np.arctan2(2 * xy, xx - yy) / 2
    return -np.sin(angle), np.cos(angle)


def along(plane: Plane, way: tuple[Plane, Plane], reach: int, times: int = 2) -> Plane:
    """Return a plane averaged over `reach` pixels to each side along the way, so many times."""
    height, width = plane.shape
    rows = np.arange(height, dtype=np.int32)[:, None]
    columns = np.arange(width, dtype=np.int32)
    weights = [1 - (abs(step) / (reach + 1)) ** 2 for step in range(-reach, reach + 1)]
    places: list[NDArray[np.int32]] = []
    for step in range(-reach, reach + 1):
        down = (rows + np.rint(way[1] * step).astype(np.int32)).clip(0, height - 1)
        across = (columns + np.rint(way[0] * step).astype(np.int32)).clip(0, width - 1)
        places.append(down * np.int32(width) + across)
    for _ in range(times):
        flat, total = plane.ravel(), np.zeros_like(plane)
        for place, weight in zip(places, weights, strict=True):
            total += flat.take(place) * np.float32(weight)
        plane = total / np.float32(sum(weights))
    return plane


def drawn(tone: Plane, *, width: float, reach: int = 4, calm: float = 3.5) -> Plane:
    """Return how much a place is a dark line on light, about 0..1 and beyond; below 0 on none.

    `width` is the standard deviation of a line, `calm` of what decides where it leads.
    """
    ridge = soft(tone, width * WIDER) - soft(tone, width)
    way = flow(soft(tone, 1.0), calm)
    line = along(ridge, way, reach)
    strong = soft(np.abs(line), 24)
    level = np.float32(max(float(np.percentile(strong, 75)), 2e-3))
    lined: Plane = line / (np.float32(3.0) * (strong * np.float32(0.6) + level * np.float32(0.4)))
    return lined.astype(np.float32)
