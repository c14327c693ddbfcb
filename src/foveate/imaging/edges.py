"""Fine edges for coarse mattes, and the true colours of what is half seen through: numpy only.

A matte comes from a network at a few hundred pixels; a picture has a thousand or twelve. He et
al., "Guided image filtering" (2013) and "Fast guided filter" (2015): around each place alpha is
taken to be a linear function of the colour there. That function is fitted on a small grid and
applied to every pixel, so edges and hair come from the picture itself. Colours follow Forte,
"Approximate fast foreground colour estimation" (2021): blurred averages of subject and background,
corrected by what the pixel really shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current
from foveate.imaging.guided import RADIUS, guide_of, mean, planes, stretched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Planes = NDArray[np.float32]
    """(planes, height, width)."""

FAR: Final = 0.08
"""Half a window of the first colour estimate, relative to the grid's long side."""
NEAR: Final = 2
"""Half a window of the second, in pixels of the grid."""
TRUST: Final = 1
"""Alpha stays within what the matte has this many pixels of the grid around: no leaks, no holes."""
CLEAR, SOLID = 0.2, 0.9
"""Alpha that the filter leaves below and above these is haze: it becomes 0 and 1."""
TILE: Final = 64
"""Side in pixels of the squares of which only those that an edge crosses are worked on."""
_TINY: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Cut:
    """What a small grid over a picture knows about its cut-out; `fine` makes the most of it."""

    slope: Planes
    """(3, h, w): change of alpha with red, green and blue in 0..1."""
    base: Planes
    """(1, h, w): alpha of black."""
    bounds: Planes
    """(2, h, w): least and most alpha that the matte has close by."""
    subject: Planes
    """(3, h, w): colour of the subject in 0..1, everywhere near it."""
    behind: Planes
    """(3, h, w): colour of the background in 0..1, everywhere."""
    alpha: NDArray[np.float32]
    """(h, w): the matte on the grid, refined."""


def understood(rgb: NDArray[np.uint8], matte: NDArray[np.float32]) -> Cut:
    """Return what a small (h, w, 3) RGB picture and its (h, w) matte in 0..1 say about edges."""
    guide = guide_of(rgb)
    colours = guide.colours
    slope, base = guide.lines(matte)
    bounds = np.stack([-_most(-matte), _most(matte)])
    alpha = _alpha(colours, slope, base[0], bounds)
    subject, behind = _layers(colours, alpha)
    return Cut(slope, base, bounds, subject, behind, alpha)


def _alpha(
    colours: Planes, slope: Planes, base: NDArray[np.float32], bounds: Planes
) -> NDArray[np.float32]:
    """Return alpha in 0..1 without the haze that the filter leaves beside edges."""
    level = ((slope * colours).sum(0) + base).clip(*bounds)
    alpha: NDArray[np.float32] = ((level - CLEAR) / np.float32(SOLID - CLEAR)).clip(0, 1)
    return alpha


def _most(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the maximum of the squares of `2 * TRUST + 1` around each pixel."""
    height, width = plane.shape
    wide = np.pad(plane, TRUST, mode="edge")
    tall = reduce(np.maximum, (wide[step : step + height] for step in range(2 * TRUST + 1)))
    most: NDArray[np.float32] = reduce(
        np.maximum, (tall[:, step : step + width] for step in range(2 * TRUST + 1))
    )
    return most


def _layers(colours: Planes, alpha: NDArray[np.float32]) -> tuple[Planes, Planes]:
    """Return the colours of subject and background as they are near each pixel."""
    shares = (alpha, 1 - alpha)
    first = [_wide(colours, share) for share in shares]
    rest = colours - sum(share * layer for share, layer in zip(shares, first, strict=True))
    better = [layer + share * rest for share, layer in zip(shares, first, strict=True)]
    subject, behind = (
        _averaged(layer, share, NEAR) for share, layer in zip(shares, better, strict=True)
    )
    return subject, behind


def _wide(colours: Planes, weight: NDArray[np.float32]) -> Planes:
    """Return the mean colour of far around, from a grid so coarse that it costs nothing."""
    step = max(1, round(FAR * max(weight.shape) / RADIUS))
    weighed = np.concatenate([colours * weight, weight[None]])
    down, across = (np.arange(0, length, step) for length in weight.shape)
    blocks = np.add.reduceat(np.add.reduceat(weighed, down, 1), across, 2)
    found, total = mean(blocks, RADIUS), blocks.sum((1, 2), keepdims=True) + np.float32(_TINY)
    overall = total[:3] / total[3:]  # the answer where there is none of it far around
    coarse = (found[:3] + _TINY * overall) / (found[3:] + np.float32(_TINY))
    return stretched(stretched(coarse, 1, weight.shape[0]), 2, weight.shape[1])


def _averaged(colours: Planes, weight: NDArray[np.float32], radius: int) -> Planes:
    """Return the mean colour around each pixel of those that weigh something."""
    found = mean(np.concatenate([colours * weight, weight[None]]), radius)
    around: Planes = (found[:3] + _TINY * colours) / (found[3:] + np.float32(_TINY))
    return around


def fine(pixels: NDArray[np.uint8], cut: Cut) -> NDArray[np.uint8]:
    """Return the (height, width, 4) cut-out of a (height, width, 3 or 4) picture of any size.

    Its alpha is the refined matte times the picture's own; colours of half-transparent pixels are
    the subject's alone. Where nothing is left of the picture, colours are black. Raises TimedOut
    and ClientDisconnected.
    """
    height, width, bands = pixels.shape
    out = np.zeros((height, width, 4), np.uint8)
    maps = np.concatenate([cut.slope, cut.base, cut.bounds, cut.subject, cut.behind])
    rows, columns = (
        list(tiles(full, grid)) for full, grid in zip(out.shape, cut.alpha.shape, strict=False)
    )
    for here, there, weights_down in rows:
        current().check()
        for along, beside, weights_across in columns:
            part = maps[:, there, beside]
            low, high = _reach(part)
            if high <= CLEAR:
                continue
            tile = pixels[here, along]
            if low < SOLID:
                near = weights_down @ part @ weights_across.T
                out[here, along] = _unmixed(tile, near)
            else:
                out[here, along, :3], out[here, along, 3] = tile[..., :3], 255
    if bands == out.shape[2]:
        _dim(out, pixels[..., 3])
    return out


def _dim(out: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> None:
    """Multiply the alpha of `out` by another, row by row so that no large copy is made."""
    for row, own in zip(out, alpha, strict=True):
        row[:, 3] = (row[:, 3].astype(np.uint16) * own + 127) // 255


def _reach(part: Planes) -> tuple[float, float]:
    """Return bounds of the alpha that any colour can have in a part of the maps."""
    slope, base, (least, most) = part[:3], part[3], part[4:6]
    low = np.maximum(base + np.minimum(slope, 0).sum(0), least).min()
    high = np.minimum(base + np.maximum(slope, 0).sum(0), most).max()
    return float(low), float(high)


def _unmixed(tile: NDArray[np.uint8], near: Planes) -> NDArray[np.uint8]:
    """Return RGBA of a tile, the maps being at its own size."""
    colours = planes(tile)
    alpha = _alpha(colours, near[:3], near[3], near[4:6])
    subject, behind = near[6:9], near[9:]
    rest = colours - alpha * subject - (1 - alpha) * behind
    clean = (subject + alpha * rest).clip(0, 1)
    rgba = np.concatenate([clean, alpha[None]]) * np.float32(255) + np.float32(0.5)
    return rgba.astype(np.uint8).transpose(1, 2, 0)


def tiles(length: int, grid: int) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Return for each tile along an axis: its pixels, those of the grid, and weights between."""
    for start in range(0, length, TILE):
        stop = min(start + TILE, length)
        yield slice(start, stop), *_weights(np.arange(start, stop), length, grid)


def _weights(places: NDArray[np.intp], length: int, grid: int) -> tuple[slice, NDArray[np.float32]]:
    """Return which of `grid` pixels lie around some of `length`, and how much of each they are."""
    at = ((places + 0.5) * grid / length - 0.5).clip(0, grid - 1)
    first, last = int(at[0]), min(int(at[-1]) + 1, grid - 1)
    distance = np.abs(at[:, None] - np.arange(first, last + 1))
    return slice(first, last + 1), (1 - distance).clip(0).astype(np.float32)
